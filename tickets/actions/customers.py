"""What agents put down about a customer, and by which addresses the desk knows them."""

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from departments.actions import distrust_password, organisation_called, shut_out
from departments.models import ReturnedMail, User, person_at
from helpdesk.lib.errors import DeskError
from tickets.permissions import can_decide_for_customer, can_edit_customer, require

MOST_ADDRESSES = 20


class AddressTaken(DeskError):
    """The address is `holder`'s: perhaps the two are one person."""

    status = 409

    def __init__(self, holder: User) -> None:
        super().__init__(_("This address belongs to somebody else. Are they one person?"))
        self.holder = holder


@transaction.atomic
def edit_customer(
    person: User,
    *,
    by: User,
    name: str | None = None,
    language: str | None = None,
    phone: str | None = None,
    notes: str | None = None,
    organisation: str | None = None,
) -> User:
    """Put down what the desk knows of a customer; None leaves it as it is.

    `organisation` is a name, which may be new; "" is none. It may let colleagues read each other's
    tickets, so it takes somebody who works on all of the customer's.
    """
    person = User.objects.select_for_update().get(pk=person.pk)
    require(can_edit_customer(by, person))
    said = {"name": name, "language": language, "phone": phone, "notes": notes}
    for field, value in said.items():
        if value is not None:
            setattr(person, field, value.strip())
    known = person.organisation.name if person.organisation else ""
    if organisation is not None and organisation.strip() != known:
        require(can_decide_for_customer(by, person))
        person.organisation = organisation_called(organisation)
    person.save(update_fields=[*said, "organisation"])
    return person


@transaction.atomic
def add_address(person: User, *, address: str, by: User) -> EmailAddress:
    """Put down another address of a customer. It counts once they prove it, by the link in a letter
    or by a letter from there that a trusted server vouches for, or an administrator says so.
    Raises AddressTaken if it is somebody else's."""
    person = _held(person, by)
    wanted = address.strip().lower()
    holder = person_at(wanted)
    if holder is not None and holder != person:
        raise AddressTaken(holder)
    rows = EmailAddress.objects.filter(user=person)
    if holder == person or rows.filter(email=wanted).exists():
        raise DeskError(_("This address is put down already."))
    if rows.count() >= MOST_ADDRESSES:
        raise DeskError(_("Nobody needs more addresses than these. Remove one first."))
    return EmailAddress.objects.create(user=person, email=wanted)


@transaction.atomic
def vouch_for_address(row: EmailAddress, *, by: User) -> EmailAddress:
    """An administrator knows that the address is the customer's; no letter has to prove it."""
    person = _held(row.user, by)
    require(by.is_superuser)
    row = EmailAddress.objects.select_for_update().get(pk=row.pk, user=person)
    holder = person_at(row.email)
    if holder is not None and holder != person:
        raise AddressTaken(holder)
    row.verified = True
    row.save(update_fields=["verified"])
    distrust_password(person)
    return row


@transaction.atomic
def choose_main_address(person: User, *, address: str, by: User) -> User:
    """Let our letters go to another of their proved addresses; the one before stays theirs."""
    person = _held(person, by)
    wanted = EmailAddress.objects.filter(user=person, email=address.lower(), verified=True).first()
    if wanted is None:
        raise DeskError(_("Letters can only go to an address that was proved."))
    if wanted.email == person.email:
        return person
    EmailAddress.objects.filter(user=person, primary=True).update(primary=False)
    # They are found by it as before. A row that waits for the proof of a sign-up goes on waiting:
    # a stranger may have chosen that password.
    EmailAddress.objects.get_or_create(user=person, email=person.email, defaults={"verified": True})
    EmailAddress.objects.filter(pk=wanted.pk).update(primary=True)
    person.email = wanted.email
    person.save(update_fields=["email"])
    ReturnedMail.objects.filter(person=person).delete()
    return person


@transaction.atomic
def remove_address(row: EmailAddress, *, by: User) -> None:
    """Forget an address that was mistyped or is no longer theirs; never the main one."""
    person = _held(row.user, by)
    if row.email == person.email:
        raise DeskError(_("Letters go to this address. Choose another main one first."))
    if row.verified:
        shut_out(person, address=row.email)
    else:
        EmailAddress.objects.filter(pk=row.pk, user=person).delete()


def _held(person: User, by: User) -> User:
    person = User.objects.select_for_update().get(pk=person.pk)
    require(can_decide_for_customer(by, person))
    if person.merged_into is not None:
        raise DeskError(_("This customer was merged into %(name)s.") % {"name": person.merged_into})
    return person
