"""The demo desk is a desk at work."""

import json
import stat
from collections import Counter
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from departments.models import Department, Membership, User
from helpdesk.management.demo import furniture, scenes
from helpdesk.management.demo.files import document, picture
from helpdesk.management.demo.script import moment, working_day
from knowledge.models import Article, ArticleText
from knowledge.search import find
from mailgateway.models import Mailbox, OutboundEmail
from tickets.lifecycle import Status
from tickets.models import Delivery, Event, Message, Notification, Rating, Ticket, TicketLink


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def seeded(django_db_setup, django_db_blocker, home):
    """One demo desk for all tests that only look at it; the accounts it wrote down."""
    places = override_settings(VAR_DIR=home / "var", MEDIA_ROOT=home / "files")
    with django_db_blocker.unblock(), places, transaction.atomic():
        call_command("seed_demo")
        yield json.loads((home / "var" / "demo-accounts.json").read_text())
        transaction.set_rollback(True)


def test_times_are_told_in_working_days_and_never_lie_ahead():
    monday = timezone.localtime().replace(year=2026, month=3, day=9, hour=1)
    assert working_day(monday.date(), 1).isoformat() == "2026-03-06"
    assert moment("1 18:00", monday) < monday
    now = timezone.localtime()
    for scene in scenes.ALL:
        times = [moment(at, now) for at in (scene.at, *(step.at for step in scene.steps))]
        assert times == sorted(times), scene.key
        assert times[-1] < now


def test_files_are_what_they_say():
    assert picture("a", "b").startswith(b"\x89PNG")
    page = document("Title", "line")
    assert page.startswith(b"%PDF-1.4")
    at = int(page.split(b"startxref\n")[1].split()[0])
    assert page[at : at + 4] == b"xref"


def test_without_a_trial_mail_server_the_mailboxes_are_switched_off(db, monkeypatch):
    for name in ("IMAP_PORT", "SMTP_PORT", "PASSWORD"):
        monkeypatch.delenv(f"DESK_TRIAL_{name}", raising=False)
    furniture.open_mailboxes(furniture.furnish())
    assert Mailbox.objects.count() == 3
    assert not Mailbox.objects.filter(is_active=True).exists()


def test_with_one_they_point_at_it(db, monkeypatch):
    monkeypatch.setenv("DESK_TRIAL_IMAP_PORT", "8143")
    monkeypatch.setenv("DESK_TRIAL_SMTP_PORT", "8025")
    monkeypatch.setenv("DESK_TRIAL_PASSWORD", "of the trial")
    furniture.open_mailboxes(furniture.furnish())
    support = Mailbox.objects.get(address="support@desk.example")
    assert support.is_active
    assert (support.imap_host, support.imap_port) == ("127.0.0.1", 8143)
    assert (support.smtp_port, support.smtp_password) == (8025, "of the trial")


def test_a_desk_is_filled_once(seeded):
    with pytest.raises(CommandError, match="people already"):
        call_command("seed_demo")
    before = Ticket.objects.count()
    call_command("seed_demo", if_empty=True)
    assert Ticket.objects.count() == before


def test_it_shows_everything_there_is(seeded):
    assert Department.objects.count() == 3
    assert Membership.objects.values("user").distinct().count() == 6
    assert 40 <= Ticket.objects.count() <= 45
    statuses = Counter(Ticket.objects.values_list("status", flat=True))
    assert set(statuses) == set(Status.values)
    assert set(Ticket.objects.values_list("language", flat=True)) == {"uk", "ru", "en", "de"}
    kinds = set(TicketLink.objects.values_list("kind", flat=True))
    assert kinds == {"merged", "split", "follow_up", "related"}
    assert Rating.objects.filter(message__isnull=False).exists()
    assert Rating.objects.filter(message__isnull=True).exists()
    assert Message.objects.filter(attachments__width__isnull=False).exists()


def test_one_ticket_is_overdue_and_its_lead_was_told_then(seeded):
    overdue = Ticket.objects.overdue().get()
    told = overdue.events.filter(kind=Event.Kind.ESCALATED, details__tells_lead=True).get()
    assert overdue.due_at <= told.at < timezone.now() - timedelta(hours=1)


def test_everything_happened_in_the_past_and_in_order(seeded):
    latest = timezone.now() - timedelta(minutes=10)
    assert not Event.objects.filter(at__gt=latest).exists()
    assert not Message.objects.filter(created_at__gt=latest).exists()
    assert not Message.objects.filter(undo_until__isnull=False).exists()
    assert not Ticket.objects.filter(updated_at__gt=latest).exists()
    assert not Ticket.objects.filter(waiting_since__gt=latest).exists()
    for ticket in Ticket.objects.exclude(status__in=[Status.MERGED]):
        assert ticket.updated_at >= ticket.created_at, ticket
        if ticket.first_answered_at:
            assert ticket.first_answered_at > ticket.created_at, ticket
    stale = timezone.now() - timedelta(days=1)
    assert not Notification.objects.filter(event__at__lt=stale, read_at__isnull=True).exists()


def test_nobody_gets_a_letter_about_it(seeded):
    assert not OutboundEmail.objects.exists()
    states = set(Delivery.objects.values_list("state", flat=True))
    assert Delivery.State.FAILED in states
    assert Delivery.State.QUEUED not in states


def test_every_role_can_sign_in(seeded, home):
    file = home / "var" / "demo-accounts.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [one["role"] for one in seeded] == ["agent", "lead", "administrator", "customer"]
    for one in seeded:
        user = User.objects.get(email=one["email"])
        assert user.check_password(one["password"])
        assert user.emailaddress_set.filter(email=user.email, verified=True, primary=True).exists()
    agent, lead, administrator, customer = (User.objects.get(email=one["email"]) for one in seeded)
    assert agent.is_agent
    assert not agent.is_lead
    assert lead.is_lead
    assert administrator.is_superuser
    assert not customer.is_agent
    # A letter to support@ arrives where the agent works and the lead leads.
    place = Mailbox.objects.order_by("pk").first().department
    assert agent.department_roles[place.pk] == "agent"
    assert lead.department_roles[place.pk] == "lead"


def test_the_help_pages_are_written(seeded):
    public = Article.objects.readable_by(AnonymousUser())

    assert public.count() == 5
    assert ArticleText.objects.filter(published_at=None).count() == 1
    assert {text.language for text in ArticleText.objects.all()} == {"uk", "ru", "en", "de"}
    (found, *_others) = find("налаштування скриньок", by=AnonymousUser(), language="uk")
    assert found.public_title == "Як налаштувати скриньку в поштовій програмі"
