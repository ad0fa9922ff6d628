"""The queue's filter, the same for agents' pages, feeds and API.

Every parameter is one word of the query string:

q          words, anywhere in the ticket (`#10042` is that ticket)
subject    words in subject, number, customer or tags
text       words in messages
status     one status, or `ours`, `at_work`, `finished`
priority   1 to 4
department a department's short name
assignee   `me`, `none` or an agent's id
customer   part of a name or address
tag        a tag
category, service   their short names
since, until        days (YYYY-MM-DD) between which the ticket was opened, in the reader's zone
overdue    `true`
disliked   `true`: the ticket or one of its answers was rated 1 or 2

Custom fields are asked for by their short names, those that are in use where the reader works:

field.contract      a part of a text, or what a number, day, yes or no (`yes`, `no`) is
field.plan          one key of a choice, or several with commas between them
field.amount__gte, field.amount__lte    a number or day from which, until which

Other names beginning so mean nothing here. So an address asks for at most two comparisons a field.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.db.models import Q, QuerySet
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _
from django_filters import BooleanFilter, CharFilter, ChoiceFilter, DateFilter, Filter, FilterSet

from departments.models import Category, Department, Service, User, people_called
from helpdesk.lib.errors import DeskError
from tickets import search
from tickets.lifecycle import AT_WORK, FINISHED, OURS, Priority, Status
from tickets.models import CustomField, Definition, Rating, Ticket
from tickets.models.definition import FieldKind
from tickets.models.ticket import TicketQuerySet

GROUPS = {"ours": OURS, "at_work": AT_WORK, "finished": FINISHED}
STATUSES = [
    ("ours", _("Our turn")),
    ("at_work", _("Unfinished")),
    ("finished", _("Finished")),
    *Status.choices,
]
Choices = list[tuple[str, str]]
FIELD = "field."
COMPARED = frozenset({FieldKind.NUMBER, FieldKind.DATE})
MOST_KEYS = 20


class Sight:
    """What `user` may choose from; every list is asked for once."""

    def __init__(self, user: User) -> None:
        self.user = user

    @cached_property
    def departments(self) -> list[Department]:
        """The active departments the user works in."""
        found = Department.objects.filter(is_active=True)
        if not self.user.is_superuser:
            found = found.filter(pk__in=self.user.department_roles.keys())
        return list(found)

    @cached_property
    def colleagues(self) -> list[User]:
        """Active agents of these departments, by name."""
        places = [place.pk for place in self.departments]
        found = User.objects.filter(memberships__department__in=places, is_active=True)
        return list(found.distinct().order_by("name", "email"))

    @cached_property
    def categories(self) -> list[Category]:
        """Categories of these departments."""
        return list(Category.objects.filter(department__in=[one.pk for one in self.departments]))

    @cached_property
    def services(self) -> list[Service]:
        """Every service: they belong to no department."""
        return list(Service.objects.all())

    @cached_property
    def fields(self) -> list[Definition]:
        """Active custom fields of these departments; a customer's are those they were asked for."""
        active = CustomField.objects.filter(is_active=True).definitions()
        if not self.user.is_agent:
            return [one for one in active if one.asked_in_portal]
        return [one for one in active if any(one.is_of(place.pk) for place in self.departments)]

    def department_choices(self) -> Choices:
        """(short name, name)."""
        return [(one.slug, one.name) for one in self.departments]

    def assignee_choices(self) -> Choices:
        """Me, nobody, then colleagues by id."""
        named = [(str(one.pk), str(one)) for one in self.colleagues]
        return [("me", str(_("Me"))), ("none", str(_("Nobody"))), *named]

    def category_choices(self) -> Choices:
        """(short name, name in the reader's language)."""
        return [(one.slug, str(one)) for one in self.categories]

    def service_choices(self) -> Choices:
        """(short name, name in the reader's language)."""
        return [(one.slug, str(one)) for one in self.services]


class Later:
    """Choices that are asked for when they are drawn or checked, not before."""

    def __init__(self, choices: Callable[[], Choices]) -> None:
        self.choices = choices

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.choices())

    def __len__(self) -> int:
        return len(self.choices())

    def __deepcopy__(self, memo: dict[int, Any]) -> "Later":
        # Every form copies its fields; a copied Sight would ask everything once more.
        return self


class DayInput(forms.DateInput):
    """The browser's own calendar, which speaks ISO 8601 whatever the language."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def _day(label: Any, method: str) -> Any:
    return DateFilter(method=method, label=label, widget=DayInput(), input_formats=["%Y-%m-%d"])


def _choice(label: Any, empty: Any, choices: Any, **more: Any) -> Any:
    return ChoiceFilter(label=label, empty_label=empty, choices=choices, **more)


class OneOrSeveral(forms.Select):
    """A list of keys; several that an address names with commas stand in it as one line."""

    def optgroups(self, name: str, value: list[str], attrs: Any = None) -> list[Any]:
        """The lines, with the one that was asked for."""
        labels = {str(key): str(label) for key, label in self.choices}
        asked = value[0] if value else ""
        if "," in asked:
            said = [labels.get(key.strip(), key) for key in asked.split(",")]
            self.choices = [*self.choices, (asked, ", ".join(said))]
        return super().optgroups(name, value, attrs)


class Wanted(forms.CharField):
    """What is asked of a custom field, cleaned to a value as it is kept; of a choice to several."""

    def __init__(self, definition: Definition, sign: str, **kwargs: Any) -> None:
        self.definition, self.sign = definition, sign
        super().__init__(max_length=200, widget=self._input(str(kwargs.get("label"))), **kwargs)

    def _input(self, label: str) -> forms.Widget:
        attrs = {"class": "input", "aria-label": label}
        if self.definition.kind in {FieldKind.CHOICE, FieldKind.YES_NO}:
            return OneOrSeveral(attrs, choices=[("", label), *self.definition.choices()])
        if self.definition.kind == FieldKind.DATE:
            return forms.TextInput(attrs | {"type": "date"})
        return forms.TextInput(attrs | {"placeholder": label})

    def clean(self, value: Any) -> Any:
        """The value, a list of keys of a choice, None for nothing."""
        typed = super().clean(value)
        try:
            if self.definition.kind == FieldKind.CHOICE:
                return self._keys(typed)
            return self.definition.clean(typed)
        except DeskError as refusal:
            raise forms.ValidationError(str(refusal)) from None

    def _keys(self, typed: str) -> list[str] | None:
        keys = [one.strip() for one in typed.split(",") if one.strip()]
        known = {one.key for one in self.definition.options}
        if len(keys) > MOST_KEYS or not known.issuperset(keys):
            raise DeskError(_("Choose one of what is offered."))
        return keys or None


class FieldFilter(Filter):  # type: ignore[misc]  # django-filter has no types
    """Tickets whose custom field says what is wanted; `sign` is "", "gte" or "lte"."""

    field_class = Wanted
    LABELS: ClassVar = {"": "%s", "gte": _("%s from"), "lte": _("%s until")}

    def __init__(self, definition: Definition, sign: str = "") -> None:
        label = str(self.LABELS[sign]) % definition
        super().__init__(label=label, definition=definition, sign=sign)
        self.definition, self.sign = definition, sign

    @property
    def is_compared(self) -> bool:
        """Is it answered row by row, because no index helps?"""
        return bool(self.sign) or self.definition.kind == FieldKind.TEXT

    @property
    def is_drawn(self) -> bool:
        """Has it an input of its own? A number or day is asked for from and until."""
        return bool(self.sign) or self.definition.kind not in COMPARED

    def filter(self, tickets: QuerySet[Ticket], value: Any) -> QuerySet[Ticket]:
        """Those of `tickets` that fit; all of them where nothing is wanted."""
        slug, name = self.definition.slug, f"field_{self.definition.slug}"
        if value is None:
            return tickets
        if self.sign:
            found = tickets.alias(**{name: KeyTransform(slug, "fields")})
            return found.filter(**{f"{name}__{self.sign}": value})
        if self.definition.kind == FieldKind.TEXT:
            found = tickets.alias(**{name: KeyTextTransform(slug, "fields")})
            return found.filter(**{f"{name}__icontains": value})
        wanted = Q()
        for one in value if isinstance(value, list) else [value]:
            wanted |= Q(fields__contains={slug: one})
        return tickets.filter(wanted)


def starts(day: date) -> datetime:
    """The first moment of `day` in the reader's time zone."""
    return timezone.make_aware(datetime.combine(day, time.min))


class TicketFilter(FilterSet):  # type: ignore[misc]  # django-filter has no types
    """Narrows a queryset that its caller has narrowed to what `sight.user` may see."""

    q = CharFilter(method="by_words", label=_("Words"))
    subject = CharFilter(method="by_words", label=_("Words in the subject"))
    text = CharFilter(method="by_words", label=_("Words in messages"))
    status = _choice(_("Status"), _("Any status"), STATUSES, method="by_status")
    priority = _choice(_("Priority"), _("Any priority"), Priority.choices)
    department = _choice(_("Department"), _("Any department"), (), field_name="department__slug")
    assignee = _choice(_("Assignee"), _("Anybody"), (), method="by_assignee")
    customer = CharFilter(method="by_customer", label=_("Customer's name or address"))
    tag = CharFilter(method="by_tag", label=_("Tag"))
    category = _choice(_("Category"), _("Any category"), (), field_name="category__slug")
    service = _choice(_("Service"), _("Any service"), (), field_name="service__slug")
    since = _day(_("Opened from"), "by_first_day")
    until = _day(_("Opened until"), "by_last_day")
    overdue = BooleanFilter(
        method="by_overdue", label=_("Overdue only"), widget=forms.CheckboxInput()
    )
    disliked = BooleanFilter(
        method="by_disliked", label=_("Rated bad only"), widget=forms.CheckboxInput()
    )

    def __init__(
        self, data: Mapping[str, Any], *, queryset: QuerySet[Ticket], sight: Sight
    ) -> None:
        # Always bound: an empty filter is a filter, and lets everything through.
        super().__init__(data=data or MultiValueDict(), queryset=queryset)
        self.sight = sight
        lists: dict[str, Callable[[], Choices]] = {
            "department": sight.department_choices,
            "assignee": sight.assignee_choices,
            "category": sight.category_choices,
            "service": sight.service_choices,
        }
        for name, choices in lists.items():
            self.filters[name].extra["choices"] = Later(choices)
        if any(str(name).startswith(FIELD) for name in self.data):
            self.offer_fields()

    def offer_fields(self) -> None:
        """Take custom fields in: where they are asked for, and where they are to be drawn."""
        for definition in self.sight.fields:
            signs = ("", "gte", "lte") if definition.kind in COMPARED else ("",)
            for sign in signs:
                name = f"{FIELD}{definition.slug}{f'__{sign}' if sign else ''}"
                if name not in self.filters:
                    self.filters[name] = FieldFilter(definition, sign)
                    self.filters[name].parent, self.filters[name].model = self, Ticket

    def _used_fields(self) -> list[FieldFilter]:
        return [
            one
            for name, one in self.filters.items()
            if isinstance(one, FieldFilter) and self.data.get(name)
        ]

    @property
    def drawn_fields(self) -> list[Any]:
        """Inputs for custom fields, as parts of the form."""
        return [
            self.form[name]
            for name, one in self.filters.items()
            if isinstance(one, FieldFilter) and one.is_drawn
        ]

    @property
    def compares_fields(self) -> bool:
        """Does it look into custom fields row by row, which is too dear for a counter?"""
        return any(one.is_compared for one in self._used_fields())

    @property
    def is_used(self) -> bool:
        """Does any filter say something?"""
        return any(self.data.get(name) for name in self.filters)

    @property
    def is_used_beside_the_usual(self) -> bool:
        """Does one of the filters that lists fold away say something?"""
        folded = ("priority", "customer", "tag", "overdue", "disliked")
        return any(self.data.get(name) for name in folded) or bool(self._used_fields())

    @property
    def needs_words(self) -> bool:
        """Does it look for words, which is too dear for a counter?"""
        return any(self.data.get(name) for name in ("q", "subject", "text", "customer"))

    @property
    def first_error(self) -> str:
        """What cannot be understood, with the name of its field."""
        for name, errors in self.form.errors.items():
            return f"{self.form.fields[name].label}: {errors[0]}"
        return ""

    @property
    def errors(self) -> dict[str, list[str]]:
        """What cannot be understood, by field."""
        return dict(self.form.errors)

    @property
    def tickets(self) -> TicketQuerySet:
        """What is left; nothing if a filter cannot be understood or names what the reader may not
        see."""
        found: TicketQuerySet = self.qs if self.is_valid() else self.queryset.none()
        return found

    def by_words(self, tickets: QuerySet[Ticket], name: str, value: str) -> QuerySet[Ticket]:
        """Tickets in which every word occurs, in any of its forms."""
        only = {"q": "", "subject": "subject", "text": "messages"}[name]
        return search.find(value, tickets, by=self.sight.user, only=only)

    def by_status(self, tickets: QuerySet[Ticket], name: str, value: str) -> QuerySet[Ticket]:
        """One status or a group of them."""
        return tickets.filter(status__in=GROUPS.get(value, {value}))

    def by_assignee(self, tickets: QuerySet[Ticket], name: str, value: str) -> QuerySet[Ticket]:
        """Mine, nobody's or a colleague's."""
        if value == "none":
            return tickets.filter(assignee__isnull=True)
        return tickets.filter(assignee=self.sight.user.pk if value == "me" else int(value))

    def by_customer(self, tickets: QuerySet[Ticket], name: str, value: str) -> QuerySet[Ticket]:
        """A part of the customer's name or of one of their addresses."""
        return tickets.filter(customer__in=people_called(value).values("pk"))

    def by_tag(self, tickets: QuerySet[Ticket], name: str, value: str) -> QuerySet[Ticket]:
        """Tags are kept in lower case."""
        tagged = tickets.filter(tags__name=" ".join(value.lower().split()))
        return tagged if self.sight.user.is_agent else tagged.none()

    def by_first_day(self, tickets: QuerySet[Ticket], name: str, value: date) -> QuerySet[Ticket]:
        """Opened on that day or later."""
        return tickets.filter(created_at__gte=starts(value))

    def by_last_day(self, tickets: QuerySet[Ticket], name: str, value: date) -> QuerySet[Ticket]:
        """Opened on that day or earlier."""
        if value == date.max:
            return tickets
        return tickets.filter(created_at__lt=starts(value + timedelta(days=1)))

    def by_overdue(self, tickets: QuerySet[Ticket], name: str, value: bool) -> QuerySet[Ticket]:
        """A promised time has passed; unticked says nothing."""
        if not value:
            return tickets
        return tickets.filter(status__in=AT_WORK, due_at__lt=timezone.now())

    def by_disliked(self, tickets: QuerySet[Ticket], name: str, value: bool) -> QuerySet[Ticket]:
        """Its customer thinks badly of it, or of an answer; unticked says nothing."""
        return tickets.filter(pk__in=Rating.objects.bad().values("ticket")) if value else tickets
