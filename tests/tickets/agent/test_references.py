"""Numbers of tickets that stand in texts lead there, for those who may go there."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tickets import actions
from tickets.agent.references import MOST, with_links


@pytest.fixture
def theirs(carla, hosting):
    return actions.open_ticket(
        customer=carla, by=carla, subject="Panel", body="Hello", department=hosting
    )


def test_a_number_becomes_a_link(ticket, ada):
    here = reverse("agent:ticket", args=[ticket.number])

    (text,) = with_links([f"<p>See #{ticket.number}, please.</p>"], ada)

    assert text == f'<p>See <a href="{here}">#{ticket.number}</a>, please.</p>'


@pytest.mark.parametrize(
    "html",
    [
        '<a href="https://example.org/#{0}">#{0}</a>',
        '<p title="a > b #{0}">no</p>',
        "<p>A{0}#{0} &#{0}; /#{0} #{0}a ##{0}</p>",
        "<p>#0{0}</p>",
    ],
)
def test_what_only_looks_like_one_stays_as_it_is(ticket, ada, html):
    text = html.format(ticket.number)

    assert with_links([text], ada) == [text]


def test_another_department_tells_nothing(theirs, ticket, ada, linus):
    text = f"<p>#{theirs.number} #99999</p>"

    assert with_links([text], ada) == [text]
    assert with_links([text], linus)[0].count("<a ") == 1


def test_one_question_for_all_texts_and_none_without_numbers(ticket, ada):
    assert ada.department_roles
    texts = [f"<p>#{number}</p>" for number in range(20001, 20001 + 3 * MOST)]
    with CaptureQueriesContext(connection) as asked:
        with_links([*texts, f"<p>#{ticket.number}</p>"], ada)
    assert len(asked) == 1

    with CaptureQueriesContext(connection) as asked:
        with_links(["<p>Room #12</p>"], ada)
    assert len(asked) == 0


def test_the_page_links_what_a_note_names(ticket, carla, ada, enter):
    other = actions.open_ticket(customer=carla, by=carla, subject="Other", body="Hello")
    actions.add_note(ticket, by=ada, body=f"The same as #{other.number}")

    text = enter(ada).get(reverse("agent:ticket", args=[ticket.number])).content.decode()

    assert f'The same as <a href="{reverse("agent:ticket", args=[other.number])}">' in text
