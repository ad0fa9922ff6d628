"""Mailboxes are set up with care; ledger and tray are looked at."""

import hashlib
from datetime import UTC, datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from mailgateway import inbound
from mailgateway.models import InboundEmail, Mailbox, OutboundEmail
from tickets import actions
from tickets.models import Delivery


@pytest.fixture
def desk(enter, root):
    return enter(root)


@pytest.fixture
def settings_of(billing):
    """What a form for a mailbox on this machine sends."""
    return {
        "name": "Billing",
        "address": "billing@desk.example",
        "department": billing.pk,
        "is_active": "on",
        "imap_folder": "INBOX",
        "letters_since": "2026-01-01",
        "largest_letter_mb": "50",
        "after_import": "leave",
        "delete_after_days": "30",
        "compare_days": "14",
        "alarm_after_minutes": "15",
        "sign_in": "password",
        "oauth-TOTAL_FORMS": "0",
        "oauth-INITIAL_FORMS": "0",
        "unfetched-TOTAL_FORMS": "0",
        "unfetched-INITIAL_FORMS": "0",
        "imap_host": "127.0.0.1",
        "imap_port": "1",
        "imap_security": "none",
        "imap_user": "billing",
        "imap_password": " secret one ",
        "smtp_host": "127.0.0.1",
        "smtp_port": "1",
        "smtp_security": "none",
        "smtp_user": "billing",
        "smtp_password": "secret two",
    }


@pytest.fixture
def mailbox(desk, settings_of):
    response = desk.post(reverse("admin:mailgateway_mailbox_add"), settings_of)
    assert response.status_code == 302, response.context["errors"]
    return Mailbox.objects.get()


def page_of(mailbox: Mailbox) -> str:
    return reverse("admin:mailgateway_mailbox_change", args=[mailbox.pk])


def letter(mailbox: Mailbox, **fields) -> InboundEmail:
    raw = fields.pop("raw", b"From: carla@customer.example\r\nSubject: Hi\r\n\r\nHello\r\n")
    return InboundEmail.objects.create(
        mailbox=mailbox, raw=raw, sha256=hashlib.sha256(raw).hexdigest(), size=len(raw), **fields
    )


def test_passwords_are_kept_when_left_empty_and_never_shown(desk, mailbox, settings_of):
    page = desk.get(page_of(mailbox)).content.decode()
    assert "secret one" not in page
    assert "secret two" not in page
    again = {**settings_of, "name": "Money", "imap_password": "", "smtp_password": ""}
    assert desk.post(page_of(mailbox), again).status_code == 302
    mailbox.refresh_from_db()
    assert mailbox.name == "Money"
    assert (mailbox.imap_password, mailbox.smtp_password) == (" secret one ", "secret two")


def test_a_stored_password_is_not_sent_to_another_server(desk, mailbox, settings_of):
    moved = {**settings_of, "imap_host": "localhost", "imap_password": ""}
    page = desk.post(page_of(mailbox), moved).content.decode()
    assert "the stored one belongs to another server" in page
    mailbox.refresh_from_db()
    assert mailbox.imap_host == "127.0.0.1"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"imap_port": "993"}, "Port 993 speaks TLS."),
        ({"smtp_port": "587", "smtp_security": "tls"}, "Port 587 does not begin with TLS."),
        ({"imap_host": "mail.example"}, "a mail server on this machine"),
        ({"imap_user": ""}, "Reading needs a user name"),
        ({"after_import": "move"}, "Enter the folder to which"),
        ({"after_import": "move", "move_to": "INBOX"}, "Enter another one"),
        ({"imap_host": "", "smtp_host": ""}, "An active mailbox needs a server"),
    ],
)
def test_settings_that_cannot_work_are_refused_in_words(desk, settings_of, wrong, sentence):
    response = desk.post(reverse("admin:mailgateway_mailbox_add"), {**settings_of, **wrong})
    assert sentence in str(response.context["errors"])
    assert not Mailbox.objects.exists()


@pytest.fixture
def press(desk, mailbox, settings_of, django_capture_on_commit_callbacks):
    """Press a button below the form; (level, sentence) of what the page says then."""

    def press(button: str) -> list[tuple[str, str]]:
        with django_capture_on_commit_callbacks(execute=True) as done:
            answer = desk.post(page_of(mailbox), {**settings_of, button: "1"})
        assert answer.url == page_of(mailbox)
        assert len(done) == 1
        # In a test the work is done after the answer; its words are those of the request.
        return [(one.level_tag, str(one)) for one in answer.wsgi_request._messages]

    return press


@pytest.mark.parametrize("button", ["_test_reading", "_test_sending", "_compare"])
def test_a_server_that_does_not_answer_is_said_after_saving(press, button):
    level, sentence = press(button)[-1]
    assert level == "error"
    assert "127.0.0.1" in sentence


def test_the_numbers_of_both_sides_are_shown(desk, mailbox):
    Mailbox.objects.update(server_count=12, ledger_count=12, compared_at=timezone.now())
    assert "12 on the server, all of them here" in desk.get(page_of(mailbox)).content.decode()

    Mailbox.objects.update(ledger_count=10)
    page = desk.get(reverse("admin:mailgateway_mailbox_changelist")).content.decode()
    assert "⚠ 12 on the server, only 10 of them here" in page


def test_comparing_now_says_what_it_found(press, desk, mailbox, imap_server):
    imap_server.deliver("billing@desk.example", b"Subject: Hi\r\n\r\nHello\r\n")
    said = press("_compare")
    assert said[-1][0] == "error"

    Mailbox.objects.update(
        imap_port=imap_server.port, imap_user="billing@desk.example", letters_since=None
    )
    mailbox.refresh_from_db()
    mailbox.imap_password = imap_server.password
    mailbox.save()
    page = desk.post(
        reverse("admin:mailgateway_mailbox_changelist"),
        {"action": "compare_now", "_selected_action": [mailbox.pk]},
        follow=True,
    )
    assert "1 on the server, all of them here; 1 letter came just now." in page.content.decode()
    assert InboundEmail.objects.count() == 1


def test_another_folder_is_read_from_its_beginning(desk, mailbox, settings_of):
    Mailbox.objects.update(uid_validity=7, last_uid=400, failures=3, last_error="Refused")
    place = mailbox.place
    same = {**settings_of, "imap_password": ""}
    desk.post(page_of(mailbox), same)
    mailbox.refresh_from_db()
    assert (mailbox.last_uid, mailbox.failures, mailbox.place) == (400, 0, place)
    desk.post(page_of(mailbox), {**same, "imap_folder": "Support"})
    mailbox.refresh_from_db()
    assert (mailbox.uid_validity, mailbox.last_uid, mailbox.place) == (None, 0, place + 1)


def chosen(act: str, *rows: InboundEmail, **fields) -> dict[str, object]:
    return {"action": act, "_selected_action": [row.pk for row in rows], **fields}


LEDGER = "admin:mailgateway_inboundemail_changelist"


def test_a_letter_is_shown_as_it_was_read_and_handed_out(desk, mailbox):
    row = letter(mailbox)
    inbound.handle(row.pk)

    page = desk.get(reverse("admin:mailgateway_inboundemail_change", args=[row.pk]))

    text = page.content.decode()
    assert "carla@customer.example" in text
    assert "Understood: became a ticket" in text
    assert reverse("letters:raw", args=[row.pk]) in text


def test_letters_that_were_not_understood_are_tried_again(desk, mailbox):
    row = letter(mailbox, state="failed", error="KeyError", tries=5, next_try_at=None)
    done = letter(mailbox, raw=b"Subject: Done\r\n\r\nText\r\n")
    inbound.handle(done.pk)

    page = desk.post(reverse(LEDGER), chosen("run_again", row, done), follow=True)

    assert "1 of 1 letter was understood." in page.content.decode()
    row.refresh_from_db()
    assert row.handled_at is not None
    assert row.error == ""


def test_letters_are_ignored_once_the_reason_is_known(desk, mailbox, root):
    row = letter(mailbox, state="failed", error="KeyError", next_try_at=None)

    asked = desk.post(reverse(LEDGER), chosen("ignore", row)).content.decode()
    row.refresh_from_db()
    assert (row.state, 'name="reason"' in asked) == ("failed", True)

    desk.post(reverse(LEDGER), chosen("ignore", row, reason="An advertisement"))
    row.refresh_from_db()
    assert (row.state, row.reason) == ("ignored", "An advertisement")
    assert row.steps.get().actor == root


@pytest.mark.parametrize(
    "filtered", ["state=failed", "q=CARLA@customer", "received_at__gte=2026-01-01"]
)
def test_the_ledger_is_filtered(desk, mailbox, filtered):
    row = letter(mailbox, state="failed", sender="carla@customer.example", subject="To be found")
    letter(
        mailbox, sender="mallory@elsewhere.example", received_at=datetime(2025, 1, 1, tzinfo=UTC)
    )

    found = desk.get(f"{reverse(LEDGER)}?{filtered.replace('state', 'state__exact')}")

    assert list(found.context["cl"].queryset) == [row]


def test_the_dashboard_counts_letters_that_wait(desk, mailbox):
    index = reverse("admin:index")
    assert "for a decision" not in desk.get(index).content.decode()

    letter(mailbox, state="failed")
    letter(mailbox, state="held")
    letter(mailbox, state="ignored")

    assert "2 letters wait for a decision" in desk.get(index).content.decode()


def test_ledger_and_tray_cannot_be_changed(desk, mailbox):
    row = letter(mailbox)
    sent = OutboundEmail.objects.create(
        mailbox=mailbox, kind="reply", recipient="carla@customer.example", letter_id="<1@desk>"
    )
    for one in (row, sent):
        stem = f"admin:mailgateway_{one._meta.model_name}"
        assert desk.get(reverse(f"{stem}_change", args=[one.pk])).status_code == 200
        assert desk.get(reverse(f"{stem}_changelist")).status_code == 200
        assert desk.post(reverse(f"{stem}_change", args=[one.pk]), {}).status_code == 403
        assert desk.get(reverse(f"{stem}_delete", args=[one.pk])).status_code == 403


def test_a_mailbox_with_letters_is_not_deleted(desk, mailbox):
    letter(mailbox)
    path = reverse("admin:mailgateway_mailbox_delete", args=[mailbox.pk])
    desk.post(path, {"post": "yes"})
    assert Mailbox.objects.filter(pk=mailbox.pk).exists()


@pytest.fixture
def answer(mailbox, ticket, ada) -> OutboundEmail:
    """Ada's answer, refused by Carla's server."""
    message = actions.reply_to_ticket(ticket, by=ada, body="Надсилаємо.")
    row = OutboundEmail.objects.get(kind="replied")
    address = "carla@customer.example"
    OutboundEmail.objects.filter(pk=row.pk).update(
        state="failed", answers={address: "550 no"}, next_try_at=None, tries=1
    )
    actions.note_delivery(message, address=address, state=Delivery.State.FAILED, detail="550 no")
    return row


def act(desk, action: str, *rows: OutboundEmail) -> str:
    url = reverse("admin:mailgateway_outboundemail_changelist")
    data = {"action": action, "_selected_action": [row.pk for row in rows]}
    return desk.post(url, data, follow=True).content.decode()


def test_an_answer_that_failed_is_sent_once_more_and_the_ticket_knows(desk, answer, ticket, root):
    assert "1 letter goes." in act(desk, "send_again", answer)

    answer.refresh_from_db()
    assert answer.state == "queued"
    assert ticket.events.get(kind="resent").actor == root


def test_a_notice_that_failed_is_sent_once_more(desk, mailbox, ticket, ada, grace):
    actions.assign_ticket(ticket, to=ada, by=grace)
    row = OutboundEmail.objects.get(kind="assigned")
    OutboundEmail.objects.filter(pk=row.pk).update(state="failed", answers={ada.email: "550 no"})

    act(desk, "send_again", row)

    row.refresh_from_db()
    assert (row.state, row.answers) == ("queued", {})


def test_a_letter_that_waits_is_stopped(desk, answer):
    OutboundEmail.objects.update(state="queued")

    assert "1 letter was stopped." in act(desk, "stop", answer)

    answer.refresh_from_db()
    assert answer.state == "withdrawn"


def test_codes_of_accounts_are_shown_to_nobody(desk, answer):
    page = reverse("admin:mailgateway_outboundemail_change", args=[answer.pk])
    assert "Надсилаємо." in desk.get(page).content.decode()
    assert "carla@customer.example: 550 no" in desk.get(page).content.decode()

    OutboundEmail.objects.update(kind="account", text="Code: 4711")

    shown = desk.get(page).content.decode()
    assert "4711" not in shown
    assert "letters about accounts carry codes" in shown
