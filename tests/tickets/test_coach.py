"""The coach on descriptions in four languages: silent where all is said, else helpful."""

import time
from collections import Counter
from functools import partial

import pytest

from tests.tickets import coach_texts as texts
from tickets.coach import (
    LONGEST,
    SHIPPED,
    Attempt,
    Evidence,
    Number,
    Topic,
    Wishes,
    advise,
    divide,
)

HINTS = {
    *("title_empty", "title_short", "title_capitals", "number", "story_short"),
    *("no_when", "no_change", "no_tried", "evidence", "several"),
}
PLAIN = "Since Monday the page loads slowly for everybody in the office, and we do not know why."


def hints_of(told, without: str = "") -> set[str]:
    files = () if without == "shown" else told.files
    attempt = Attempt(told.title, told.body(without), files)
    return {hint.code for hint in advise(attempt, SHIPPED[told.topic])}


def of_title(title: str) -> set[str]:
    return {hint.code for hint in advise(Attempt(title, PLAIN))}


@pytest.mark.parametrize("told", texts.GOOD, ids=lambda told: told.title[:40])
def test_nobody_who_said_everything_gets_a_hint(told):
    assert hints_of(told) == set()


LEFT_OUT = [
    (told, piece, code)
    for told in texts.GOOD
    for piece, code in (
        ("when", "no_when"),
        ("changed", "no_change"),
        ("tried", "no_tried"),
        ("shown", "evidence"),
    )
    if getattr(told, piece)
]


def of_story(body: str) -> set[str]:
    return {hint.code for hint in advise(Attempt("A title of some words", body))}


def without_number(told) -> set[str]:
    """Told with neither the number nor what happened, which may name it."""
    attempt = Attempt("A title of some words", f"{told.when} {told.changed} {told.tried}")
    return {hint.code for hint in advise(attempt, SHIPPED[told.topic])}


# (how to ask the coach, about what, the hint that must be among its answers).
ASKED = [
    *((partial(hints_of, without=piece), told, code) for told, piece, code in LEFT_OUT),
    *((without_number, told, "number") for told in texts.GOOD if SHIPPED[told.topic].numbers),
    *((of_title, title, "title_empty") for title in texts.EMPTY_TITLES),
    *((of_title, title, "title_short") for title in texts.SHORT_TITLES),
    *((of_title, title, "title_capitals") for title in texts.LOUD_TITLES),
    *((of_story, body, "story_short") for body in texts.SHORT_STORIES),
    *((of_story, body, "several") for body in texts.SEVERAL),
]


def test_what_is_left_out_is_asked_for():
    asked = Counter(code for _find, _said, code in ASKED)
    missed = [(said, code) for find, said, code in ASKED if code not in find(said)]

    assert len(texts.GOOD) >= 50
    assert len(texts.GOOD) + len(ASKED) >= 200
    assert set(asked) == HINTS
    assert min(asked.values()) >= 5
    assert len(missed) <= 0.1 * len(ASKED), missed


@pytest.mark.parametrize("topic", [one for one in Topic if SHIPPED[one].evidence])
def test_each_kind_of_evidence_is_asked_for_by_its_name(topic):
    empty = Attempt("A title of some words", "Nothing to see here at all. " * 3)

    about = [hint.about for hint in advise(empty, SHIPPED[topic]) if hint.code == "evidence"]

    assert about == [group[0].value for group in SHIPPED[topic].evidence]


@pytest.mark.parametrize(
    ("topic", "about"),
    [
        (Topic.NETWORK, "server"),
        (Topic.HARDWARE, "server"),
        (Topic.MAIL, "domain"),
        (Topic.BILLING, "invoice"),
    ],
)
def test_the_number_of_what_it_is_about_is_asked_for(topic, about):
    attempt = Attempt("Something about it all", "We wonder what happens there every evening now.")

    assert about in {one.about for one in advise(attempt, SHIPPED[topic]) if one.code == "number"}


def test_a_desk_may_have_numbers_of_its_own_shape():
    wishes = Wishes(numbers=SHIPPED[Topic.NETWORK].numbers, masks=("K##/??",))

    assert advise(Attempt("Cable of rack loose", PLAIN), wishes)
    assert not advise(Attempt("Cable of rack K12/ab loose", PLAIN), wishes)


@pytest.mark.parametrize("text", texts.ONE_STORY)
def test_one_story_told_in_steps_is_not_torn_apart(text):
    assert divide(text) == []


@pytest.mark.parametrize("text", [one for one in texts.SEVERAL if one.startswith("1.")])
def test_a_list_of_faults_is_not_one_of_steps(text):
    assert len(divide(text)) == text.count("\n") + 1


def test_a_divided_text_keeps_every_word_and_gives_each_part_a_title():
    text = texts.SEVERAL[0]

    first, second = divide(text)

    assert first.title == "Сайт example.org не відкривається з учора"
    assert second.title == "Не можемо увійти в поштову скриньку"
    assert f"{first.text}\n\n{second.text}" == text


def test_a_text_is_divided_alike_whatever_ends_its_lines():
    for text in texts.SEVERAL:
        titles = [part.title for part in divide(text)]
        assert [part.title for part in divide(text.replace("\n", "\r\n"))] == titles


def test_what_goes_on_after_the_letters_looked_at_stays_with_the_last_part():
    *_before, last = divide(texts.SEVERAL[0] + " слово" * LONGEST + " кінець.")

    assert last.text.endswith("кінець.")


EVERYTHING = Wishes(
    is_fault=True, numbers=tuple(Number), evidence=tuple((one,) for one in Evidence)
)
HOSTILE = (
    *(piece * LONGEST for piece in ("1. a\n", "a.", "«", "‘", "0:", "1")),
    # What begins another matter, ever again, and never tells one.
    *(piece * LONGEST for piece in ("also\n", "ще.", "не also!")),
    *(sign + " " * LONGEST for sign in (".", "\n")),
    # A word that may end in the letters of the next one can be read in 2ⁿ ways.
    *(f"{word} {'номерid' * 24}!" for word in ("server", "account", "invoice")),
    "server " + "#" * LONGEST,
)


def test_it_answers_within_five_milliseconds_and_in_linear_time():
    story = " ".join(told.body() for told in texts.GOOD)[:3000]
    attempt = Attempt("Сайт example.org показує помилку 502", story, ("a.png", "b.log"))
    began = time.process_time()
    for _turn in range(50):
        advise(attempt, SHIPPED[Topic.SITE])
    ordinary = (time.process_time() - began) / 50

    assert ordinary < 0.005

    for hostile in HOSTILE:
        began = time.process_time()
        advise(Attempt("A title of words", hostile), EVERYTHING)
        assert time.process_time() - began < 1, hostile[:20]
