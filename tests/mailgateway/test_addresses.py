"""What we put into letters to know them again."""

import time
from datetime import date, timedelta
from urllib.parse import quote

import pytest

from helpdesk.lib.language import guess_language
from mailgateway.addresses import (
    answer_subject,
    answers_nobody,
    bare_subject,
    is_forward,
    make_bounce_address,
    make_customer_address,
    make_letter_id,
    make_note_address,
    make_reply_address,
    read_bounce_address,
    read_letter_id,
    read_reply_address,
    tags_in,
    without_secrets,
)
from tickets.links import letters_link, rating_link, ticket_link

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
    assert not claim.has_expired
    assert read_reply_address([address.replace("u7", "u8")], today=TODAY) is None


def test_after_its_last_day_it_still_names_the_ticket():
    address = make_reply_address("support@desk.example", ticket=10001, user=7, today=TODAY)

    claim = read_reply_address([address], today=TODAY + timedelta(days=61))

    assert (claim.ticket, claim.has_expired) == (10001, True)


def test_an_address_for_notes_is_no_address_for_replies():
    address = make_note_address("support@desk.example", ticket=10001, user=7, today=TODAY)

    assert read_reply_address([address], today=TODAY).is_note
    assert read_reply_address([address.replace(".n7", ".u7")], today=TODAY) is None


def test_a_customers_address_names_the_ticket_and_nobody():
    address = make_customer_address("support@desk.example", ticket=10001)

    claim = read_reply_address([address.upper()], today=TODAY + timedelta(days=5000))

    assert (claim.ticket, claim.user, claim.is_note) == (10001, None, False)
    assert read_reply_address([address.replace("10001", "10002")], today=TODAY) is None


def test_among_several_addresses_the_one_that_lets_speak_counts():
    general = make_customer_address("support@desk.example", ticket=10001)
    old = make_reply_address(
        "support@desk.example", ticket=10001, user=7, today=TODAY - timedelta(days=100)
    )
    mine = make_reply_address("support@desk.example", ticket=10001, user=8, today=TODAY)

    assert read_reply_address([general, old, mine], today=TODAY).user == 8


def test_a_bounce_address_names_one_letter():
    address = make_bounce_address("support@desk.example", letter=815)

    assert read_bounce_address(["x@y.example", address]) == 815
    assert read_bounce_address([address.replace("815", "816")]) is None
    assert read_reply_address([address], today=TODAY) is None


def test_secrets_can_be_taken_out_of_a_text():
    address = make_reply_address("support@desk.example", ticket=10001, user=7, today=TODAY)

    assert without_secrets(f"to {address}!") == "to support@desk.example!"


def test_links_that_are_their_own_proof_are_cut(ticket, carla):
    desk = "http://127.0.0.1:8000"
    rate, stop = rating_link(ticket, None, carla), letters_link(carla, "rating")
    door = ticket_link(ticket, carla)

    said = without_secrets(f"> Rate us: {rate}?score=5\n> Stop: {stop}\n> See: {door}")

    assert said == f"> Rate us: {desk}/ratings/?score=5\n> Stop: {desk}/letters/\n> See: {door}"
    watched = f"https://safe.example/?url={quote(rate, safe='')}&amp;data=1"
    assert without_secrets(watched).endswith("%2Fratings%2F&amp;data=1")
    assert without_secrets("our letters/ratings/2026-11: good") == (
        "our letters/ratings/2026-11: good"
    )


def test_also_where_a_link_codes_their_signs():
    address = make_note_address("support@desk.example", ticket=10001, user=7, today=TODAY)
    link = f"mailto:{address.replace('+', '%2B').replace('@', '%40')}"

    assert without_secrets(link) == "mailto:support%40desk.example"


@pytest.mark.parametrize(
    "subject",
    [
        "Re: No invoice",
        "RE[2]: AW: No invoice [#10001]",
        "Fwd: WG: TR: No  invoice",
        "НА: Відп: Пересл: no invoice",
        "Ответ: SV: VS: Antw: Odp: RV: No invoice",
        "[EXTERNAL] Re: [list-name] No Invoice",
        "回复：No invoice",
    ],
)
def test_what_mail_programs_put_before_a_subject_changes_nothing(subject):
    assert bare_subject(subject) == "no invoice"


def test_another_subject_is_another():
    assert bare_subject("Re: My domain") != bare_subject("Re: No invoice")
    assert bare_subject("Remember: the invoice") == "remember: the invoice"


@pytest.mark.parametrize(
    ("subject", "forward"),
    [
        ("Fwd: No invoice", True),
        ("[EXTERNAL] WG: Rechnung", True),
        ("Пересл: Рахунок", True),
        ("Re: Fwd: No invoice", False),
        ("Forwarding does not work", False),
    ],
)
def test_a_letter_passed_on_says_so_first(subject, forward):
    assert is_forward(subject) is forward


def test_a_very_long_subject_costs_little():
    began = time.process_time()

    bare_subject("Re: [" * 100_000)
    answer_subject("Re: " * 100_000, 1)

    assert time.process_time() - began < 0.5


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
