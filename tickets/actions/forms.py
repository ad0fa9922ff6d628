"""What comes by forms on other sites: whoever writes there proved nothing."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy

from departments.actions import welcome_customer
from departments.models import Category, User, person_at
from helpdesk.lib import tokens
from helpdesk.lib.errors import DeskError
from helpdesk.lib.language import guess_language
from tickets.actions.limits import HOUR, TooMuchWritten
from tickets.actions.opening import open_ticket
from tickets.attachments import IncomingFile
from tickets.models import Body, EmbeddedForm, FormPost, Ticket
from tickets.permissions import can_write_from

MOST_OF_ADDRESS: Final = 4
"""What one address may send by forms in an hour."""

# The same for every limit, so that it tells nobody what others wrote.
TOO_MUCH: Final = gettext_lazy(
    "A great deal was written here in a short time, so we take no more just now. Please send it "
    "once more in an hour."
)
SENT_ALREADY: Final = gettext_lazy(
    "Something was sent from this page already. If this is another matter, send it once more."
)


class SentAlready(DeskError):
    """Another text was sent with the same stamp."""


@dataclass(frozen=True)
class Writing:
    """What somebody wrote into a form. `stamp` names the page it was typed on; empty where that was
    none of ours."""

    address: str
    subject: str
    body: str
    name: str = ""
    category: Category | None = None
    files: Iterable[IncomingFile] = ()
    stamp: str = ""


@transaction.atomic
def open_by_form(form: EmbeddedForm, *, writing: Writing) -> Ticket | None:
    """Begin a ticket on the word of somebody who wrote an address into a form.

    As with a letter, a forged address opens nothing but a ticket of its own: a person we know keeps
    their name and language, and agents read that nothing proves it. None where the desk hears
    those alone whom it knows, and knows nobody at this address; the door must not tell the two
    apart.

    A stamp is good for one text: sent again with the same words it gives the same ticket. Without
    one the same words are one ticket a day, and the limits are half as high. Raises TooMuchWritten
    and SentAlready.
    """
    # Posts of one form go one by one, so that each is counted.
    EmbeddedForm.objects.select_for_update(no_key=True).get(pk=form.pk)
    words = (writing.address, writing.subject, writing.body)
    said = tokens.short_mac("form.said", "\0".join(words))
    once = f"{form.pk}:{writing.stamp or f'{said}:{timezone.now():%Y-%m-%d}'}"
    known = FormPost.objects.filter(once=once).select_related("ticket").first()
    if known is not None:
        if known.said != said:
            raise SentAlready(SENT_ALREADY)
        return known.ticket
    writer = tokens.short_mac("form.writer", writing.address)
    _refuse_floods(form, writer, share=1 if writing.stamp else 2)
    ticket = _opened(form, writing) if can_write_from(writing.address) else None
    FormPost.objects.create(form=form, ticket=ticket, once=once, said=said, writer=writer)
    return ticket


def _refuse_floods(form: EmbeddedForm, writer: str, *, share: int) -> None:
    """Raise TooMuchWritten beyond the limits, each divided by `share`."""
    lately = FormPost.objects.filter(created_at__gt=timezone.now() - HOUR)
    for posts, most in (
        (lately.filter(form=form), form.most_per_hour // share),
        (lately.filter(writer=writer), MOST_OF_ADDRESS // share),
    ):
        if posts[:most].count() >= most:
            raise TooMuchWritten(TOO_MUCH)


def _opened(form: EmbeddedForm, writing: Writing) -> Ticket:
    person: User | None = person_at(writing.address)
    if person is None:
        language = guess_language(f"{writing.subject}\n{writing.body}") or get_language() or ""
        person = welcome_customer(writing.address, name=writing.name, language=language)
    signed = writing.name if writing.name != person.name else ""
    place = form.department if form.department and form.department.is_active else None
    return open_ticket(
        customer=person,
        by=person,
        subject=writing.subject,
        body=replace(Body.plain(writing.body), reading={"form": form.name, "signed": signed}),
        # A topic knows its department.
        department=None if writing.category else place,
        category=writing.category,
        files=writing.files,
        channel=Ticket.Channel.FORM,
        why="form",
        warning="claims_agent" if person.is_agent else "",
    )
