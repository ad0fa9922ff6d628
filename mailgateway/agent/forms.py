"""Forms of the ledger: its filter, a reason, a ticket made by hand, a charset."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from departments.models import Department, User
from mailgateway.models import InboundEmail, LetterQuerySet, Mailbox

WAITING = "waiting"
LONGEST_TEXT = 200_000

Charsets = tuple[tuple[str | Promise, tuple[tuple[str, str], ...]], ...]
CHARSETS: Charsets = (
    (
        _("Cyrillic"),
        (
            ("koi8-u", "KOI8-U"),
            ("koi8-r", "KOI8-R"),
            ("windows-1251", "Windows-1251"),
            ("iso-8859-5", "ISO-8859-5"),
            ("mac-cyrillic", "Mac Cyrillic"),
            ("ibm866", "CP866"),
            ("cp1125", "CP1125"),
        ),
    ),
    (_("Unicode"), (("utf-8", "UTF-8"), ("utf-16-le", "UTF-16 LE"), ("utf-16-be", "UTF-16 BE"))),
    (
        _("Latin"),
        (
            ("windows-1252", "Windows-1252"),
            ("windows-1250", "Windows-1250"),
            ("iso-8859-2", "ISO-8859-2"),
            ("iso-8859-15", "ISO-8859-15"),
            ("iso-8859-16", "ISO-8859-16"),
            ("windows-1254", "Windows-1254"),
            ("windows-1257", "Windows-1257"),
            ("mac-roman", "Mac Roman"),
            ("cp850", "CP850"),
            ("cp852", "CP852"),
        ),
    ),
    (
        _("Other scripts"),
        (
            ("windows-1253", "Windows-1253"),
            ("windows-1255", "Windows-1255"),
            ("windows-1256", "Windows-1256"),
            ("gb18030", "GB18030"),
            ("big5hkscs", "Big5"),
            ("cp932", "Shift_JIS"),
            ("iso2022_jp_ext", "ISO-2022-JP"),
            ("cp949", "EUC-KR"),
        ),
    ),
)


class DayInput(forms.DateInput):
    """The browser's own calendar, which speaks ISO 8601 whatever the language."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, widget=DayInput(), input_formats=["%Y-%m-%d"]
    )


def _starts(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


class LedgerFilter(forms.Form):
    """Narrows the letters that `user` answers for. An empty filter lets everything through."""

    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("Any state")),
            (WAITING, _("Waiting for a decision")),
            *InboundEmail.State.choices,
        ],
    )
    mailbox = forms.TypedChoiceField(
        label=_("Mailbox"), required=False, coerce=int, empty_value=None
    )
    address = forms.CharField(
        label=_("Address of the sender or a recipient"),
        required=False,
        min_length=3,
        max_length=254,
    )
    since = _day(_("Came from"))
    until = _day(_("Came until"))

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        seen = InboundEmail.objects.visible_to(user)
        mailboxes = list(
            Mailbox.objects.unopened()
            .filter(Exists(seen.filter(mailbox=OuterRef("pk"))))
            .order_by("name")
        )
        # As values, not as a subquery: the planner then knows how many letters to expect.
        self.letters = seen.filter(mailbox__in=[one.pk for one in mailboxes])
        self.fields["mailbox"].choices = [  # type: ignore[attr-defined]
            ("", _("Any mailbox")),
            *((one.pk, str(one)) for one in mailboxes),
        ]

    @property
    def is_used(self) -> bool:
        """Does any field say something?"""
        return any(self.data.get(name) for name in self.fields)

    @property
    def first_error(self) -> str:
        """What cannot be understood, with the name of its field."""
        for name, errors in self.errors.items():
            return f"{self.fields[name].label}: {errors[0]}"
        return ""

    @property
    def found(self) -> LetterQuerySet:
        """The letters that fit; none if the filter cannot be understood."""
        if not self.is_valid():
            return self.letters.none()
        data, letters = self.cleaned_data, self.letters
        if data["state"] == WAITING:
            letters = letters.waiting()
        elif data["state"]:
            letters = letters.filter(state=data["state"])
        if data["mailbox"] is not None:
            letters = letters.filter(mailbox=data["mailbox"])
        if part := data["address"]:
            letters = letters.filter(Q(sender__icontains=part) | Q(recipients__icontains=part))
        if day := data["since"]:
            letters = letters.filter(received_at__gte=_starts(day))
        if (day := data["until"]) and day < date.max:
            letters = letters.filter(received_at__lt=_starts(day + timedelta(days=1)))
        return letters


class ReasonForm(forms.Form):
    """inbound.ignore: why nothing is to become of one or more letters."""

    reason = forms.CharField(
        label=_("Why is nothing to become of it?"), max_length=300, widget=forms.TextInput()
    )


class ByHandForm(forms.Form):
    """inbound.make_ticket, by somebody who has read the letter."""

    customer = forms.EmailField(label=_("E-mail address of the customer"), max_length=254)
    name = forms.CharField(label=_("Name of the customer"), max_length=200, required=False)
    subject = forms.CharField(label=_("Subject"), max_length=500)
    text = forms.CharField(
        label=_("Message"), max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 12})
    )
    department = forms.ModelChoiceField(
        Department.objects.none(), label=_("Department"), empty_label=None
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = Department.objects.filter(is_active=True)
        if not by.is_superuser:
            places = places.filter(pk__in=by.department_roles)
        self.fields["department"].queryset = places  # type: ignore[attr-defined]


class CharsetForm(forms.Form):
    """inbound.read_again: the charset of a letter, empty for what it says itself."""

    charset = forms.ChoiceField(
        label=_("Show as"),
        required=False,
        widget=forms.Select(attrs={"class": "input"}),
        choices=[("", _("as the letter says")), *CHARSETS],
    )
