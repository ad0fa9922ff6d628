"""Writing on the page of a ticket: replies, notes, drafts, second thoughts."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tickets import actions
from tickets.lifecycle import Status
from tickets.models import CannedReply, Draft, Message


def address(ticket, name, *args):
    return reverse(f"agent:{name}", args=[ticket.number, *args])


def last(ticket):
    return ticket.messages.latest("pk")


def test_a_reply_goes_out_and_the_page_comes_back(ticket, ada, enter):
    response = enter(ada).post(address(ticket, "replies"), {"body": "Надсилаємо.\r\n\r\nAda"})

    message = last(ticket)
    assert response.headers["Location"] == f"{address(ticket, 'ticket')}#message-{message.pk}"
    assert (message.text, message.author) == ("Надсилаємо.\n\nAda", ada)
    ticket.refresh_from_db()
    assert ticket.status == Status.PENDING


@pytest.mark.parametrize("then", ["open", "pending", "solved"])
def test_the_button_says_what_comes_then(ticket, ada, enter, then):
    enter(ada).post(address(ticket, "replies"), {"body": "Done", "then": then})

    ticket.refresh_from_db()
    assert ticket.status == then


@pytest.mark.parametrize("then", ["closed", "spam", "x"])
def test_other_statuses_are_no_button_of_ours(ticket, ada, enter, then):
    response = enter(ada).post(address(ticket, "replies"), {"body": "Done", "then": then})

    assert response.status_code == 422
    assert ticket.messages.count() == 1


def test_a_note_stays_with_us(ticket, ada, enter):
    enter(ada).post(address(ticket, "notes"), {"body": "Ask Grace"})

    assert last(ticket).kind == Message.Kind.NOTE
    ticket.refresh_from_db()
    assert ticket.status == Status.NEW


@pytest.mark.parametrize("name", ["replies", "notes"])
def test_nothing_said_is_said_to_be_nothing(ticket, ada, enter, name):
    response = enter(ada).post(address(ticket, name), {"body": "  "})

    assert response.status_code == 422
    assert "Write something first." in response.content.decode()


def test_a_refused_file_keeps_the_text(ticket, ada, enter):
    evil = SimpleUploadedFile("setup.exe", b"MZ\x00\x01")

    response = enter(ada).post(
        address(ticket, "replies"), {"body": "Look at this file", "files": [evil]}
    )

    assert response.status_code == 422
    assert "setup.exe" in response.content.decode()
    assert "Look at this file</textarea>" in response.content.decode()
    assert ticket.messages.count() == 1


def test_several_files_go_out_together(ticket, ada, enter):
    files = [SimpleUploadedFile(f"{n}.txt", b"ping") for n in range(2)]

    enter(ada).post(address(ticket, "replies"), {"body": "", "files": files})

    assert [one.name for one in last(ticket).attachments.all()] == ["0.txt", "1.txt"]


def test_a_closed_ticket_keeps_what_was_typed(ticket, ada, enter):
    actions.close_ticket(ticket, by=ada)

    response = enter(ada).post(address(ticket, "replies"), {"body": "One more thing"})

    assert response.status_code == 422
    assert "Reopen it first" in response.content.decode()
    assert "One more thing</textarea>" in response.content.decode()


def test_what_arrived_meanwhile_is_shown_before_it_is_sent(ticket, ada, carla, enter):
    client, seen = enter(ada), last(ticket).pk
    actions.reply_to_ticket(ticket, by=carla, body="Вже знайшла, дякую!")
    typed = {"body": "We look for it.", "last_message": seen}

    stopped = client.post(address(ticket, "replies"), typed)

    assert stopped.status_code == 422
    text = stopped.content.decode()
    assert "Something was written since" in text
    assert "We look for it.</textarea>" in text
    assert 'name="anyway"' in text
    assert client.post(address(ticket, "replies"), {**typed, "anyway": "1"}).status_code == 302


def test_ones_own_note_stops_nothing(ticket, ada, enter):
    seen = last(ticket).pk
    actions.add_note(ticket, by=ada, body="My own")

    sent = enter(ada).post(address(ticket, "replies"), {"body": "Yes", "last_message": seen})

    assert sent.status_code == 302


def test_an_unknown_placeholder_stops_it(ticket, ada, enter):
    client, typed = enter(ada), {"body": "Dear {customer.nam}, see {id}"}

    stopped = client.post(address(ticket, "replies"), typed)

    assert stopped.status_code == 422
    assert "Nobody fills {customer.nam}, {id}." in stopped.content.decode()
    assert client.post(address(ticket, "replies"), {**typed, "anyway": "1"}).status_code == 422
    assert ticket.messages.count() == 1


def test_known_placeholders_are_filled(ticket, ada, enter):
    enter(ada).post(address(ticket, "replies"), {"body": "{customer.name}: {ticket.number}"})

    assert last(ticket).text == f"Carla Bondar: #{ticket.number}"


def test_canned_replies_act_on_send(ticket, ada, enter):
    canned = CannedReply.objects.create(title="Sent", body={"en": "Sent"}, sets_priority=1)

    enter(ada).post(address(ticket, "replies"), {"body": "Sent", "canned": [canned.pk]})

    ticket.refresh_from_db()
    canned.refresh_from_db()
    assert (ticket.priority, canned.used) == (1, 1)


def test_a_script_saves_a_draft_and_the_page_brings_it_back(ticket, ada, grace, enter):
    client = enter(ada)

    saved = client.post(
        address(ticket, "drafts", "reply"), {"body": "Half a"}, headers={"HX-Request": "true"}
    )

    assert saved.status_code == 204
    assert "Half a</textarea>" in client.get(address(ticket, "ticket")).content.decode()
    assert "Half a" not in enter(grace).get(address(ticket, "ticket")).content.decode()


def test_without_a_script_a_canned_reply_is_put_below_what_was_typed(ticket, ada, enter):
    canned = CannedReply.objects.create(
        title="Thanks", body={"uk": "Дякуємо, {customer.name}!", "en": "Thanks!"}
    )
    client = enter(ada)

    put = client.post(
        address(ticket, "drafts", "reply"), {"body": "Добрий день!", "insert": canned.pk}
    )

    assert put.headers["Location"] == f"{address(ticket, 'ticket')}?canned={canned.pk}#reply"
    assert Draft.objects.get().text == "Добрий день!\n\nДякуємо, Carla Bondar!"
    text = client.get(put.headers["Location"]).content.decode()
    assert f'name="canned" value="{canned.pk}"' in text


def test_sending_uses_the_draft_up(ticket, ada, enter):
    actions.save_draft(ticket, by=ada, kind=Message.Kind.REPLY, text="Half a")

    enter(ada).post(address(ticket, "replies"), {"body": "A whole"})

    assert not Draft.objects.exists()


def test_there_are_two_kinds_of_drafts(ticket, ada, enter):
    assert enter(ada).post(address(ticket, "drafts", "poem"), {"body": "x"}).status_code == 404


def test_a_reply_is_taken_back_within_its_seconds(ticket, ada, enter, settings):
    settings.DESK_UNDO_SECONDS = 30
    client = enter(ada)
    client.post(address(ticket, "replies"), {"body": "Too quick"})
    assert "Take back" in client.get(address(ticket, "ticket")).content.decode()

    back = client.post(address(ticket, "withdrawal", last(ticket).pk), follow=True)

    assert "Taken back." in back.content.decode()
    assert "Too quick</textarea>" in back.content.decode()
    assert last(ticket).withdrawn_at is not None


def test_too_late_is_said_in_a_sentence(ticket, ada, enter):
    client = enter(ada)
    client.post(address(ticket, "replies"), {"body": "Gone"})

    late = client.post(address(ticket, "withdrawal", last(ticket).pk), follow=True)

    assert "Too late" in late.content.decode()
    assert last(ticket).withdrawn_at is None


@pytest.mark.parametrize(
    ("who", "status"), [("linus", 404), ("carla", 403), ("mallory", 403), ("bo", 302)]
)
def test_strangers_write_nothing(ticket, who, status, enter, request):
    client = enter(request.getfixturevalue(who))
    message = last(ticket)

    for url in (
        address(ticket, "replies"),
        address(ticket, "notes"),
        address(ticket, "drafts", "reply"),
        address(ticket, "withdrawal", message.pk),
    ):
        assert client.post(url, {"body": "Hello"}).status_code == status
    assert ticket.messages.count() == 1
    assert not Draft.objects.exists()
