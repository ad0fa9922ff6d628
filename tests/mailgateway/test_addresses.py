"""What we put into letters to know them again."""

from datetime import date, timedelta

import pytest

from helpdesk.lib.language import guess_language
from mailgateway.addresses import (
    answers_nobody,
    make_letter_id,
    make_reply_address,
    read_letter_id,
    read_reply_address,
    tags_in,
    without_secrets,
)

TODAY = date(2026, 11, 23)


def test_our_message_id_says_ticket_and_message():
    letter_id = make_letter_id(10001, 52, "desk.example")

    named = read_letter_id(f"<{letter_id}>")

    assert (named.ticket, named.message) == (10001, 52)
    assert letter_id != make_letter_id(10001, 52, "desk.example")


def test_some_mail_programs_change_its_case():
    assert read_letter_id(make_letter_id(10001, None, "desk.example").upper()).ticket == 10001


@pytest.mark.parametrize("change", [("t10001", "t10002"), ("m52", "m53")])
def test_a_changed_message_id_is_not_ours(change):
    assert read_letter_id(make_letter_id(10001, 52, "d.example").replace(*change)) is None


def test_a_reply_address_names_one_reader_and_ends():
    address = make_reply_address("support@desk.example", ticket=10001, user=7, today=TODAY)

    claim = read_reply_address(["x@y.example", address], today=TODAY + timedelta(days=59))

    assert (claim.ticket, claim.user) == (10001, 7)
    assert len(address.partition("@")[0]) <= 64
    assert read_reply_address([address], today=TODAY + timedelta(days=61)) is None
    assert read_reply_address([address.replace("u7", "u8")], today=TODAY) is None


def test_secrets_can_be_taken_out_of_a_text():
    address = make_reply_address("support@desk.example", ticket=10001, user=7, today=TODAY)

    assert without_secrets(f"to {address}!") == "to support@desk.example!"


def test_tags_are_found_where_they_stand():
    assert tags_in("Re: [#10001] and [#10002], not #10003 [10004]") == [10001, 10002]


@pytest.mark.parametrize(
    ("address", "nobody"),
    [
        ("no-reply@shop.example", True),
        ("MAILER-DAEMON@mx.example", True),
        ("bounces+123@list.example", True),
        ("unknown@sender.invalid", True),
        ("carla@customer.example", False),
        ("noreen@customer.example", False),
    ],
)
def test_nobody_reads_some_addresses(address, nobody):
    assert answers_nobody(address) is nobody


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Добрий день! Є питання щодо рахунку.", "uk"),
        ("Добрый день! Счёт не пришёл, где он?", "ru"),
        ("Guten Tag, die Rechnung für Oktober ist nicht da.", "de"),
        ("Hello, the invoice is not there.", "en"),
        ("4711", ""),
        ("Привет. Как дела?", ""),
    ],
)
def test_the_language_is_guessed_from_letters(text, language):
    assert guess_language(text) == language
