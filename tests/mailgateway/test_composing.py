"""What our letters look like to whoever receives them."""

import io
import re
from datetime import UTC, date, datetime
from email.header import decode_header, make_header
from email.parser import BytesParser
from email.policy import compat32

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from departments.actions import choose_notice
from departments.models import Notice
from helpdesk.lib import mail
from mailgateway.addresses import (
    make_customer_address,
    make_loop_mark,
    read_letter_id,
    read_reply_address,
)
from mailgateway.composing import assemble
from mailgateway.models import OutboundEmail
from mailgateway.parsing import parse
from tests.letters import letter
from tickets import actions, attachments
from tickets.attachments import IncomingFile
from tickets.links import read_letters_token
from tickets.models import Body, Event, Ticket
from tickets.permissions import can_work_on

pytestmark = pytest.mark.usefixtures("mailbox")


@pytest.fixture
def asked(arrives):
    """Carla's ticket, by mail."""
    return arrives(
        letter(
            "Рахунку немає.",
            sender="Carla Bondar <carla@customer.example>",
            subject="Re: Рахунок",
            letter_id="asked@customer.example",
        )
    ).ticket


def row_of(kind: str) -> OutboundEmail:
    return OutboundEmail.objects.filter(kind=kind).latest("id")


def test_an_answer_looks_like_a_letter_from_a_person(asked, ada, mailbox):
    message = actions.reply_to_ticket(asked, by=ada, body="Надсилаємо ще раз.\n\nДо побачення!")

    row = row_of("replied")
    mail = assemble(row, mailbox)
    assert mail["From"] == "Ada · Бухгалтерія <billing@desk.example>"
    assert mail["To"] == "carla@customer.example"
    assert mail["Subject"] == f"Re: Рахунок [#{asked.pk}]"
    assert mail["In-Reply-To"] == "<asked@customer.example>"
    assert mail["References"].split()[-1] == "<asked@customer.example>"
    assert read_letter_id(mail["Message-ID"]).message == message.pk
    assert mail["Auto-Submitted"] is None
    assert mail["Precedence"] is None


def test_it_has_text_signature_number_rating_and_what_was_asked(asked, ada, mailbox):
    actions.reply_to_ticket(asked, by=ada, body="Надсилаємо <ще> раз.")

    mail = assemble(row_of("replied"), mailbox)
    # Which line ends come back depends on the version of Python.
    text = mail.get_body(("plain",)).get_content().replace("\r\n", "\n")
    html = mail.get_body(("html",)).get_content()
    assert text.startswith("Надсилаємо <ще> раз.\n")
    assert "-- \nAda\nБухгалтерія" in text
    assert f"#{asked.pk}" in text
    assert "?score=5" in text
    assert "> Рахунку немає." in text
    assert "Надсилаємо &lt;ще&gt; раз." in html
    assert "Рахунку немає." in html


def test_it_goes_on_in_the_customers_thread(asked, ada, arrives):
    actions.reply_to_ticket(asked, by=ada, body="Один.")
    first = row_of("replied").letter_id
    arrives(
        letter(
            "Два.",
            sender="carla@customer.example",
            letter_id="second@customer.example",
            In_Reply_To=f"<{first}>",
        )
    )

    actions.reply_to_ticket(asked, by=ada, body="Три.")

    headers = row_of("replied").headers
    assert headers["In-Reply-To"] == "<second@customer.example>"
    chain = headers["References"].split()
    assert chain[0] == "<asked@customer.example>"
    assert f"<{first}>" in chain
    assert len(chain) == len(set(chain))


def test_people_in_copy_stand_in_cc(asked, ada, mallory, mailbox):
    actions.follow_ticket(asked, who=mallory, by=ada, in_copy=True)

    actions.reply_to_ticket(asked, by=ada, body="Надсилаємо.")

    row = row_of("replied")
    assert OutboundEmail.objects.filter(kind="replied").count() == 1
    assert assemble(row, mailbox)["Cc"] == "mallory@elsewhere.example"
    assert set(row.message.deliveries.values_list("address", "state")) == {
        ("carla@customer.example", "queued"),
        ("mallory@elsewhere.example", "queued"),
    }


def test_files_and_pictures_go_along(asked, ada, mailbox):
    file = io.BytesIO()
    Image.new("RGB", (3, 2)).save(file, "PNG")
    shot = IncomingFile("shot.png", file.getvalue(), "image/png", "shot@1", inline=True)
    named = attachments.accept([SimpleUploadedFile("Рахунок № 7.txt", b"7 = 7")])
    body = Body("Ось:", '<p>Ось: <img src="cid:shot@1"></p>')

    actions.reply_to_ticket(asked, by=ada, body=body, files=[shot, *named])

    mail = assemble(row_of("replied"), mailbox)
    picture = next(part for part in mail.walk() if part.get_content_type() == "image/png")
    html = mail.get_body(("html",)).get_content()
    assert f'src="cid:{picture["Content-ID"].strip("<>")}"' in html
    assert [part.get_filename() for part in mail.iter_attachments()] == ["Рахунок № 7.txt"]
    assert b"filename*0*=utf-8''" in mail.as_bytes()


def test_what_is_too_large_is_linked(asked, ada, mailbox, monkeypatch):
    monkeypatch.setattr("mailgateway.wording.MOST_BYTES", 10)
    files = [IncomingFile("big.txt", b"x" * 11, "text/plain")]

    message = actions.reply_to_ticket(asked, by=ada, body="Ось.", files=files)

    mail = assemble(row_of("replied"), mailbox)
    assert not list(mail.iter_attachments())
    address = message.attachments.get().get_absolute_url()
    assert f"big.txt: http://127.0.0.1:8000{address}" in mail.get_body(("plain",)).get_content()


def test_a_confirmation_is_marked_as_written_by_a_machine(asked, mailbox):
    mail = assemble(row_of("received"), mailbox)

    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["From"] == "Бухгалтерія <billing@desk.example>"
    assert "Рахунку немає" not in mail.get_body(("plain",)).get_content()


def test_a_solved_ticket_asks_for_a_score(asked, ada, mailbox):
    actions.solve_ticket(asked, by=ada)

    mail = assemble(row_of("solved"), mailbox)
    assert mail["Auto-Submitted"] == "auto-generated"
    text = mail.get_body(("plain",)).get_content()
    assert [f"?score={score}" in text for score in range(1, 6)] == [True] * 5


def test_an_agents_notice_carries_their_secret_where_the_mailbox_can(
    asked, ada, grace, mailbox, arrives
):
    mailbox.takes_plus_addresses = True
    mailbox.save()
    actions.assign_ticket(asked, to=ada, by=grace)

    row = row_of("assigned")
    claim = read_reply_address([row.headers["Reply-To"]], today=row.created_at.date())
    assert (row.recipient, claim.user, claim.ticket) == (ada.email, ada.pk, asked.pk)
    assert row.headers["Auto-Submitted"] == "auto-generated"
    assert "your answer goes to the customer" in row.text
    for body in (row.text, row.html):
        written = re.search(r"billing\+\S+@desk\.example", body)[0]
        note = read_reply_address([written], today=row.created_at.date())
        assert (note.user, note.ticket, note.is_note) == (ada.pk, asked.pk, True)


def test_without_such_a_mailbox_the_notice_says_where_to_answer(asked, ada, grace):
    actions.assign_ticket(asked, to=ada, by=grace)

    row = row_of("assigned")
    assert "Reply-To" not in row.headers
    assert "Please answer in the help desk" in row.text


def test_the_lead_is_told_why(asked, ada, grace):
    actions.escalate_ticket(asked, by=ada, reason="Клієнт дзвонив двічі")

    row = row_of("escalated")
    assert row.recipient == grace.email
    assert "Клієнт дзвонив двічі" in row.text
    assert f"/agent/tickets/{asked.pk}/" in row.text
    assert can_work_on(grace, asked)


def test_a_note_is_in_no_letter(asked, ada, grace):
    actions.assign_ticket(asked, to=grace, by=ada)
    before = OutboundEmail.objects.count()

    actions.add_note(asked, by=ada, body="Обережно, борги.")

    assert asked.events.filter(kind=Event.Kind.NOTED).exists()
    assert OutboundEmail.objects.count() == before
    assert not OutboundEmail.objects.filter(text__contains="борги").exists()


def test_everybody_reads_their_own_language(asked, ada):
    asked.customer.language = "de"
    asked.customer.save()

    actions.solve_ticket(asked, by=ada)

    assert 'lang="de"' in row_of("solved").html


def test_a_name_cannot_bring_headers_along(asked, ada, mailbox):
    ada.shown_name = "Ada\r\nBcc: everybody@elsewhere.example"
    ada.save()

    actions.reply_to_ticket(asked, by=ada, body="Надсилаємо.")

    mail = assemble(row_of("replied"), mailbox)
    assert mail["Bcc"] is None
    head, _blank, _body = mail.as_bytes().partition(b"\r\n\r\n")
    assert b"\r\nBcc:" not in head


def test_long_message_ids_stay_whole(asked, ada, mailbox, arrives):
    long = "x" * 150 + "@customer.example"
    arrives(
        letter(
            "Ще.",
            sender="carla@customer.example",
            letter_id=long,
            In_Reply_To="<asked@customer.example>",
        )
    )

    actions.reply_to_ticket(asked, by=ada, body="Надсилаємо.")

    assert f"<{long}>".encode() in assemble(row_of("replied"), mailbox).as_bytes()


@pytest.mark.parametrize(
    "subject",
    [
        "Не прийшов рахунок за жовтень 2026 року, хоча ми платили вчасно, і ще дещо про акт",
        "Invoice №7 — 12 % off für Größe «XL», bitte prüfen und zurückschreiben, danke schön",
        "a" * 120,
        "😀 рахунок\tз табуляцією",
        "Дуже довга тема " * 20 + "кінець",
        "مرحبا بالعالم ‏عربي",
    ],
)
def test_a_subject_comes_through_as_it_was(arrives, carla, ada, mailbox, subject):
    ticket = arrives(letter(subject=subject)).ticket

    actions.reply_to_ticket(ticket, by=ada, body="Так.")

    raw = assemble(row_of("replied"), mailbox).as_bytes()
    head, _blank, _body = raw.partition(b"\r\n\r\n")
    # Marks that turn the direction of writing are nobody's words.
    clean = " ".join(subject.replace("\u200f", "").split())
    assert parse(raw).subject == f"Re: {clean} [#{ticket.pk}]"
    assert parse(raw).sender.name == "Ada · Бухгалтерія"
    assert max(len(line) for line in head.split(b"\r\n")) <= 200


NAMES = [
    "Рахунок № 7 за жовтень — дуже довга назва файлу, щоб її довелося переносити на інший.pdf",
    'a "quoted"; name.txt',
    "two\nlines.txt",
    "مرحبا ‏عربي.png",
    "😀.png",
    "it's 100%.txt",
    "plain.txt",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_file_name_comes_through_for_old_programs_and_new_ones(name):
    raw = mail.build(
        mail.Words("S", "t", ""),
        sender=("", "billing@desk.example"),
        to=["carla@customer.example"],
        letter_id="one@desk.example",
        date=datetime(2026, 11, 23, tzinfo=UTC),
        files=[mail.Enclosure(name, "application/pdf", b"x")],
    ).as_bytes()

    (file,) = parse(raw).files
    clean = " ".join(name.replace("\u200f", "").split())
    assert file.name == clean
    # As Outlook reads it: RFC 2047 inside of Content-Type.
    (part,) = BytesParser(policy=compat32).parsebytes(raw).get_payload()[1:]
    outlook = part.get_param("name").replace('\\"', '"')
    assert str(make_header(decode_header(outlook))) == clean
    assert max(len(line) for line in raw.split(b"\r\n")) <= 200


@pytest.mark.parametrize(
    "name",
    [
        "Олександра Вишневецька-Корибут, відділ розрахунків із клієнтами",
        "مها العربي",
        'Ada "the first" O\'Neill, Ltd.',
        "😀 Ada",
        "ada@desk.example",
    ],
)
def test_a_name_comes_through_whatever_it_is_written_in(asked, ada, mailbox, name):
    ada.shown_name = name
    ada.save()

    actions.reply_to_ticket(asked, by=ada, body="Так.")

    read = parse(assemble(row_of("replied"), mailbox).as_bytes())
    assert read.sender.name == f"{name} · Бухгалтерія"
    assert read.sender.email == "billing@desk.example"


@pytest.mark.parametrize(
    "text",
    [
        "Рядок\n.\n..\n\n> цитата\n" + "ю" * 3000,
        "مرحبا‏ بالعالم",
        "emoji 😀👩‍👩‍👧 ok",
        "From here on\n-- \nplain ascii",
    ],
)
def test_a_text_comes_through_to_the_letter(asked, ada, mailbox, text):
    actions.reply_to_ticket(asked, by=ada, body=text)

    raw = assemble(row_of("replied"), mailbox).as_bytes()
    assert parse(raw).text.startswith(text)
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998


def test_automatic_letters_say_which_desk_they_came_from(asked, ada, mailbox):
    actions.reply_to_ticket(asked, by=ada, body="Так.")

    marks = {row.kind: assemble(row, mailbox)["X-Loop"] for row in OutboundEmail.objects.all()}
    assert marks == {"received": make_loop_mark(), "replied": None}


def test_where_the_mailbox_can_an_answer_names_its_conversation(asked, ada, mailbox):
    mailbox.takes_plus_addresses = True
    mailbox.save()

    actions.reply_to_ticket(asked, by=ada, body="Так.")

    reply_to = assemble(row_of("replied"), mailbox)["Reply-To"]
    assert reply_to == make_customer_address("billing@desk.example", ticket=asked.pk)
    claim = read_reply_address([reply_to], today=date(2026, 11, 23))
    assert (claim.ticket, claim.user) == (asked.pk, None)


def test_a_long_conversation_is_named_by_its_first_letter_and_its_last_twenty(asked, ada, arrives):
    for number in range(30):
        arrives(
            letter(
                f"{number}",
                sender="carla@customer.example",
                letter_id=f"more-{number}@customer.example",
                In_Reply_To="<asked@customer.example>",
            )
        )

    actions.reply_to_ticket(asked, by=ada, body="Так.")

    chain = row_of("replied").headers["References"].split()
    assert len(chain) == 21
    assert chain[0] == "<asked@customer.example>"
    assert chain[-1] == "<more-29@customer.example>"


@pytest.mark.parametrize(("address", "one_click"), [("https", True), ("http", False)])
def test_notices_can_be_ended_and_answers_cannot(
    settings, asked, ada, grace, mailbox, address, one_click
):
    settings.DESK_URL = f"{address}://desk.example"
    actions.reply_to_ticket(asked, by=ada, body="Так.")
    actions.assign_ticket(asked, to=grace, by=ada)
    actions.solve_ticket(asked, by=ada)

    for kind in ("assigned", "solved"):
        row = row_of(kind)
        mail = assemble(row, mailbox)
        link = mail["List-Unsubscribe"].strip("<>")
        assert link in row.text
        assert link in row.html
        assert read_letters_token(link.rstrip("/").rpartition("/")[2]).notice == kind
        assert (mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click") is one_click
        assert f"List-Unsubscribe: <{link}>\r\n".encode() in mail.as_bytes()
    assert assemble(row_of("replied"), mailbox)["List-Unsubscribe"] is None


def test_who_wants_no_such_letter_gets_none_but_hears_the_bell(asked, ada, grace):
    for who, notice in ((ada, "assigned"), (asked.customer, "solved")):
        choose_notice(who, notice, wanted=False)
    ada.refresh_from_db()

    actions.assign_ticket(asked, to=ada, by=grace)
    actions.solve_ticket(Ticket.objects.get(pk=asked.pk), by=ada)

    assert not OutboundEmail.objects.filter(kind__in=["assigned", "solved"]).exists()
    assert ada.notifications.filter(event__kind="assigned").exists()


def test_who_wants_no_confirmation_gets_none(carla, billing):
    choose_notice(carla, Notice.RECEIVED, wanted=False)
    carla.refresh_from_db()

    actions.open_ticket(customer=carla, by=carla, subject="S", body="B")

    assert not OutboundEmail.objects.filter(kind="received").exists()


def test_a_domain_in_its_own_letters_is_written_as_name_servers_know_it(asked, ada, mailbox):
    asked.customer.email = "carla@пошта.example"
    asked.customer.save()

    actions.reply_to_ticket(Ticket.objects.get(pk=asked.pk), by=ada, body="Так.")

    assert assemble(row_of("replied"), mailbox)["To"] == "carla@xn--80a1acn3a.example"
