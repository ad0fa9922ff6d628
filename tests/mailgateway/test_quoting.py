import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.lib import html
from mailgateway.quoting import fold, fold_html

INTROS = [
    "On Tue, 3 Mar 2026 at 12:00, Ada <ada@example.net> wrote:",
    "On Tue, 3 Mar 2026 at 12:00, Ada <ada@example.net>\nwrote:",
    "вт, 3 бер. 2026 р. о 12:00 Ada <ada@example.net> пише:",
    "03.03.2026 12:00, Ada написав(-ла):",
    "вт, 3 мар. 2026 г. в 12:00, Ada <ada@example.net>:",
    "3 марта 2026 г., 12:00, Ada написал(а):",
    "Am Di., 3. März 2026 um 12:00 Uhr schrieb Ada <ada@example.net>:",
    "Am 03.03.2026 um 12:00 schrieb Ada:",
    "Le mar. 3 mars 2026 à 12:00, Ada <ada@example.net> a écrit :",
    "El mar, 3 mar 2026 a las 12:00, Ada (<ada@example.net>) escribió:",
    "Il giorno mar 3 mar 2026 alle 12:00 Ada ha scritto:",
    "wt., 3 mar 2026 o 12:00 Ada <ada@example.net> napisał(a):",
]
DIVIDERS = [
    "-----Original Message-----",
    "-------- Исходное сообщение --------",
    "-----Ursprüngliche Nachricht-----",
    "---------- Пересилання ----------",
    "---------- Forwarded message ---------",
    "-------- Пересилаемое сообщение --------".replace("Пересила", "Пересыла"),
]


@pytest.mark.parametrize("intro", INTROS)
def test_a_quotation_is_folded_with_the_line_that_introduces_it(intro):
    folded = fold(f"Дякую.\n\n{intro}\n> Check it.\n")
    assert folded.visible.strip() == "Дякую."
    assert folded.folded.startswith(intro)


@pytest.mark.parametrize("divider", DIVIDERS)
def test_all_under_a_divider_is_folded(divider):
    folded = fold(f"See below.\n\n{divider}\nFrom: Ada\n\nCheck it.\n")
    assert folded.visible.strip() == "See below."


def test_answers_between_quotations_stay_visible():
    text = "On 3.3.2026 Ada wrote:\n> One?\n> Two?\nYes, one.\n> Three?\n> Four?\nNo.\n"
    assert fold(text).visible == text


def test_a_signature_is_folded():
    assert fold("It works.\n\n-- \nCarla\nBakery\n").visible == "It works.\n\n"


def test_signature_above_and_below_a_quotation_are_folded():
    above = "Text\n-- \nCarla\n\nOn 3.3.2026 Ada wrote:\n> a\n> b\n"
    below = "Text\n\nOn 3.3.2026 Ada wrote:\n> a\n> b\n\n-- \nCarla\n"
    assert fold(above).visible == "Text\n"
    assert fold(below).visible == "Text\n\n"


@pytest.mark.parametrize(
    "text",
    [
        "> only\n> a quotation\n",
        "-----Original Message-----\nFrom: Ada\n\nHello",
        "I run this:\n> C:\\new\\temp",
        "My note:\nOn Monday Ada wrote:\nplease restart",
        "I got this spam:\nFrom: x@example.com\nSubject: win\n\nplease block it",
        "one\n--\ntwo",
        "",
    ],
)
def test_in_doubt_nothing_is_folded(text):
    assert fold(text).visible == text


LINES = st.lists(
    st.sampled_from(
        ["> q", ">> q", "", "text", "-- ", *INTROS, *DIVIDERS, "From: a", "Sent: b", "To: c"]
    )
    | st.text(max_size=20),
    max_size=20,
)


@settings(max_examples=300, deadline=None)
@given(LINES, st.sampled_from(["\n", "\r\n", "\r"]))
def test_no_character_is_lost(lines, end):
    text = end.join(lines)
    folded = fold(text)
    assert folded.visible + folded.folded == text
    assert folded.visible.strip() or not folded.folded


FRAGMENTS = [
    "<div>",
    "</div>",
    "<p>text",
    "<br>",
    "<hr>",
    "<blockquote>",
    "</blockquote>",
    "<b>bold</b>",
    "On 3.3.2026 Ada wrote:",
    '<div class="gmail_quote">',
    '<div class="moz-cite-prefix">',
    '<div id="divRplyFwdMsg">',
    "<table><tr><td>cell",
    "</table>",
    "-- <br>",
    "<img src='cid:a'>",
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(FRAGMENTS) | st.text("a<>&;\"' ", max_size=6), max_size=25))
def test_both_halves_of_html_are_well_formed_and_no_word_is_lost(pieces):
    whole = html.clean("".join(pieces))
    folded = fold_html(whole)
    assert html.clean(folded.visible) == folded.visible
    assert html.clean(folded.folded) == folded.folded

    def words(text):
        return re.sub(r"<[^>]*>", "", text)

    assert words(folded.visible) + words(folded.folded) == words(whole)


def test_html_is_cut_inside_of_what_is_open_and_stays_well_formed():
    whole = "<div><div>Answer</div><blockquote>one<br>two</blockquote></div>"
    folded = fold_html(whole)
    assert folded.visible == "<div><div>Answer</div></div>"
    assert folded.folded == "<div><blockquote>one<br>two</blockquote></div>"


def test_answers_between_html_quotations_stay_visible():
    whole = "<blockquote>a<br>b</blockquote><p>Yes</p><blockquote>c<br>d</blockquote><p>No</p>"
    assert fold_html(whole).visible == whole


@pytest.mark.parametrize(
    "text",
    [
        "> " * 200_000,
        "> a\n" * 100_000,
        "On " * 100_000 + "wrote",
        "On 1 " * 3 + ":\n" * 100_000,
        "-" * 300_000,
        "From: a\n" * 50_000,
        "\n" * 300_000,
        "-- \n" * 100_000,
        "a" * 300_000 + ":",
    ],
    ids=lambda text: repr(text[:10]),
)
def test_hostile_letters_take_no_longer_than_others(text):
    began = time.process_time()
    fold(text)
    fold_html(html.from_text(text[:50_000]))
    assert time.process_time() - began < 4
