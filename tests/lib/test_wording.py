"""Texts with placeholders: what is refused, and what becomes of the rest."""

import time

import pytest

from helpdesk.lib.wording import Block, Link, Strong, fill, fill_line, foreign, tidy

KNOWN = ["customer", "link"]


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("Hello {customer}: {link}", []),
        ("{foo}", ["{foo}"]),
        ("{ticket.password}", ["{ticket.password}"]),
        ("{customer.password}", ["{customer.password}"]),
        ("{customer!r} {customer:>9}", ["{customer!r}", "{customer:>9}"]),
        ("{0} {} {", ["{0}", "{}", "{"]),
        ("{{ customer }} {% load i18n %}", ["{{ customer }}", "{% load i18n %}"]),
        ("{{customer}}", ["{{customer}}"]),
        ("{customer} }", ["}"]),
        ("{Customer} { customer }", ["{Customer}", "{ customer }"]),
        ("{a} and {a}", ["{a}"]),
    ],
)
def test_what_stands_in_braces_is_a_known_placeholder_or_refused(text, refused):
    assert foreign(text, KNOWN) == refused


def test_values_are_words_and_nothing_of_them_is_filled_or_becomes_a_link():
    name = 'Carla {link} <b>&</b>\r\nBcc: all@desk.example https://shop.example "\u202e'

    filled = fill("Hello {customer}!", {"customer": name})

    assert filled.text == (
        'Hello Carla {link} <b>&</b> Bcc: all@desk.example https://shop.example "!'
    )
    assert filled.html == (
        "<p>Hello Carla {link} &lt;b&gt;&amp;&lt;/b&gt; Bcc: all@desk.example "
        "https://shop.example &quot;!</p>"
    )
    assert "\n" not in fill_line("Re:\r\nBcc: x {customer}", {"customer": name})


def test_addresses_in_the_text_become_links_with_values_that_stay_inside():
    text = "See https://desk.example/?q={customer}&n=1. Not javascript:alert(1), ftp://x"

    filled = fill(text, {"customer": 'a"b/c'})

    assert '<a href="https://desk.example/?q=a%22b%2Fc&amp;n=1">' in filled.html
    assert "</a>. Not javascript:alert(1), ftp://x</p>" in filled.html
    assert filled.html.count("<a ") == 1


def test_paragraphs_lines_and_blocks_stand_in_text_and_html():
    values = {
        "text": Block("One.\n\nTwo.", "<p>One.</p><p>Two.</p>"),
        "nothing": Block("", ""),
        "code": Strong("12<3"),
        "link": Link("https://desk.example/?a=1&b=2"),
    }

    filled = fill("Dear\nreader, {text} and {code}\n\n{nothing}\n\n{link}", values)

    assert filled.text == ("Dear\nreader, One.\n\nTwo. and 12<3\n\nhttps://desk.example/?a=1&b=2")
    address = "https://desk.example/?a=1&amp;b=2"
    assert [line for line in filled.html.splitlines() if line] == [
        "<p>Dear<br>",
        "reader,</p>",
        "<p>One.</p><p>Two.</p>",
        "<p>and <b>12&lt;3</b></p>",
        f'<p><a href="{address}">{address}</a></p>',
    ]


def test_text_is_tidied_and_what_cannot_be_seen_is_dropped():
    assert tidy("\r\n\r\nA \u202e\x00\r\n \r\n\r\n\r\n    B\r\n") == "A\n\n    B"


def test_long_texts_take_no_longer_than_they_are_long():
    begun = time.process_time()

    for hostile in ("{" * 20_000, "{a" * 10_000, "\n \n" * 7_000, "https://" * 3_000 + "{" * 9_000):
        assert foreign(hostile, KNOWN) or hostile.isspace()
        tidy(hostile)
        fill(hostile, {"a": "x"}) if "{a}" in hostile else fill(hostile.replace("{", ""), {})

    assert time.process_time() - begun < 1
