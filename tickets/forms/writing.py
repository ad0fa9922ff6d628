"""Forms of the verbs that say something: reply, note, a new ticket."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.validators import validate_email
from django.urls import reverse_lazy
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from departments.models import Category, Department, Service, User, person_at
from helpdesk.lib.keys import key_in
from tickets import attachments, placeholders
from tickets.forms import slips
from tickets.forms.ahead import AheadForm
from tickets.forms.base import BodyField, TicketForm
from tickets.forms.recipients import AddressesField
from tickets.forms.rich import RichForm
from tickets.lifecycle import Priority, Status
from tickets.models import CannedFile, CannedReply, Message, SideConversation, Ticket
from tickets.permissions import can_see_customer

MOST_MINUTES = 10_000
MOST_COMPARED = 100  # messages that a reply is compared with


class ReplyForm(AheadForm):
    """reply_to_ticket, as customers say it: text, files, or both."""

    body = BodyField(required=False)

    def clean(self) -> dict[str, Any]:
        """Something must be said; a file alone will do."""
        super().clean()
        said = self.cleaned_data.get("body", "").strip() or self.cleaned_data.get("files")
        if not said and not self.errors:
            self.add_error("body", _("Write something first."))
        return self.cleaned_data


class SayingForm(ReplyForm, RichForm):
    """What agents say, and how long it took them."""

    minutes_spent = forms.IntegerField(
        required=False, min_value=0, max_value=MOST_MINUTES, label=_("Minutes spent")
    )

    def clean_minutes_spent(self) -> int:
        """Nothing typed is none."""
        return self.cleaned_data["minutes_spent"] or 0


class AgentReplyForm(SayingForm):
    """reply_to_ticket, as agents say it. `anyway` insists where the form has doubts."""

    slug = "reply"
    THEN = (Status.OPEN, Status.PENDING, Status.SOLVED, Status.ON_HOLD)

    then = forms.TypedChoiceField(
        choices=[("", ""), *((one.value, one.label) for one in THEN)],
        coerce=Status,
        empty_value=None,
        required=False,
    )
    canned = forms.ModelMultipleChoiceField(CannedReply.objects.none(), required=False)
    # When it leaves, and until when the ticket rests then: typed, or by a button that names a time.
    send_at = forms.DateTimeField(required=False, label=_("Leaves on"))
    send_preset = forms.DateTimeField(required=False)
    until = forms.DateTimeField(required=False, label=_("Hold until"))
    until_preset = forms.DateTimeField(required=False)
    # People in copy who get it; `chosen` says that the form asked.
    chosen = forms.BooleanField(required=False)
    copies = forms.ModelMultipleChoiceField(User.objects.none(), required=False)
    add = AddressesField(label=_("Add an address in copy"))
    canned_files = forms.ModelMultipleChoiceField(CannedFile.objects.none(), required=False)
    last_message = forms.IntegerField(required=False)
    anyway = forms.BooleanField(required=False, label=_("Send anyway"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        usable = CannedReply.objects.usable_by(self.by)
        self.fields["canned"].queryset = usable  # type: ignore[attr-defined]
        files = CannedFile.objects.filter(canned__in=usable)
        self.fields["canned_files"].queryset = files  # type: ignore[attr-defined]
        in_copy = User.objects.filter(following__ticket=self.ticket, following__in_copy=True)
        self.fields["copies"].queryset = self.in_copy = in_copy  # type: ignore[attr-defined]
        self.newer: list[Message] = []
        self.has_doubts = False

    @property
    def unticked(self) -> set[int]:
        """Keys of people in copy who are not ticked, when the form comes back."""
        if not (self.is_bound and self["chosen"].value()):
            return set()
        ticked = {str(one) for one in self["copies"].value() or []}
        return {key for key in self.in_copy.values_list("pk", flat=True) if str(key) not in ticked}

    def clean(self) -> dict[str, Any]:
        """Fill placeholders, and stop for unknown ones; stop once for what arrived in the meantime
        and for what only we should read. Files of canned replies go with those that were
        uploaded."""
        data = self.cleaned_data
        files = attachments.again(data.pop("canned_files", ()))
        if "files" in data:
            data["files"] = [*data["files"], *files]
        super().clean()
        anyway, last = data.pop("anyway", False), data.pop("last_message", None)
        if self.errors:
            return data
        self._read_moments(data)
        kept, asked = set(data.pop("copies")), data.pop("chosen")
        data["without"] = [one for one in self.in_copy if one not in kept] if asked else []
        if names := placeholders.unknown(data["body"], self.ticket):
            self.add_error(
                None,
                _(
                    "Nobody fills %(names)s. Correct it before you send; what is meant as it "
                    "stands needs a space behind its bracket."
                )
                % {"names": ", ".join(dict.fromkeys(names))},
            )
        if not anyway:
            self._look_for_doubts(data["body"], last)
        with translation.override(self.ticket.language or translation.get_language()):
            data["body"] = self.said(fill=True)
        return data

    def _read_moments(self, data: dict[str, Any]) -> None:
        """A button's time counts before a typed one; a time to hold until is a wish to hold."""
        data["leaves_at"] = data.pop("send_preset") or data["send_at"]
        del data["send_at"]
        data["until"] = data.pop("until_preset") or data["until"]
        if data["then"] is None and data["until"] is not None:
            data["then"] = Status.ON_HOLD
        elif data["then"] != Status.ON_HOLD:
            data["until"] = None
        elif data["until"] is None:
            self.add_error("until", _("Say until when the ticket is to rest."))

    def _look_for_doubts(self, body: str, last: int | None) -> None:
        if last is not None and (newer := self._said_since(last)):
            self.newer = newer
            self._doubt(_("Something was written since you opened this page. Read it first."))
        for sentence in self._from_notes(body)[:3]:
            self._doubt(
                _("This stands in what only we see: “%(sentence)s”") % {"sentence": sentence[:300]}
            )

    def _from_notes(self, body: str) -> list[str]:
        """Sentences that the customer should perhaps not read."""
        here = [self.ticket.pk, *self.ticket.merged_tickets.values_list("pk", flat=True)]
        said = Message.objects.filter(ticket__in=here, withdrawn_at__isnull=True)
        texts: dict[str, list[str]] = {}
        for kind, text in said.order_by("-pk").values_list("kind", "text")[:MOST_COMPARED]:
            texts.setdefault(kind, []).append(text)
        secret = [*texts.get(Message.Kind.NOTE, []), *texts.get(Message.Kind.SIDE, [])]
        return slips.repeated(body, secret=secret, known=texts.get(Message.Kind.REPLY, []))

    def _doubt(self, sentence: Any) -> None:
        self.has_doubts = True
        self.add_error(None, sentence)

    def _said_since(self, last: int) -> list[Message]:
        said = Message.objects.filter(ticket=self.ticket, pk__gt=last, withdrawn_at__isnull=True)
        return list(said.exclude(author=self.by).select_related("author"))


class CorrectionForm(TicketForm):
    """correct_and_resend: the text, and the customer's address if that was wrong."""

    slug = "correction"
    address = forms.EmailField(label=_("E-mail address of the customer"), max_length=254)
    body = BodyField()


class NoteForm(SayingForm):
    """add_note."""

    slug = "note"

    def clean(self) -> dict[str, Any]:
        """Something must be said."""
        super().clean()
        if not self.errors:
            self.cleaned_data["body"] = self.said()
        return self.cleaned_data


class ForwardForm(SayingForm):
    """forward_ticket; with `side` write_aside, which needs no addresses and quotes nothing. Which
    messages may be passed on, the verb decides."""

    slug = "side"
    side = forms.ModelChoiceField(
        SideConversation.objects.none(), required=False, widget=forms.HiddenInput
    )
    to = AddressesField(label=_("Forward to"))
    subject = forms.CharField(label=_("Subject"), required=False, max_length=500)
    messages = forms.ModelMultipleChoiceField(Message.objects.none(), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = {"ticket__in": Ticket.objects.workable_by(self.by).values("pk")}
        sides, said = SideConversation.objects.filter(**here), Message.objects.public()
        self.fields["side"].queryset = sides  # type: ignore[attr-defined]
        self.fields["messages"].queryset = said.filter(**here)  # type: ignore[attr-defined]

    @property
    def usual_subject(self) -> str:
        """What the letter is called if the field stays empty."""
        return SideConversation.usual_subject(self.ticket)

    @property
    def chosen(self) -> set[int]:
        """Keys of the messages that are ticked."""
        return {key_in(str(one)) for one in self["messages"].value() or []}

    def clean(self) -> dict[str, Any]:
        """Somebody must be named, and something said or passed on."""
        data = RichForm.clean(self)
        if self.errors:
            return data
        quotes = data["messages"] if data["side"] is None else ()
        if not (data["body"].strip() or data["files"] or quotes):
            self.add_error("body", _("Write something first."))
        if data["side"] is None and not data["to"]:
            self.add_error("to", _("Say to whom it is to be forwarded."))
        if not self.errors:
            data["body"] = self.said()
        return data


MOST_SHOWN = 5


@dataclass(frozen=True)
class KnownCustomer:
    """Somebody with the address typed, and the latest unfinished tickets of theirs."""

    person: User
    tickets: list[Ticket]


def known_customer(address: str, by: User) -> KnownCustomer | None:
    """Whose address it is, if `by` may know."""
    person = person_at(address) if "@" in address else None
    if person is None or not can_see_customer(by, person):
        return None
    tickets = Ticket.objects.workable_by(by).at_work().filter(customer=person).defer("words")
    return KnownCustomer(person, list(tickets.order_by("-updated_at")[:MOST_SHOWN]))


class NewTicketForm(ReplyForm):
    """open_ticket on behalf of a customer, who need not be known yet.

    Where the customer is known and has unfinished tickets that `by` may see, the form stops once
    and shows them: `known` says that it did.
    """

    CALL_BACK = "callback"
    WAYS = (
        (Ticket.Channel.PHONE.value, _("They called")),
        (Ticket.Channel.VISIT.value, _("They came by")),
        (CALL_BACK, _("They want to be called back")),
        (Ticket.Channel.AGENT.value, _("Another way: a letter, a chat…")),
    )

    customer = forms.EmailField(
        label=_("E-mail address of the customer"),
        max_length=254,
        widget=forms.EmailInput(
            attrs={
                "hx-get": reverse_lazy("agent:known_customer"),
                "hx-trigger": "change",
                "hx-target": "#known-customer",
            }
        ),
    )
    channel = forms.ChoiceField(
        label=_("How they reached us"),
        choices=WAYS,
        initial=Ticket.Channel.PHONE.value,
    )
    phone = forms.CharField(
        label=_("Phone number"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    call_at = forms.DateTimeField(
        label=_("When to call"),
        required=False,
        help_text=_("For those who want to be called back. At that time the bell rings."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    name = forms.CharField(label=_("Name of the customer"), max_length=200, required=False)
    copies = forms.CharField(
        label=_("Copy to"),
        max_length=2000,
        required=False,
        help_text=_("Addresses, separated by commas."),
    )
    subject = forms.CharField(label=_("Subject"), max_length=500)
    body = BodyField()
    department = forms.ModelChoiceField(
        Department.objects.none(), label=_("Department"), empty_label=None
    )
    category = forms.ModelChoiceField(
        Category.objects.filter(is_active=True), label=_("Category"), required=False
    )
    service = forms.ModelChoiceField(
        Service.objects.filter(is_active=True), label=_("Service"), required=False
    )
    priority = forms.TypedChoiceField(
        choices=Priority.choices, coerce=int, label=_("Priority"), initial=Priority.NORMAL
    )

    field_order = (
        *("customer", "name", "channel", "phone", "call_at"),
        *("copies", "subject", "body", "files"),
        *("department", "category", "service", "priority"),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = Department.objects.filter(is_active=True)
        if not by.is_superuser:
            places = places.filter(pk__in=by.department_roles)
        self.fields["department"].queryset = places  # type: ignore[attr-defined]
        self.by = by
        self.known = known_customer(str(self["customer"].value() or ""), by)

    def clean(self) -> dict[str, Any]:
        """A call needs a number and a time; unfinished tickets of the customer are looked at."""
        super().clean()
        data = self.cleaned_data
        if data.get("channel") == self.CALL_BACK:
            if not data.get("phone"):
                self.add_error("phone", _("Which number shall be called?"))
            if not data.get("call_at"):
                self.add_error("call_at", _("When shall they be called?"))
            elif data["call_at"] <= timezone.now():
                self.add_error("call_at", _("Choose a time that is still to come."))
        seen = self.data.get("known", "")
        if self.known and self.known.tickets and seen != str(self.known.person.pk):
            self.add_error(
                None,
                _("This customer has unfinished tickets. Look at them first, or open a new one."),
            )
        return data

    def clean_copies(self) -> list[str]:
        """Addresses."""
        parts = self.cleaned_data["copies"].replace(";", ",").split(",")
        addresses = [part.strip() for part in parts if part.strip()]
        for address in addresses:
            validate_email(address)
        return addresses
