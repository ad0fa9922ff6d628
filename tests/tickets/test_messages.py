"""What a message knows of itself."""

import pytest

from tickets.models import Message


@pytest.mark.parametrize(
    ("text", "html", "lines"),
    [
        ("> one\n> two\n", "<blockquote>one<br>two</blockquote>", 2),
        ("", "<blockquote><p>one</p><p>two</p><p>three</p></blockquote>", 3),
        ("", "", 0),
    ],
)
def test_it_counts_what_is_folded_away_even_if_only_its_html_quotes(text, html, lines):
    assert Message(quoted_text=text, quoted_html=html).quoted_lines == lines
