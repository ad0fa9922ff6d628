"""Who wrote a letter and who else has it, as people of the desk."""

import re
from itertools import islice

from django.conf import settings

from departments.actions import welcome_customer
from departments.models import User, has_address
from helpdesk.lib.language import guess_language
from mailgateway.addresses import answers_nobody, without_secrets
from mailgateway.inbound.bodies import storable
from mailgateway.models import Mailbox, is_ours, our_addresses, without_plus
from mailgateway.parsing import ParsedEmail
from mailgateway.parsing.values import Address

MOST_COPIES = 50
# RFC 2606: no letter can ever go there.
UNKNOWN_SENDER = "unknown@sender.invalid"
_LONGEST_ADDRESS = 254
_MAILTO = re.compile(r"mailto:([^\s<>?,;]{3,254})", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s<>,;:\"'()\[\]]{1,64}@[^\s<>,;:\"'()\[\]]{1,190}")
# "Carla via Support", as lists write that must put their own address into From (DMARC).
_VIA = re.compile(r"(.{0,200}?)\s+(?:via|через|über|par|por|tramite)\s.{1,200}", re.IGNORECASE)


def sender_of(parsed: ParsedEmail) -> Address:
    """Who wrote. A letter that names nobody is kept all the same."""
    sender = _behind(parsed) or parsed.sender
    if sender is None or not _is_storable(sender.email):
        return Address("", UNKNOWN_SENDER)
    return sender


def recipients(parsed: ParsedEmail) -> str:
    """Everybody it went to, as the ledger keeps them: at most 50 addresses, no reply secret."""
    named = [one.email for one in [*parsed.to, *parsed.cc]]
    named += [address.strip("<> ").lower() for address in parsed.headers_all("delivered-to")]
    fitting = (one for one in named if "@" in one and len(one) <= 254)
    known = dict.fromkeys(storable(without_secrets(one)) for one in fitting)
    return " ".join(islice(known, MOST_COPIES))


def _behind(parsed: ParsedEmail) -> Address | None:
    """The person behind an address that only passed the letter on: a form on the web writes as one
    of our own mailboxes and names the person in Reply-To; lists and groups write "Carla via
    Support" and keep her address in X-Original-From or Reply-To."""
    sender = parsed.sender
    if sender is None:
        return None
    ours = our_addresses()
    others = [
        one
        for one in parsed.reply_to
        if one.email != sender.email and not is_ours(one.email, ours) and _is_storable(one.email)
    ]
    via = _VIA.fullmatch(sender.name) if _passed_on(parsed) else None
    if via is not None:
        name = via[1].strip(" '\"")
        original = _ADDRESS.search(parsed.header("x-original-from").lower())
        if original and not is_ours(original[0], ours) and _is_storable(original[0]):
            return Address(name, original[0])
        lists = _lists(parsed)
        people = [one for one in others if one.email not in lists]
        if len(people) == 1:
            return Address(people[0].name or name, people[0].email)
    return others[0] if others and is_ours(sender.email, ours) else None


def _passed_on(parsed: ParsedEmail) -> bool:
    """Did a list or group have the letter in its hands?"""
    marks = ("list-id", "list-post", "x-google-group-id", "x-mailman-version", "x-original-from")
    return any(parsed.header(mark) for mark in marks)


def _lists(parsed: ParsedEmail) -> set[str]:
    """Addresses of mailing lists that the letter came by."""
    found = [*_MAILTO.findall(parsed.header("list-post")), parsed.header("x-beenthere")]
    return {one.strip().lower() for one in found if one}


def _is_storable(address: str) -> bool:
    return len(address) <= _LONGEST_ADDRESS and storable(address) == address


def mailbox_named(parsed: ParsedEmail) -> Mailbox | None:
    """The mailbox of ours that To names first, or else Cc: where one letter goes that was sent to
    several. None if it names none, as in Bcc or by an address that is forwarded to us."""
    boxes = {
        one.address.lower(): one
        for one in Mailbox.objects.unopened().filter(is_active=True).select_related("department")
    }
    for named in [*parsed.to, *parsed.cc]:
        for address in (named.email, without_plus(named.email)):
            if address in boxes:
                return boxes[address]
    return None


def welcome(sender: Address, parsed: ParsedEmail) -> User:
    """The person behind an address; whoever writes for the first time becomes one."""
    language = guess_language(f"{parsed.subject}\n{parsed.text}")
    known = {code for code, _name in settings.LANGUAGES}
    name = "" if "@" in sender.name else storable(sender.name)
    return welcome_customer(sender.email, name=name, language=language if language in known else "")


def others_in(parsed: ParsedEmail, sender: User) -> list[Address]:
    """Other people the letter went to: not us, not lists and machines; each once."""
    ours, lists = our_addresses(), _lists(parsed)
    named = {one.email: one for one in [*parsed.to, *parsed.cc] if _is_storable(one.email)}
    return [
        one
        for one in named.values()
        if one.email != sender.email
        and one.email not in lists
        and not answers_nobody(one.email)
        and not is_ours(one.email, ours)
    ]


def copies(parsed: ParsedEmail, sender: User, *, most: int = MOST_COPIES) -> list[User]:
    """Other people the letter went to, as far as they are no agents; at most `most`."""
    people = [
        welcome_customer(one.email, name=storable(one.name))
        for one in islice(others_in(parsed, sender), max(0, most))
    ]
    return [one for one in people if one != sender and not one.is_agent and one.is_active]


def stand_in(parsed: ParsedEmail, sender: User) -> User | None:
    """Whom our answers shall reach instead of `sender`: a person named in Reply-To. Never one of
    us, a list, a machine, or somebody a form was filled in for already."""
    wished = parsed.reply_to[:1]
    if not wished or parsed.sender is None or not has_address(sender, parsed.sender.email):
        return None
    if any(has_address(sender, one.email) for one in parsed.reply_to[:MOST_COPIES]):
        return None
    if _passed_on(parsed):
        return None
    address = wished[0].email
    if not _is_storable(address) or answers_nobody(address) or is_ours(address):
        return None
    person = welcome(wished[0], parsed)
    return None if person.is_agent or not person.is_active else person
