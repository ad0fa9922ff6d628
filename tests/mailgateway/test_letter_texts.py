"""Letters to customers: in their language, in our words or in those of an administrator."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from departments import letters
from departments.actions import choose_notice, welcome_customer
from departments.models import BLOCKS, EXPLAINED, RULES, LetterKind, LetterText, Notice
from mailgateway.composing import assemble
from mailgateway.models import OutboundEmail
from tests.letters import letter
from tickets import actions, escalation
from tickets.lifecycle import Status
from tickets.links import read_ticket_token
from tickets.models import Follower, Ticket

LANGUAGES = ("en", "uk", "ru", "de")
HELLO = {"en": "Hello", "uk": "Вітаємо", "ru": "Здравствуйте", "de": "Guten Tag"}
FIRST = {
    "en": "Please send the invoice again. It is not in my mail.",
    "uk": "Добрий день! Надішліть, будь ласка, рахунок ще раз, його немає.",
    "ru": "Добрый день! Вышлите, пожалуйста, счёт ещё раз, его нет в почте.",
    "de": "Guten Tag, bitte schicken Sie mir die Rechnung noch einmal, danke.",
}


def row_of(kind: str) -> OutboundEmail:
    return OutboundEmail.objects.filter(kind=kind).latest("id")


def worded(kind: str, body: str, *, subject="Re: {subject}", language="uk", **fields) -> LetterText:
    """Saved as an administrator's form would."""
    text = LetterText(kind=kind, language=language, subject=subject, body=body, **fields)
    text.full_clean()
    text.save()
    return text


def tickets_linked_in(text: str) -> set[int]:
    """Keys of the tickets that its links open."""
    return {read_ticket_token(token).ticket for token in re.findall(r"/links/([^/\s]+)/", text)}


# In the customer's language


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_is_in_the_language_of_the_first_one(arrives, billing, ada, language):
    asked = arrives(letter(FIRST[language], sender="newcomer@customer.example", subject="+"))
    other = arrives(letter(FIRST[language], sender="newcomer@customer.example", subject="++"))
    assert asked.ticket.language == language

    actions.solve_ticket(asked.ticket, by=ada)
    actions.reopen_ticket(Ticket.objects.get(pk=asked.ticket.pk), by=ada)
    actions.reply_to_ticket(Ticket.objects.get(pk=asked.ticket.pk), by=ada, body="+")
    actions.merge_tickets(asked.ticket, into=other.ticket, by=ada)
    actions.reply_to_ticket(other.ticket, by=ada, body="+", then=Status.SOLVED)
    with time_machine.travel(timezone.now() + timedelta(days=4)):
        escalation.ask_due()

    kinds = ("received", "solved", "reopened", "replied", "merged", "rating")
    for row in map(row_of, kinds):
        assert f'<html lang="{language}">' in row.html
        if row.kind != "replied":
            assert row.text.startswith(HELLO[language])


def test_the_language_somebody_chose_goes_before_the_one_they_write_in(arrives, billing):
    welcome_customer("newcomer@customer.example", language="de")

    arrives(letter(FIRST["uk"], sender="newcomer@customer.example"))

    assert row_of("received").text.startswith("Guten Tag")


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_chose_none_and_writes_in_the_portal_is_answered_in_the_one_they_write(
    mallory, billing, ada, language
):
    body = FIRST[language]

    asked = actions.open_ticket(customer=mallory, by=mallory, subject="+", body=body)
    actions.solve_ticket(asked, by=ada)

    for kind in ("received", "solved"):
        assert row_of(kind).text.startswith(HELLO[language])


def test_who_is_only_in_copy_reads_the_customers_language(arrives, ada):
    asked = arrives(letter(FIRST["de"], sender="newcomer@customer.example")).ticket
    friend = welcome_customer("friend@elsewhere.example")
    Follower.objects.create(ticket=asked, user=friend, in_copy=True)

    actions.reply_to_ticket(asked, by=ada, body="+", without=[asked.customer])

    row = row_of("replied")
    assert (row.recipient, friend.language) == (friend.email, "")
    assert '<html lang="de">' in row.html


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_code_comes_in_the_language_of_the_person_not_of_the_page(client, carla, language):
    carla.language = language
    carla.save()

    ask = {"email": carla.email}
    client.post(reverse("account_request_login_code"), ask, headers={"Accept-Language": "en"})

    (sent,) = mail.outbox
    assert sent.body.startswith(HELLO[language])
    assert f'<html lang="{language}">' in sent.alternatives[0].content


def test_a_stranger_reads_the_language_of_the_page(client, db):
    ask = {"email": "stranger@elsewhere.example"}

    client.post(reverse("account_request_login_code"), ask, headers={"Accept-Language": "de"})

    (sent,) = mail.outbox
    assert sent.body.startswith("Guten Tag")
    assert "http://testserver" + reverse("account_signup") in sent.body


# Open again, and merged


def test_who_took_it_for_solved_hears_that_it_is_open_again(ticket, ada, mailbox):
    actions.solve_ticket(ticket, by=ada)

    actions.reopen_ticket(Ticket.objects.get(pk=ticket.pk), by=ada)

    row = row_of("reopened")
    assert row.recipient == ticket.customer.email
    assert f"#{ticket.pk}" in row.text
    head = assemble(row, mailbox)
    assert (head["Auto-Submitted"], head["X-Loop"] is None) == ("auto-generated", False)
    assert head["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert head["List-Unsubscribe"]


def test_who_opens_it_again_themselves_needs_no_letter(ticket, carla, ada):
    actions.solve_ticket(ticket, by=ada)

    actions.reopen_ticket(Ticket.objects.get(pk=ticket.pk), by=carla)

    assert not OutboundEmail.objects.filter(kind="reopened").exists()


def test_what_only_rested_comes_back_without_a_letter(ticket, ada):
    actions.wait_for_customer(ticket, by=ada)

    actions.reopen_ticket(Ticket.objects.get(pk=ticket.pk), by=ada)

    assert not OutboundEmail.objects.filter(kind="reopened").exists()


@pytest.fixture
def two(ticket, carla, mallory):
    """A ticket of Mallory's, and Carla's that shall go on in it."""
    theirs = actions.open_ticket(
        customer=mallory, by=mallory, subject="Mallorys Geheimnis", body="Text."
    )
    return ticket, theirs


def test_a_merge_is_told_once_and_nothing_of_the_other_ticket_but_its_number(two, ada):
    mine, theirs = two

    actions.merge_tickets(mine, into=theirs, by=ada)

    (row,) = OutboundEmail.objects.filter(kind="merged")
    assert row.recipient == mine.customer.email
    assert f" {theirs.pk}" in row.text
    assert tickets_linked_in(row.text) == {mine.pk, theirs.pk}
    assert "Geheimnis" not in row.subject + row.text + row.html
    assert f"[#{mine.pk}]" in row.subject


def test_what_was_finished_is_merged_without_a_letter(two, ada):
    mine, theirs = two
    actions.solve_ticket(mine, by=ada)

    actions.merge_tickets(Ticket.objects.get(pk=mine.pk), into=theirs, by=ada)

    assert not OutboundEmail.objects.filter(kind="merged").exists()


@pytest.mark.parametrize("notice", [Notice.REOPENED, Notice.MERGED])
def test_such_letters_can_be_done_without(two, carla, ada, notice):
    mine, theirs = two
    choose_notice(carla, notice, wanted=False)
    actions.solve_ticket(mine, by=ada)
    actions.reopen_ticket(Ticket.objects.get(pk=mine.pk), by=ada)

    actions.merge_tickets(Ticket.objects.get(pk=mine.pk), into=theirs, by=ada)

    sent = set(OutboundEmail.objects.values_list("kind", flat=True))
    assert {"reopened", "merged"} - sent == {str(notice)}


# In an administrator's words


def test_the_departments_words_go_before_the_desks_and_those_before_ours(ticket, ada, billing):
    def solved() -> str:
        with translation.override("uk"):
            return letters.words_of("solved", billing).body

    shipped = solved()
    worded("solved", "Desk", language="de")
    assert solved() == shipped
    worded("solved", "Desk")
    assert solved() == "Desk"
    worded("solved", "Billing", department=billing)
    assert solved() == "Billing"

    LetterText.objects.all().delete()
    assert solved() == shipped


def test_an_answer_keeps_its_text_number_and_quotation_in_any_words(ticket, ada):
    worded("replied", "Пані {customer},\n\n{text}\n\nВаша {company}", subject="{subject}, {agent}")

    actions.reply_to_ticket(ticket, by=ada, body="Надсилаємо <ще> раз.")

    row = row_of("replied")
    assert row.text.startswith("Пані Carla Bondar,\n\nНадсилаємо <ще> раз.\n\nВаша ")
    assert "Надсилаємо &lt;ще&gt; раз." in row.html
    assert row.subject == f"{ticket.subject}, Ada [#{ticket.pk}]"
    for part in (row.text, row.html):
        assert tickets_linked_in(part) == {ticket.pk}
        assert "?score=5" in part
        assert "Номер договору 4711" in part
    assert "-- " not in row.text


@pytest.mark.parametrize(
    ("kind", "body", "sentence"),
    [
        ("solved", "{foo}", "Nobody fills these placeholders: {foo}. There are: {greeting}"),
        ("solved", "{ticket.password} {0}", "{ticket.password}, {0}. There are"),
        ("solved", "{{ number }}", "{{ number }}. There are"),
        ("solved", "{code}", "{code}. There are"),
        ("replied", "Thank you!", "The text must have {text} in it: the answer itself"),
        ("login_code", "No", "The text must have {code} in it: the code."),
    ],
)
def test_words_that_cannot_be_filled_are_refused_in_a_sentence(db, kind, body, sentence):
    with pytest.raises(ValidationError) as refused:
        worded(kind, body, subject="S")

    assert sentence in str(refused.value.message_dict["body"])


def test_a_block_has_no_place_in_a_subject(db):
    with pytest.raises(ValidationError) as refused:
        worded("replied", "{text}", subject="{text}")

    assert list(refused.value.message_dict) == ["subject"]


def test_words_that_can_no_longer_be_filled_give_way_to_ours(ticket, ada):
    LetterText.objects.create(kind="solved", language="uk", subject="S", body="{gone}")

    actions.solve_ticket(ticket, by=ada)

    assert row_of("solved").text.startswith("Вітаємо")


def test_a_code_letter_is_in_the_desks_words(client, carla):
    worded("login_code", "Ось:\n\n    {code}", subject="{company}: {code}")

    client.post(reverse("account_request_login_code"), {"email": carla.email})

    (sent,) = mail.outbox
    code = re.search(r"^ {4}(\S+)$", sent.body, re.M)[1]
    assert sent.subject.endswith(f": {code}")
    assert f"<b>{code}</b>" in sent.alternatives[0].content


def test_a_name_that_is_an_advertisement_is_not_repeated(arrives, billing):
    arrives(letter(FIRST["en"], sender='"Win at shop.example" <victim@customer.example>'))

    row = row_of("received")
    assert row.text.startswith("Hello,\n")
    assert "shop.example" not in row.text + row.html


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", LetterKind)
def test_the_shipped_words_can_be_filled_in_every_language(db, kind, language):
    words = letters.shipped(kind, language)

    words.full_clean()
    assert set(RULES[kind].known) <= set(EXPLAINED)
    assert set(RULES[kind].required) <= set(RULES[kind].known)
    assert "{{" not in words.body
    assert not BLOCKS & set(re.findall(r"\w+", words.subject))


def test_the_words_cost_one_question_a_letter(ticket, ada, carla):
    def asked() -> int:
        with CaptureQueriesContext(connection) as questions:
            actions.solve_ticket(Ticket.objects.get(pk=ticket.pk), by=ada)
        actions.reopen_ticket(Ticket.objects.get(pk=ticket.pk), by=carla)
        return len([one for one in questions if "departments_lettertext" in one["sql"]])

    assert asked() == 1
    worded("solved", "Fertig")
    assert asked() == 1
