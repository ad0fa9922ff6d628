"""Who wrote a letter and who else has it, as people of the desk."""

from itertools import islice

from django.conf import settings

from departments.actions import welcome_customer
from departments.models import User
from helpdesk.lib.language import guess_language
from mailgateway.addresses import answers_nobody, without_secrets
from mailgateway.inbound.bodies import storable
from mailgateway.models import Mailbox
from mailgateway.parsing import ParsedEmail
from mailgateway.parsing.values import Address

MOST_COPIES = 50
# RFC 2606: no letter can ever go there.
UNKNOWN_SENDER = "unknown@sender.invalid"


def sender_of(parsed: ParsedEmail) -> Address:
    """Who wrote. A form on the web writes as one of our own mailboxes and names the person in
    Reply-To; a letter that names nobody is kept all the same."""
    sender = parsed.sender
    if sender is not None and is_ours(sender.email):
        sender = next((one for one in parsed.reply_to if not is_ours(one.email)), sender)
    if sender is None or len(sender.email) > 254 or storable(sender.email) != sender.email:
        return Address("", UNKNOWN_SENDER)
    return sender


def recipients(parsed: ParsedEmail) -> str:
    """Everybody it went to, as the ledger keeps them: at most 50 addresses, no reply secret."""
    named = [one.email for one in [*parsed.to, *parsed.cc]]
    named += [address.strip("<> ").lower() for address in parsed.headers_all("delivered-to")]
    fitting = (one for one in named if "@" in one and len(one) <= 254)
    known = dict.fromkeys(storable(without_secrets(one)) for one in fitting)
    return " ".join(islice(known, MOST_COPIES))


def is_ours(address: str) -> bool:
    """Is it a mailbox of this desk, with or without a plus?"""
    bare = address.lower()
    name, _at, domain = bare.rpartition("@")
    return Mailbox.objects.filter(address__in=[bare, f"{name.partition('+')[0]}@{domain}"]).exists()


def welcome(sender: Address, parsed: ParsedEmail) -> User:
    """The person behind an address; whoever writes for the first time becomes one."""
    language = guess_language(f"{parsed.subject}\n{parsed.text}")
    known = {code for code, _name in settings.LANGUAGES}
    name = "" if "@" in sender.name else storable(sender.name)
    return welcome_customer(sender.email, name=name, language=language if language in known else "")


def copies(parsed: ParsedEmail, sender: User) -> list[User]:
    """Other people the letter went to: not us, not machines, not agents; at most 50."""
    named = {one.email: one for one in [*parsed.to, *parsed.cc] if len(one.email) <= 254}
    others = (
        one
        for one in named.values()
        if one.email != sender.email and not answers_nobody(one.email) and not is_ours(one.email)
    )
    people = [
        welcome_customer(one.email, name=storable(one.name)) for one in islice(others, MOST_COPIES)
    ]
    return [one for one in people if not one.is_agent and one.is_active]
