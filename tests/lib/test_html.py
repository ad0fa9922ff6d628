import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.lib.html import (
    clean,
    from_text,
    inline_sources,
    replace_cids,
    to_text,
    too_costly,
)


@pytest.mark.parametrize(
    "foreign",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href='java\nscript:alert(1)'>x</a>",
        "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
        "<svg onload=alert(1)><script>alert(1)</script></svg>",
        "<math><mi xlink:href='javascript:alert(1)'></math>",
        "<iframe src='//evil.example'></iframe>",
        "<form action='//evil.example'><input name=q></form>",
        "<p style='background:url(javascript:alert(1))'>x</p>",
        "<p style='width:expression(alert(1));position:fixed'>x</p>",
        "<style>@import '//evil.example'</style>",
        "<base href='//evil.example'><meta http-equiv=refresh content='0;//evil.example'>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    ],
)
def test_foreign_html_does_nothing(foreign):
    shown = clean(foreign)
    assert not re.search(r"<script|javascript:|<[^>]*\son\w+=|url\(|expression|position", shown)
    assert not re.search(r"<(svg|math|iframe|form|input|base|meta|style)\b", shown)
    assert not re.search(r'<[^>]*\s(src|href)="(?!mailto:|cid:)', shown)


def test_links_open_elsewhere_and_tell_nothing():
    assert clean(
        '<a href="https://example.com/?a=1&amp;b=2" target="_self" rel="opener">x</a>'
    ) == (
        '<a href="https://example.com/?a=1&amp;b=2" target="_blank"'
        ' rel="noopener noreferrer nofollow">x</a>'
    )


def test_remote_pictures_wait_until_they_are_asked_for():
    shown = clean(
        '<img src="https://example.com/a.png?x=1&amp;y" alt="A"><img src=//example.com/b>'
    )
    assert shown == (
        '<img data-remote-src="https://example.com/a.png?x=1&amp;y" alt="A">'
        '<img data-remote-src="//example.com/b">'
    )


def test_own_pictures_are_shown():
    assert clean('<img src="cid:a@b">') == '<img src="cid:a@b">'
    assert clean('<img src="/files/7/a.png">') == '<img src="/files/7/a.png">'
    assert clean('<img src="/files/../account/logout/">') == "<img>"
    assert clean('<img src="/account/logout/">') == "<img>"


def test_a_letter_cannot_name_elements_of_our_page():
    assert clean('<div id="queue" class="composer gmail_quote">x</div>') == (
        '<div class="gmail_quote">x</div>'
    )
    assert clean('<div id="divRplyFwdMsg">x</div>') == '<div id="mail-divRplyFwdMsg">x</div>'


def test_harmless_style_stays_beside_a_harmful_one():
    assert clean('<p style="color:red;background:url(x)">x</p>') == '<p style="color:red">x</p>'


def test_cleaning_twice_changes_nothing():
    once = clean(
        '<p style="color: red">a<img src=http://e.example/x><a href=http://e.example>b</a>'
    )
    assert clean(once) == once


@pytest.mark.parametrize(
    ("html", "why"),
    [
        ("<p>short</p>", None),
        ("x" * 500_001, "size"),
        ("<a href='" + "x" * 9_000, "tag length"),
        ("<p>" * 16_000, "tags"),
        ("<div>" * 200, "depth"),
        ("<div></div>" * 200, None),
        ("</b>" * 200 + "<div>" * 50, None),
    ],
)
def test_what_costs_too_much_is_known_before(html, why):
    assert too_costly(html) == why


def test_what_costs_too_much_is_shown_as_its_text():
    assert clean("<div>" * 200 + "Привіт &lt;b&gt;") == "<p>Привіт &lt;b&gt;</p>"


def test_a_picture_written_into_the_html_does_not_cost_the_rest():
    assert clean('<p>Екран</p><img src="data:image/png;base64,' + "A" * 600_000 + '">') == (
        "<p>Екран</p><img>"
    )


def test_plain_text_keeps_its_lines_paths_and_signs():
    assert from_text("a <b> & c\nC:\\new\\temp\n\n%windir%\\logs\\cbs\\cbs.log") == (
        "<p>a &lt;b&gt; &amp; c<br>C:\\new\\temp</p><p>%windir%\\logs\\cbs\\cbs.log</p>"
    )


def test_addresses_in_plain_text_become_links():
    shown = from_text("See https://example.com/a?b=1&c=2 or carla@example.com.")
    assert '<a href="https://example.com/a?b=1&amp;c=2"' in shown
    assert '<a href="mailto:carla@example.com"' in shown
    assert shown.count("nofollow") == 2


def test_text_of_html_reads_well():
    html = (
        "<style>p{}</style><p>Hi <a href='https://example.com/x'>here</a>,"
        " <a href='https://example.com'>example.com</a></p><!-- no --><ul><li>one<li>two</ul>"
        "<table><tr><td>a</td><td>b</td></tr></table><blockquote>said<br>so</blockquote>"
        "<pre>x\n  y</pre>"
    )
    assert to_text(html) == (
        "Hi here (https://example.com/x), example.com\n\n- one\n- two\n\na b\n\n"
        "> said\n> so\n\nx\n  y"
    )


def test_text_survives_what_is_no_html():
    assert to_text("1 < 2 & C:\\new\\temp <") == "1 < 2 & C:\\new\\temp <"
    assert to_text("&#" + "9" * 5000 + ";") == "\ufffd"


def test_pictures_of_the_letter_get_their_addresses():
    html = clean('<img src="cid:A%40b"><img src="cid:unknown">')
    assert (
        replace_cids(html, {"<a@B>": "/files/7/"}) == '<img src="/files/7/"><img src="cid:unknown">'
    )
    assert replace_cids(html, {"a@b": 'javascript:"><script>'}) == '<img><img src="cid:unknown">'


def test_the_pictures_a_letter_shows_are_known():
    html = (
        "<img src='cid: a%40b '><img src=http://example.com/x><img src=b.png><td background=cid:c>"
    )
    assert inline_sources(html) == ["a@b", "b.png", "c"]


@settings(max_examples=300, deadline=None)
@given(st.text("<>ab/='\" &;!-p\n", max_size=80))
def test_nothing_raises_and_cleaning_is_final(text):
    assert clean(clean(text)) == clean(text)
    to_text(text)
    from_text(text)


@pytest.mark.parametrize(
    "html",
    [
        "<" * 400_000,
        '<a "' * 100_000,
        "--><" + "<!--" * 100_000 + ">",
        "<div>" * 90_000,
        "a." * 200_000,
        "<a '\"" * 80_000,
        "<" + "a" * 400_000 + ">",
        "a@b.c " * 60_000,
    ],
    ids=lambda html: repr(html[:10]),
)
def test_hostile_html_takes_no_longer_than_other(html):
    began = time.process_time()
    clean(html)
    to_text(html)
    from_text(html)
    inline_sources(html)
    assert time.process_time() - began < 12
