"""Mailboxes that have fallen silent: one letter to administrators, a line on pages of those who can
do something about it. Both end by themselves when the mailbox is read again."""

import secrets

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from departments.models import User, desk_name
from helpdesk.lib import mail
from mailgateway.models import Mailbox, OAuthAccess, OutboundEmail, SignIn
from mailgateway.troubles import Trouble

KIND = "mailbox_silent"


def silent() -> list[Mailbox]:
    """Mailboxes that have not been read for too long, or that their provider no longer lets in."""
    now = timezone.now()
    watched, lost = Mailbox.objects.unopened().filter(is_active=True), _locked_out()
    return [one for one in watched if one.is_silent(now) or one.pk in lost]


def _locked_out() -> dict[int, str]:
    """{key of a mailbox: what its provider says}."""
    lost = OAuthAccess.objects.filter(lost_at__isnull=False, mailbox__sign_in=SignIn.OAUTH)
    return dict(lost.values_list("mailbox_id", "error"))


def shown_to(user: User | AnonymousUser) -> list[Trouble]:
    """A line about each silent mailbox that concerns `user`: administrators all, leads those of
    their departments."""
    if not (isinstance(user, User) and user.is_lead):
        return []
    led = {place for place, role in user.department_roles.items() if role == "lead"}
    return [
        Trouble(sentence(mailbox), _place_of(mailbox) if user.is_staff else "")
        for mailbox in silent()
        if user.is_superuser or mailbox.department_id in led
    ]


def _place_of(mailbox: Mailbox) -> str:
    return reverse("admin:mailgateway_mailbox_change", args=[mailbox.pk])


def sentence(mailbox: Mailbox) -> str:
    """What is the matter with a silent mailbox."""
    facts = {"address": mailbox.address, "why": mailbox.last_error}
    if mailbox.pk in (lost := _locked_out()):
        facts["why"] = lost[mailbox.pk]
        return _("%(address)s cannot be read any more. %(why)s") % facts
    since = timezone.localtime(mailbox.silent_since)
    facts["since"] = date_format(since, "SHORT_DATETIME_FORMAT")
    return _("Since %(since)s %(address)s has not been read. %(why)s") % facts


def sound() -> None:
    """Write to every administrator, once for each time that a mailbox falls silent."""
    for mailbox in silent():
        told = Mailbox.objects.filter(pk=mailbox.pk, alarmed_at__isnull=True)
        if told.update(alarmed_at=timezone.now()):
            for administrator in User.objects.filter(is_superuser=True, is_active=True):
                _write(mailbox, administrator)


def _write(mailbox: Mailbox, reader: User) -> None:
    by = _sending_instead_of(mailbox)
    address = by.address if by else settings.DEFAULT_FROM_EMAIL
    with translation.override(reader.language or settings.LANGUAGE_CODE):
        facts = {
            "address": mailbox.address,
            "sentence": sentence(mailbox),
            "link": f"{settings.DESK_URL}{_place_of(mailbox)}",
            "language": translation.get_language(),
        }
        words = mail.write(KIND, facts)
    OutboundEmail.objects.create(
        mailbox=by,
        kind=KIND,
        recipient=reader.email,
        sender_name=desk_name(),
        letter_id=f"{secrets.token_hex(16)}@{address.rpartition('@')[2]}",
        subject=words.subject[:998],
        text=words.text,
        html=words.html,
        headers={"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"},
    )


def _sending_instead_of(mailbox: Mailbox) -> Mailbox | None:
    """A mailbox that is well, if there is one; else any, for sending may work there still."""
    usable = Mailbox.objects.unopened().filter(is_active=True).exclude(smtp_host="").order_by("pk")
    ill = {one.pk for one in silent()}
    return next((one for one in usable if one.pk not in ill), usable.first())
