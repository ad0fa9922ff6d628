"""Letters that somebody passes on by hand, as mail programs write them."""

import time

import pytest

from mailgateway import forwards

GMAIL = """Please help Carla.

---------- Forwarded message ---------
From: Carla Bondar <carla@customer.example>
Date: Mon, 23 Nov 2026 at 10:00
Subject: No invoice
To: Ada <ada@desk.example>


Hello Ada,

where is my invoice?
"""
UKRAINIAN = """---------- Переслане повідомлення ---------
Від: Carla Bondar <carla@customer.example>
Дата: пн, 23 лист. 2026 р. о 10:00
Тема: No invoice
Кому: <ada@desk.example>

Hello Ada,

where is my invoice?
"""
OUTLOOK = """-----Ursprüngliche Nachricht-----
Von: Carla Bondar [mailto:carla@customer.example]
Gesendet: Montag, 23. November 2026 10:00
An: Ada
Betreff: No invoice

Hello Ada,

where is my invoice?
"""
APPLE = """Початок листа, що пересилається:

> Something quoted before

"""
THUNDERBIRD = """-------- Пересылаемое сообщение --------
Тема: \tNo invoice
Дата: \tMon, 23 Nov 2026 10:00:00 +0200
От: \tCarla Bondar <carla@customer.example>
Кому: \tada@desk.example,
\tlinus@desk.example

Hello Ada,

where is my invoice?
"""
BOLD = """Begin forwarded message:

*From:* Carla Bondar <carla@customer.example>
*Subject:* No invoice
*Date:* 23 November 2026 at 10:00
*To:* ada@desk.example

Hello Ada,

where is my invoice?
"""


@pytest.mark.parametrize("text", [GMAIL, UKRAINIAN, OUTLOOK, THUNDERBIRD, BOLD])
def test_the_letter_inside_is_found(text):
    found = forwards.find(text)

    assert (found.name, found.email) == ("Carla Bondar", "carla@customer.example")
    assert found.subject == "No invoice"
    assert found.text == "Hello Ada,\n\nwhere is my invoice?"


def test_what_stands_above_is_kept_apart():
    assert forwards.find(GMAIL).comment == "Please help Carla."
    assert forwards.find(BOLD).comment == ""
    assert forwards.find(f"Bitte:\n\n{OUTLOOK}").comment == "Bitte:"


@pytest.mark.parametrize(
    "text",
    [
        "Hello",
        APPLE,
        GMAIL.replace("carla@customer.example", "Carla"),
        "".join(f"> {line}" for line in GMAIL.splitlines(keepends=True)),
        "From: carla@customer.example\n\nHello",
        "You see, from: carla@customer.example\nwe got nothing\n",
    ],
)
def test_in_doubt_there_is_none(text):
    assert forwards.find(text) is None


def test_hostile_letters_cost_little():
    began = time.process_time()

    forwards.find("From: a@b.example\n" * 100_000)
    forwards.find("From: " + "a@" * 500_000)
    forwards.find("From: x\n " * 100_000)

    assert time.process_time() - began < 1
