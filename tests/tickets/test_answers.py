"""What an answer says to everybody, without whom it was said to."""

import pytest

from tickets.answers import for_everybody, without_names

CARLA = {"Carla Bondar", "carla@customer.example"}


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        (
            "<p>Добрий день, Карло!</p><p>Відкрийте «Пошту».</p><p>З повагою<br>Ada</p>",
            "<p>Відкрийте «Пошту».</p>",
        ),
        (
            "<div>Hello Carla,<br><br>open <b>Mail</b>.<br><br>Kind regards<br>Ada</div>",
            "<div>open <b>Mail</b>.</div>",
        ),
        (
            "<p>Guten Tag, Frau Bondar,</p><p>öffnen Sie E-Mail.</p>"
            "<p>Mit freundlichen Grüßen<br>Ada</p>",
            "<p>öffnen Sie E-Mail.</p>",
        ),
        ("<p>Здравствуйте!</p><ul><li>Раз</li></ul>", "<ul><li>Раз</li></ul>"),
        (
            "<p>Address: carla@customer.example, so Carla &amp; Co.</p>",
            "<p>Address: …, so … &amp; Co.</p>",
        ),
        # Not a greeting, for it goes on; not the end, for much follows.
        ("<p>Hello is what the server says first, whoever asks: 220 desk.example ESMTP ready.</p>",)
        * 2,
        ("<p>So</p><p>Best regards is a button.</p><p>a</p><p>b</p><p>c</p><p>d</p>",) * 2,
        ("<p>Scarlatti stays, and Bondarenko too.</p>",) * 2,
        ("", ""),
    ],
)
def test_what_is_left_of_an_answer(answer, kept):
    assert for_everybody(answer, CARLA) == kept


def test_a_title_loses_names_as_well():
    assert without_names("Mailbox of carla@customer.example", CARLA) == "Mailbox of …"
    assert without_names("As it was", {""}) == "As it was"
