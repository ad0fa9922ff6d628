"""Forms of the verbs that move a ticket on: whose, where, how urgent, with whom."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from departments.models import Category, Department, Membership, Service, User
from tickets.coach import MOST_PARTS
from tickets.forms.base import TicketForm
from tickets.lifecycle import Priority
from tickets.models import Message, Ticket, TicketLink

NOBODY, NOTHING = _("nobody"), _("not set")


def agents_for(ticket: Ticket) -> QuerySet[User]:
    """Who could answer it: active agents of its department, and administrators."""
    members = Membership.objects.filter(department=ticket.department_id).values("user")
    # Not one or the other, for which every person there is would be read.
    working = members.union(User.objects.filter(is_superuser=True).values("pk"))
    return User.objects.filter(pk__in=working, is_active=True).order_by("name", "email")


class AssignmentForm(TicketForm):
    """assign_ticket; empty is nobody."""

    slug = "assignment"
    to = forms.ModelChoiceField(
        User.objects.none(), required=False, label=_("Assignee"), empty_label=NOBODY
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = agents_for(self.ticket)  # type: ignore[attr-defined]


class DepartmentForm(TicketForm):
    """move_ticket."""

    slug = "department"
    to = forms.ModelChoiceField(
        Department.objects.filter(is_active=True), label=_("Department"), empty_label=None
    )


class PriorityForm(TicketForm):
    """set_priority."""

    slug = "priority"
    priority = forms.TypedChoiceField(choices=Priority.choices, coerce=int, label=_("Priority"))


class CategoryForm(TicketForm):
    """categorise_ticket."""

    slug = "category"
    category = forms.ModelChoiceField(
        Category.objects.filter(is_active=True),
        required=False,
        label=_("Category"),
        empty_label=NOTHING,
    )
    service = forms.ModelChoiceField(
        Service.objects.filter(is_active=True),
        required=False,
        label=_("Service"),
        empty_label=NOTHING,
    )


class RenamingForm(TicketForm):
    """rename_ticket."""

    slug = "renaming"
    subject = forms.CharField(max_length=500, label=_("Subject"))


class TagsForm(TicketForm):
    """tag_ticket: words to put on, separated by commas, and one to take off."""

    slug = "tags"
    add = forms.CharField(required=False, max_length=500, label=_("Add tags"))
    remove = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)

    def clean_add(self) -> list[str]:
        """Words."""
        return [word.strip() for word in self.cleaned_data["add"].split(",") if word.strip()]

    def clean_remove(self) -> list[str]:
        """One word, or none."""
        return [self.cleaned_data["remove"]] if self.cleaned_data["remove"] else []


class FollowerForm(TicketForm):
    """follow_ticket of an agent, or unfollow_ticket of anybody (`gone`)."""

    slug = "followers"
    who = forms.ModelChoiceField(User.objects.none(), label=_("Follower"))
    gone = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = Q(pk__in=agents_for(self.ticket).values("pk"))
        present = Q(following__ticket=self.ticket)
        people = User.objects.filter(here | present).distinct()
        self.fields["who"].queryset = people  # type: ignore[attr-defined]


class CopyForm(TicketForm):
    """follow_ticket of a person in copy, who is made on the first letter."""

    slug = "copies"
    email = forms.EmailField(label=_("Person in copy"), max_length=254)


class HoldForm(TicketForm):
    """hold_ticket, in the reader's time zone."""

    slug = "hold"
    until = forms.DateTimeField(
        label=_("Hold until"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


class CallbackForm(TicketForm):
    """ask_callback, in the reader's time zone."""

    slug = "callback"
    number = forms.CharField(
        label=_("Phone number"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    at = forms.DateTimeField(
        label=_("When to call"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


class EscalationForm(TicketForm):
    """escalate_ticket with a reason."""

    slug = "escalation"
    reason = forms.CharField(max_length=500, label=_("Why should the lead look at it?"))


class OtherTicketForm(TicketForm):
    """Asks for the number of another ticket that the agent works on."""

    def other(self, name: str) -> Ticket:
        """The ticket whose number stands in field `name`; "#10002" and "10002" are the same."""
        typed = self.cleaned_data[name].strip().lstrip("#№ ")
        tickets = Ticket.objects.workable_by(self.by)
        if typed.isascii() and typed.isdigit() and len(typed) < 18:
            found = tickets.filter(pk=int(typed)).first()
            if found is not None:
                return found
        raise forms.ValidationError(
            _("There is no ticket “%(number)s” in your departments.") % {"number": typed}
        )


class MergeForm(OtherTicketForm):
    """merge_tickets."""

    slug = "merge"
    into = forms.CharField(max_length=30, label=_("Merge into ticket number"))

    def clean_into(self) -> Ticket:
        """The target."""
        return self.other("into")


class LinkForm(OtherTicketForm):
    """link_tickets."""

    slug = "links"
    to = forms.CharField(max_length=30, label=_("Link to ticket number"))
    kind = forms.TypedChoiceField(
        choices=[(kind.value, kind.label) for kind in TicketLink.BY_HAND],
        coerce=TicketLink.Kind,
        empty_value=TicketLink.Kind.RELATED,
        required=False,
        label=_("The other ticket is"),
    )

    def clean_to(self) -> Ticket:
        """The other one."""
        return self.other("to")


class RelocationForm(OtherTicketForm):
    """move_message_out: to a ticket, or with `own` to one of its sender."""

    slug = "relocation"
    to = forms.CharField(required=False, max_length=30, label=_("Move it to ticket number"))
    own = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """The other ticket, or None. Nothing typed and no wish for its own is a slip."""
        data = super().clean() or self.cleaned_data
        own, typed = data.pop("own", False), data.get("to", "").strip()
        if not (own or typed):
            self.add_error("to", _("Say to which ticket it belongs."))
        data["to"] = None if own or not typed else self.other("to")
        return data


class SplitForm(TicketForm):
    """split_ticket: the messages are ticked in the thread."""

    slug = "split"
    subject = forms.CharField(
        required=False, max_length=500, label=_("Subject of the ticket split off")
    )
    messages = forms.ModelMultipleChoiceField(
        Message.objects.none(),
        widget=forms.MultipleHiddenInput,
        error_messages={"required": _("Choose messages of this ticket to split off.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = Message.objects.filter(ticket=self.ticket, withdrawn_at__isnull=True)
        self.fields["messages"].queryset = mine  # type: ignore[attr-defined]


class MatterForm(TicketForm):
    """split_matter: which part of the text."""

    slug = "matter"
    at = forms.IntegerField(min_value=1, max_value=MOST_PARTS)


class NothingForm(TicketForm):
    """Verbs that need nothing but the ticket: solve, reopen, close, mark as spam."""

    slug = "nothing"
