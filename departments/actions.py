"""What happens to people and places."""

import uuid
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from departments.models import (
    Brand,
    Department,
    DeskSettings,
    Membership,
    Notice,
    Organisation,
    ReturnedMail,
    User,
    person_at,
)
from helpdesk.lib.errors import DeskError


def welcome_customer(email: str, *, name: str = "", language: str = "") -> User:
    """The person with this address, be it their main one or another that is proved; made on their
    first letter. An empty name or language is
    filled in, a known one is kept. Their organisation follows from the address's domain."""
    address = email.strip().lower()
    wanted = {"name": name.strip()[:200], "language": language}
    for_the_new: dict[str, Any] = {
        **wanted,
        "password": lambda: make_password(None),
        "organisation": lambda: organisation_for(address),
    }
    person = person_at(address)
    if person is None:
        person, is_new = User.objects.get_or_create(email=address, defaults=for_the_new)
        if is_new:
            return person
    missing = [field for field, value in wanted.items() if value and not getattr(person, field)]
    for field in missing:
        setattr(person, field, wanted[field])
    if missing:
        person.save(update_fields=missing)
    return person


@transaction.atomic
def choose_notice(person: User, notice: Notice, *, wanted: bool) -> User:
    """Whether `person` gets letters of one kind; the person as they are then."""
    person = User.objects.select_for_update().get(pk=person.pk)
    person.choose(notice, wanted=wanted)
    person.save(update_fields=["unwanted_letters", "turned"])
    return person


@transaction.atomic
def show_face(person: User, face: bytes | None) -> None:
    """Let `person` have a face that pictures.face_of made, or none (None)."""
    old = User.objects.select_for_update().get(pk=person.pk).picture.name
    person.picture.name = ""
    if face is not None:
        person.picture.save(f"{uuid.uuid4()}.jpg", ContentFile(face), save=False)
    person.save(update_fields=["picture"])
    if old:
        transaction.on_commit(lambda: default_storage.delete(old))


@transaction.atomic
def show_logo(brand: Brand, field: str, logo: bytes | None) -> None:
    """Let `brand` have the picture that pictures.logo_of made as its `logo` or `dark_logo`, or none
    (None)."""
    old = getattr(Brand.objects.select_for_update().get(pk=brand.pk), field).name
    setattr(brand, field, "")
    if logo is not None:
        getattr(brand, field).save(f"{uuid.uuid4()}.webp", ContentFile(logo), save=False)
    brand.save(update_fields=[field])
    if old:
        transaction.on_commit(lambda: default_storage.delete(old))


def organisation_for(email: str) -> Organisation | None:
    """The organisation that this address's domain belongs to."""
    domain = email.rpartition("@")[2].lower()
    return Organisation.objects.filter(domains__contains=[domain]).first()


def may_begin(address: str) -> bool:
    """May somebody write to us from `address` whom nobody knows yet? On an open desk everybody,
    else who belongs to an organisation by its domain."""
    return DeskSettings.current().is_open or organisation_for(address) is not None


def vouch_for(person: User) -> None:
    """Somebody who works here says that we know them: they may write to us."""
    if not person.is_known:
        person.is_known = True
        person.save(update_fields=["is_known"])


@transaction.atomic
def join_department(
    user: User, department: Department, *, role: str = Membership.Role.AGENT
) -> Membership:
    """Let `user` work in `department`; said again, the role is changed."""
    membership, _is_new = Membership.objects.update_or_create(
        user=user, department=department, defaults={"role": role}
    )
    user.__dict__.pop("department_roles", None)
    return membership


@transaction.atomic
def retire_agent(user: User) -> None:
    """Somebody leaves: they can no longer sign in, their name and history stay [S11]."""
    if user.is_superuser and not (
        User.objects.filter(is_superuser=True, is_active=True).exclude(pk=user.pk).exists()
    ):
        raise DeskError(_("The last administrator cannot be switched off."))
    user.is_active = False
    user.save(update_fields=["is_active"])
    user.api_tokens.all().delete()


@transaction.atomic
def note_returned_mail(
    person: User, *, status: str = "", detail: str = "", pause_after: int = 0
) -> ReturnedMail:
    """A letter to `person` came back. After `pause_after` in a row their notices are paused (0:
    never); letters that people write go to them all the same."""
    returned, _is_new = ReturnedMail.objects.select_for_update().get_or_create(person=person)
    returned.times += 1
    returned.last_at = timezone.now()
    returned.status, returned.detail = status[:12], detail[:500]
    if pause_after and returned.times >= pause_after and returned.paused_at is None:
        returned.paused_at = returned.last_at
    returned.save()
    return returned


def forget_returned_mail(address: str) -> None:
    """They wrote to us: their address is well."""
    ReturnedMail.objects.filter(person__email=address.lower()).delete()


@transaction.atomic
def prove_address(address: str, *, of: User | None = None) -> EmailAddress | None:
    """Somebody showed that they read letters at `address`: from now on it finds the person that
    agents added it to, `of` them if that is known. None where nothing waits for a proof, where it
    waits for two people, or where somebody else has the address meanwhile.

    A main address is no business of ours: whoever signed up with it without proving it may have
    chosen a password for somebody else's account.
    """
    waiting = EmailAddress.objects.select_for_update().filter(
        email=address.lower(), verified=False, user__is_active=True
    )
    if of is not None:
        waiting = waiting.filter(user=of)
    rows = [row for row in waiting.select_related("user") if row.user.email != row.email]
    if len(rows) != 1 or person_at(address) is not None:
        return None
    rows[0].verified = True
    rows[0].save(update_fields=["verified"])
    distrust_password(rows[0].user)
    return rows[0]


def distrust_password(person: User) -> None:
    """Let a password open nothing that was chosen in a sign-up whose address nobody proved: it may
    be a stranger's. To be called whenever another proof comes in, for that would let it in."""
    rows = EmailAddress.objects.filter(user=person, email=person.email, verified=False)
    if person.has_usable_password() and rows.exists():
        person.set_unusable_password()
        person.save(update_fields=["password"])


@transaction.atomic
def shut_out(person: User, *, address: str) -> None:
    """`address` is not theirs: it finds them no more. Whoever reads letters there may have signed
    in, or have chosen a password, so it opens nothing and all sessions end with it (as Django binds
    them to it); a mailed code lets `person` in."""
    EmailAddress.objects.filter(user=person, email=address.lower()).delete()
    person.set_unusable_password()
    person.save(update_fields=["password"])


def organisation_called(name: str) -> Organisation | None:
    """The organisation with this name, made if there is none; None for no name."""
    wanted = " ".join(name.split())[:200]
    if not wanted:
        return None
    known = Organisation.objects.filter(name__iexact=wanted).order_by("pk").first()
    return known or Organisation.objects.create(name=wanted)
