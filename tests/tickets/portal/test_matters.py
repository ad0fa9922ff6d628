"""Each file of a divided text goes with the matter it belongs to."""

import unicodedata

import pytest

from tests.tickets.portal.test_coached import PARTS, TWO, URL, divided
from tests.tickets.portal.test_files import LOG, text_file
from tests.tickets.portal.test_new_ticket import picture
from tickets import actions
from tickets.attachments import IncomingFile
from tickets.coach import Part, matter_of
from tickets.models import Ticket, Upload


@pytest.fixture(autouse=True)
def _carla_reads_english(carla):
    carla.language = "en"
    carla.save()


def with_files(page) -> dict[str, str]:
    """What a browser would send back of the page, its files as they lie there."""
    forms = page.context["parts"].forms
    return divided(page) | {f"{form.prefix}-uploads": ",".join(form.tokens) for form in forms}


def names() -> list[list[str]]:
    """The files of each ticket, by name."""
    tickets = Ticket.objects.order_by("pk")
    return [[one.name for one in ticket.messages.get().attachments.all()] for ticket in tickets]


@pytest.mark.parametrize(
    ("file", "matter"),
    [
        ("знімок.png", 0),
        ("mail.log", 1),
        ("MAIL.LOG", 1),
        ("trace-7.txt", 1),
        ("502.txt", 0),
        ("помил.txt", 0),
        (".txt", 0),
        (unicodedata.normalize("NFD", "мій.txt"), 1),
    ],
)
def test_a_file_belongs_to_the_matter_that_names_it(file, matter):
    parts = [
        Part("Site", "example.org shows 502, see знімок"),
        Part("Mail", "mail.log has the error, trace-7 the way, 502 times: помилка, мій.txt"),
    ]

    assert matter_of(file, parts) == matter


def test_files_stand_with_the_matter_whose_text_names_them_whichever_way_they_came(
    enter, carla, billing
):
    ahead = actions.upload_file(LOG, by=carla)
    typed = TWO | {"body": f"{TWO['body']} Дивіться журнал.txt і лист.txt."}

    sent = {**typed, "uploads": ahead.token, "files": [picture(), text_file("лист.txt")]}
    page = enter(carla).post(PARTS, sent)

    first, second = page.context["parts"]
    assert [one.name for one in first.beside] == ["знімок.png"]
    assert [one.name for one in second.beside] == ["журнал.txt", "лист.txt"]


def test_carla_says_of_a_file_that_it_belongs_to_another_matter(enter, carla, billing):
    browser = enter(carla)
    page = browser.post(PARTS, {**TWO, "files": [picture(), text_file("log.txt")]})
    shot, _log = page.context["parts"][0].tokens
    assert f'name="matter-{shot}"' in page.text

    browser.post(PARTS, with_files(page) | {f"matter-{shot}": "1"})

    assert names() == [["log.txt"], ["знімок.png"]]
    assert not Upload.objects.exists()


def test_what_she_said_stands_when_the_form_comes_back(enter, carla, billing):
    browser = enter(carla)
    page = browser.post(PARTS, {**TWO, "files": [picture(), text_file("log.txt")]})
    shot, log = page.context["parts"][0].tokens
    left_out = {f"matter-{shot}": "1", f"matter-{log}": "1", "parts-0-dropped": [log]}

    back = browser.post(PARTS, with_files(page) | {"parts-1-subject": ""} | left_out)

    assert back.status_code == 422
    assert [form.tokens for form in back.context["parts"]] == [[], [shot]]
    option = '<option value="1" selected>Matter 2</option>'
    assert option in back.text


def test_the_files_of_a_matter_that_is_left_out_go_with_one_that_stays(enter, carla, billing):
    browser = enter(carla)
    page = browser.post(PARTS, {**TWO, "files": [picture()]})

    browser.post(PARTS, with_files(page) | {"parts-0-subject": "", "parts-0-body": ""})

    assert names() == [["знімок.png"]]
    assert "535" in Ticket.objects.get().messages.get().text


@pytest.mark.parametrize("place", ["", "7", "-1", "x", "٣"])
def test_a_place_that_does_not_exist_moves_nothing(enter, carla, billing, place):
    browser = enter(carla)
    page = browser.post(PARTS, {**TWO, "files": [picture()]})
    (shot,) = page.context["parts"][0].tokens

    browser.post(PARTS, with_files(page) | {f"matter-{shot}": place})

    assert names() == [["знімок.png"], []]


def test_where_there_is_one_matter_nothing_is_asked(enter, carla, billing):
    page = enter(carla).post(URL, {**TWO, "subject": "", "files": [picture()]})

    assert "leave out" in page.text
    assert "belongs to" not in page.text


def test_a_file_of_somebody_else_is_moved_nowhere(enter, carla, mallory, billing):
    browser = enter(mallory)
    page = browser.post(PARTS, TWO)
    hers = str(actions.upload_file(IncomingFile("a.txt", b"a", "text/plain"), by=carla).token)

    back = browser.post(PARTS, divided(page) | {"parts-0-uploads": hers, f"matter-{hers}": "1"})

    assert back.status_code == 422
    assert not Ticket.objects.exists()
    assert Upload.objects.get().owner == carla


def test_a_file_that_is_gone_is_told_of_in_words(enter, carla, billing):
    browser = enter(carla)
    gone = "0b5d3cf4-8a0f-4c6e-9f6a-0d1d3f0b7a11"

    page = browser.post(URL, {**TWO, "uploads": gone})

    assert page.status_code == 422
    assert "A file is not here any more, or was sent already." in page.text
