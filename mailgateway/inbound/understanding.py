"""What a letter becomes: a ticket, a message, a line in the ledger. Inside one transaction."""

import hashlib

from django.db import connection
from django.utils.translation import gettext as _

from departments.actions import forget_returned_mail, prove_address, vouch_for
from mailgateway import authentication, routing, screening
from mailgateway.authentication import Proof
from mailgateway.inbound import conversation, floods, machines, people
from mailgateway.inbound.bodies import parsed_of, storable
from mailgateway.models import InboundEmail
from mailgateway.parsing import ParsedEmail
from mailgateway.parsing.values import Address
from mailgateway.screening import Kind
from tickets import actions

State = InboundEmail.State


def understand(letter: InboundEmail) -> None:
    """Fill in what became of `letter`; the caller saves it. Raises whatever breaks."""
    parsed = parsed_of(letter)
    sender = people.sender_of(parsed)
    letter.letter_id = storable(parsed.message_id)[:998]
    letter.sender = sender.email
    letter.subject = storable(parsed.subject)[:500]
    letter.recipients = people.recipients(parsed)
    letter.parents = [storable(one)[:998] for one in routing.ids_in(parsed)]
    letter.fingerprint = fingerprint(parsed, letter.sha256)
    if _seen_before(letter):
        return
    # Somebody looked at it already and let it through.
    released, admitted = letter.kind in {Kind.FLOOD, Kind.STRANGER}, letter.kind == Kind.STRANGER
    verdict = screening.verdict(parsed, letter.mailbox)
    letter.kind, letter.reason = verdict.kind, storable(verdict.reason)[:300]
    if verdict.kind == Kind.OWN:
        letter.state = State.OWN
    elif verdict.kind in {Kind.BOUNCE, Kind.DELAY, Kind.RECEIPT}:
        machines.report(letter, parsed, verdict)
    elif machines.automatic(letter, parsed, verdict):
        pass
    elif released or not floods.held_back(letter, parsed, sender):
        proof = _proof(letter, parsed, sender)
        if proof == Proof.PROVED:
            prove_address(sender.email)
        if admitted:
            vouch_for(people.welcome(sender, parsed))
        conversation.take(letter, parsed, sender, verdict, proof)
    if verdict.kind == Kind.PERSON:
        forget_returned_mail(letter.sender)


def _proof(letter: InboundEmail, parsed: ParsedEmail, sender: Address) -> Proof:
    """What a server that we trust says of the sender. Whoever is named elsewhere than in From, by a
    form or a list, is proved by nothing."""
    if parsed.sender is None or parsed.sender.email != sender.email:
        return Proof.UNKNOWN
    trusted = letter.mailbox.trusted_servers
    return authentication.check(bytes(letter.raw), sender=sender.email, trusted=trusted)


def fingerprint(parsed: ParsedEmail, sha256: str) -> str:
    """The same for two copies of one letter, whatever way they took. Senders use Message-IDs more
    than once, so content counts as well; a letter without one is only the same as its own bytes."""
    if not parsed.message_id:
        return sha256
    known = hashlib.sha256()
    sender = parsed.sender.email if parsed.sender else ""
    parts = [parsed.message_id, parsed.header("date"), sender, parsed.text, parsed.html]
    for part in parts:
        known.update(part.encode("utf-8", "replace") + b"\0")
    for file in parsed.files:
        known.update(hashlib.sha256(file.content).digest())
    return known.hexdigest()


def _seen_before(letter: InboundEmail) -> bool:
    """Two copies at once (two mailboxes, two workers) stand in line here."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [letter.fingerprint]
        )
    twin = (
        InboundEmail.objects.filter(fingerprint=letter.fingerprint, handled_at__isnull=False)
        .exclude(pk=letter.pk)
        .exclude(state=State.DUPLICATE)
        .order_by("id")
        .first()
    )
    if twin is None:
        return False
    letter.state = State.DUPLICATE
    letter.ticket_id, letter.message_pk = twin.ticket_id, twin.message_pk
    letter.reason = _("The same letter as no. %(number)d of the ledger.") % {"number": twin.pk}
    if twin.ticket is not None and twin.mailbox_id != letter.mailbox_id:
        actions.note_copy(twin.ticket, mailbox=letter.mailbox.address)
    return True
