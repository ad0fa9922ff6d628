"""What only we see, pasted into what the customer reads."""

import time

import pytest

from tickets.forms.slips import repeated

SECRET = "She has not paid three times, so nothing without money first"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (SECRET, [SECRET]),
        (f"Hello! {SECRET.upper()}. Bye.", [SECRET.upper()]),
        (
            "She has not paid\tthree times — so nothing.",
            ["She has not paid three times — so nothing"],
        ),
        ("not paid three times", []),
        ("She has paid three times, so all is well now", []),
        ("Kundendienstmitarbeiterschulungsunterlagenverzeichnis", []),
        ("", []),
    ],
)
def test_a_sentence_counts_when_each_run_of_its_words_stands_there(text, found):
    assert repeated(text, secret=["Mind:\n" + SECRET + "!"]) == found


def test_a_long_sentence_of_few_words_counts_as_a_whole():
    few = "Kundendienstmitarbeiterschulungsunterlagenverzeichnis fehlt"

    assert repeated(f"{few}.", secret=[few]) == [few]
    assert repeated("Es fehlt.", secret=["Es fehlt."]) == []


def test_what_the_customer_has_read_is_no_secret():
    assert repeated(SECRET, secret=[SECRET], known=[f"As you said: {SECRET}."]) == []


@pytest.mark.parametrize("letters", ["a ", "ab. ", "one two three four five six ", "."])
def test_hostile_texts_cost_little(letters):
    text = letters * (400_000 // len(letters))

    began = time.process_time()
    repeated(text, secret=[text] * 20, known=[text] * 20)

    assert time.process_time() - began < 3
