"""Words are found in all their forms, in four languages, by those who may read them."""

import pytest

from helpdesk.lib.vectors import vector
from tickets import search
from tickets.actions import add_note, open_ticket, reply_to_ticket, tag_ticket
from tickets.models import Message, Ticket


def found(text, by, only=""):
    return list(search.find(text, Ticket.objects.workable_by(by), by=by, only=only))


@pytest.fixture
def say(carla, billing):
    def write(body, subject="Лист"):
        return open_ticket(customer=carla, by=carla, department=billing, subject=subject, body=body)

    return write


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("Рахунок за жовтень не прийшов", "рахунки"),
        ("Прошу надіслати рахунків два", "рахунок"),
        ("Панель керування не відкривається", "панелі"),
        ("Здоров'я сервера", "здоров’я"),
        ("Не работает почтовый ящик", "почтового ящика"),
        ("Письма не приходят", "письмо"),
        ("Всё зелёное", "зеленый"),
        ("The invoices are missing", "invoice"),
        ("I cancelled my domains yesterday", "domain"),
        ("Die Rechnungen fehlen noch", "Rechnung"),
        ("Bitte die Übertragungen prüfen", "übertragung"),
    ],
)
def test_a_word_is_found_in_another_of_its_forms(say, ada, written, asked):
    ticket = say(written)

    assert found(asked, ada) == [ticket]


@pytest.mark.parametrize(
    ("written", "asked"),
    [("Товариш написав", "товар"), ("Портрет директора", "порти"), ("Der Server läuft", "Service")],
)
def test_words_that_only_look_alike_stay_apart(say, ada, written, asked):
    say(written)

    assert found(f"{asked} лист", ada) == []


def test_every_word_has_to_occur(say, ada):
    ticket = say("Рахунок за жовтень")

    assert found("рахунок жовтня", ada) == [ticket]
    assert found("рахунок листопада", ada) == []


def test_the_last_word_may_still_be_in_the_making(say, ada):
    ticket = say("Sicherheitskopie wiederherstellen")

    assert found("sicherheitsko", ada) == [ticket]


def test_a_number_with_its_sign_is_that_ticket(ticket, say, ada):
    say("Дивіться заявку 10001")

    assert found(f"#{ticket.number}", ada) == [ticket]


def test_people_and_tags_are_found(ticket, ada):
    tag_ticket(ticket, by=ada, add=["повернення"])

    assert found("carla@customer.example", ada) == [ticket]
    assert found("Bondar", ada) == [ticket]
    assert found("повернень", ada) == [ticket]


def test_subject_and_messages_can_be_asked_apart(ticket, ada):
    assert found("рахунок", ada, "subject") == [ticket]
    assert found("договору", ada, "subject") == []
    assert found("договору", ada, "messages") == [ticket]


def test_notes_are_found_by_agents_and_never_by_the_customer(ticket, ada, carla):
    add_note(ticket, by=ada, body="Підозра на шахрайство")

    assert found("шахрайства", ada) == [ticket]
    own = Ticket.objects.of_customer(carla)
    assert list(search.find("шахрайства", own, by=carla)) == []
    assert list(search.find("рахунку", own, by=carla)) == [ticket]


def test_customers_find_nothing_by_our_tags_nor_by_names_that_only_we_know(ticket, ada, carla):
    tag_ticket(ticket, by=ada, add=["скаржиться"])
    reply_to_ticket(ticket, by=ada, body="Надіслали дублікат поштою.")
    Message.objects.update(undo_until=None)
    own = Ticket.objects.of_customer(carla)

    for text in ("скаржиться", "Kovalenko", "ada@desk.example"):
        assert found(text, ada) == [ticket]
        assert list(search.find(text, own, by=carla)) == []
    assert list(search.find("дублікати", own, by=carla)) == [ticket]
    assert list(search.find("Bondar", own, by=carla)) == [ticket]


def test_of_a_text_with_more_words_than_fit_the_first_are_found(ticket, ada):
    text = " ".join(f"{number:060}" for number in range(20_000))
    ticket.messages.update(words=vector([("D", text)]))

    assert found(f"{0:060}", ada) == [ticket]


def test_a_word_of_any_length_can_be_asked_for(say, ada):
    ticket = say("x" * 5000)

    assert found("x" * 5000, ada) == [ticket]


def test_other_departments_find_nothing(ticket, linus, mallory):
    assert found("рахунок", linus) == []
    assert found("рахунок", mallory) == []


@pytest.mark.parametrize(
    "text",
    ["", "   ", "'; drop table", "!!! ???", "\\ ' :* & |", "#", "#²", "#" + "9" * 5000, "<->"],
)
def test_odd_questions_are_answered_quietly(ticket, ada, text):
    assert found(text, ada) == []


def test_an_answer_is_findable_at_once(ticket, ada):
    reply_to_ticket(ticket, by=ada, body="Надіслали дублікат поштою.")

    assert found("дублікати", ada) == [ticket]
