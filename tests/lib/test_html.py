import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.lib.html import (
    clean,
    clean_noting,
    clean_written,
    from_text,
    inline_sources,
    own_pictures,
    replace_cids,
    to_text,
    too_costly,
    with_links,
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


def test_a_letter_cannot_be_jumped_to_by_a_name_of_its_own():
    assert clean('<a name="message-1">x</a><img name="body" id="main">') == (
        '<a target="_blank" rel="noopener noreferrer nofollow">x</a><img>'
    )


def test_what_a_letter_hides_stays_hidden_and_nothing_else_is_laid_out():
    assert clean('<p style="display: none;color:red">x</p>') == (
        '<p style="display:none;color:red">x</p>'
    )
    for other in ("flex", "none;display:block", "no\\6ee", "/**/none"):
        assert "display:" not in clean(f'<p style="display:{other}">x</p>').replace(
            "display:none", ""
        )


@pytest.mark.parametrize("turned", ["\u202e", "\u202d", "&#8238;", "&#x202E;", "&#x0202d"])
def test_no_sign_turns_the_direction_of_what_follows(turned):
    shown = clean(f"<p>{turned}gpj.exe</p>")
    assert shown == "<p>gpj.exe</p>"


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


def test_what_costs_too_much_is_shown_as_its_text_and_the_reason_is_told():
    assert clean_noting("<div>" * 200 + "Привіт &lt;b&gt;") == ("<p>Привіт &lt;b&gt;</p>", "depth")
    assert clean_noting("<b>Привіт</b>") == ("<b>Привіт</b>", None)


@pytest.mark.parametrize(
    ("foreign", "why"),
    [
        ("<a href='http://example.com/'>x</a>" * 7_000, None),
        ("<a href='http://example.com/'>x</a>" * 8_000, "tags"),
        ("<div>" * 20_000 + "x", "depth"),
        ("<table>" + "<tr><td>one cell of many<td>two" * 30_000, "size"),
        ('<a x=">" ' + " ".join(f"a{number}=1" for number in range(40_000)) + ">x", None),
    ],
    ids=["many links", "too many links", "deep", "a table of a megabyte", "one tag of 350 KB"],
)
def test_the_largest_letters_are_cleaned_in_time(foreign, why):
    began = time.process_time()
    shown, told = clean_noting(foreign)
    assert told == why
    assert "x" in shown or "cell" in shown
    assert time.process_time() - began < 6


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
        "Hi here <https://example.com/x>, example.com\n\n- one\n- two\n\na b\n\n"
        "> said\n> so\n\nx\n  y"
    )


@pytest.mark.parametrize(
    ("foreign", "text"),
    [
        ("<ol><li>one<li>two<ul><li>a</ul><li>three</ol>", "1. one\n2. two\n  - a\n3. three"),
        ("<table><tr><th>No<th>Sum<tr><td>4711<td>12,00</table>", "No Sum\n4711 12,00"),
        ("<div style='display:none'>Look<div>here</div></div><p>Hello</p>", "Hello"),
        ("<p style='MSO-HIDE: all'>Look<p>Hello", "Hello"),
        ("<span hidden>Look</span>Hello<span style='font-size:0px'>!</span>", "Hello"),
        ("<div style='display:none'><p>Hello", "Hello"),
        ("&zwnj;&nbsp;&zwnj;&nbsp;&#847;Hello&shy;&#8203;!", "Hello!"),
        ("one<br><br><br><br>two", "one\n\ntwo"),
        ("<p class=MsoNormal>one<o:p></o:p></p><p><o:p>&nbsp;</o:p></p><p>two</p>", "one\n\ntwo"),
        ("<!--[if mso]><p>no</p><![endif]--><![if !mso]>yes<![endif]>", "yes"),
        ("<xml><o:PixelsPerInch>96</o:PixelsPerInch></xml>Hello", "Hello"),
        ("<a href='mailto:carla@example.com'>Carla</a>", "Carla <carla@example.com>"),
        ("<a href='https://example.com/'>https://example.com</a>", "https://example.com"),
        ("<a href='https://example.com/'><img src=x></a>", "https://example.com/"),
        ("5 &lt; 6 &amp;&amp; &quot;a&quot; &euro;", '5 < 6 && "a" €'),
        ("a hidden style", "a hidden style"),
    ],
)
def test_text_of_html_is_what_a_reader_sees(foreign, text):
    assert to_text(foreign).strip() == text


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


def test_what_our_editor_makes_keeps_its_few_tags():
    own = "/files/11111111-2222-3333-4444-555555555555/"
    written = (
        '<h1>A</h1><div style="color:red" onclick="x()">b <strong>c</strong><br></div>'
        f'<figure data-trix-attachment="{{}}"><img src="{own}" width="4"><figcaption>x.png'
        '</figcaption></figure><img src="https://evil.example/x"><table><tr><td>d</td></tr></table>'
        '<a href="javascript:x()">e</a><pre>f</pre>'
    )

    assert clean_written(written) == (
        f'<h1>A</h1><div>b <strong>c</strong><br></div><img src="{own}" width="4">d'
        '<a target="_blank" rel="noopener noreferrer nofollow">e</a><pre>f</pre>'
    )
    assert own_pictures(clean_written(written)) == [own.split("/")[2]]
    assert "img" not in clean_written(written, pictures=[])


def test_bare_addresses_become_links_but_not_in_program_text():
    linked = with_links("<div>see www.ukr.net &amp; <b>a@ukr.net</b></div><pre>www.ukr.net</pre>")

    assert 'href="http://www.ukr.net"' in linked
    assert 'href="mailto:a@ukr.net"' in linked
    assert "&amp; <b>" in linked
    assert linked.endswith("<pre>www.ukr.net</pre>")


def test_a_link_is_not_made_twice():
    link = '<a href="https://ukr.net/x">https://ukr.net/x</a>'

    assert with_links(f"<div><b>See</b> {link}</div>").count("<a ") == 1
