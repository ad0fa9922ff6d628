"""A mailbox that is not read any more is told of: once by letter, on pages as long as it lasts."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from mailgateway import alarms, inbound
from mailgateway.models import Mailbox, OAuthAccess, OutboundEmail, Security, SignIn


@pytest.fixture
def broken(mailbox, ticket) -> Mailbox:
    """Billing's mailbox, whose server nobody finds."""
    Mailbox.objects.update(imap_host="127.0.0.1", imap_port=1, imap_security=Security.NONE)
    OutboundEmail.objects.all().delete()
    mailbox.refresh_from_db()
    return mailbox


def goes_silent(mailbox: Mailbox, minutes: int = 16) -> None:
    Mailbox.objects.filter(pk=mailbox.pk).update(
        silent_since=timezone.now() - timedelta(minutes=minutes)
    )
    list(inbound.poll(mailbox.pk))


def test_administrators_get_one_letter_by_another_mailbox(broken, hosting, root, ada):
    other = Mailbox.objects.create(
        name="Hosting", address="hosting@desk.example", department=hosting, smtp_host="127.0.0.1"
    )
    goes_silent(broken)

    alarms.sound()
    alarms.sound()

    letter = OutboundEmail.objects.get()
    assert (letter.recipient, letter.mailbox) == (root.email, other)
    assert letter.subject == "No letters from billing@desk.example"
    assert "lets nobody in on port 1" in letter.text
    assert f"/admin/mailgateway/mailbox/{broken.pk}/change/" in letter.html


def test_a_mailbox_that_is_alone_tells_of_itself(broken, root):
    goes_silent(broken)
    alarms.sound()
    assert OutboundEmail.objects.get().mailbox == broken


def test_a_short_trouble_is_nobodys_business(broken, root):
    goes_silent(broken, minutes=14)
    alarms.sound()
    assert not OutboundEmail.objects.exists()
    assert alarms.shown_to(root) == []


@pytest.mark.parametrize("fields", [{"is_active": False}, {"imap_host": ""}])
def test_what_is_not_to_be_read_cannot_fall_silent(broken, root, fields):
    Mailbox.objects.update(silent_since=timezone.now() - timedelta(days=1), **fields)
    alarms.sound()
    assert not OutboundEmail.objects.exists()


def test_lost_access_is_told_at_once(broken, root):
    Mailbox.objects.update(sign_in=SignIn.OAUTH)
    OAuthAccess.objects.create(
        mailbox=broken, provider="google", lost_at=timezone.now(), error="Sign in again."
    )
    alarms.sound()

    text = OutboundEmail.objects.get().text
    assert "billing@desk.example cannot be read any more. Sign in again." in text


def test_the_next_outage_is_told_of_again(broken, root, imap_server):
    goes_silent(broken)
    alarms.sound()
    Mailbox.objects.update(imap_port=imap_server.port)
    broken.refresh_from_db()
    broken.imap_password = imap_server.password
    broken.save()
    list(inbound.poll(broken.pk))
    assert alarms.shown_to(root) == []

    Mailbox.objects.update(imap_port=1)
    goes_silent(broken)
    alarms.sound()

    assert OutboundEmail.objects.count() == 2


@pytest.mark.parametrize(("who", "sees"), [("grace", True), ("root", True), ("ada", False)])
def test_leads_and_administrators_see_it_on_their_pages(broken, request, enter, who, sees):
    goes_silent(broken)
    client = enter(request.getfixturevalue(who))

    page = client.get(reverse("agent:queue")).content.decode()

    assert ("billing@desk.example has not been read." in page) == sees


def test_the_lead_of_another_department_does_not_see_it(broken, linus):
    linus.memberships.update(role="lead")
    goes_silent(broken)
    assert alarms.shown_to(linus) == []


def test_the_administration_begins_with_it(broken, enter, root):
    goes_silent(broken)
    page = enter(root).get(reverse("admin:index")).content.decode()
    assert "billing@desk.example has not been read." in page
