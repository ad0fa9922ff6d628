"""What a page of a customer may weigh and ask, however much they have written."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from departments.models import Organisation
from tests.tickets.custom_fields import make
from tickets import actions
from tickets.attachments import IncomingFile
from tickets.lifecycle import Status
from tickets.models import Message, Ticket

MOST_QUERIES = 10
MOST_BYTES = 40 * 1024
SUBJECT = "Не приходить рахунок за жовтень на нашу адресу, хоча оплата пройшла вчасно"
LETTER = "Надсилаємо рахунок ще раз, перевірте, будь ласка, чи все в ньому правильно. " * 4


@pytest.fixture(params=["en", "uk"])
def browser(request, enter, carla):
    """Carla's, in one language and the other, with everything that costs a page a question."""
    carla.language = request.param
    carla.organisation = Organisation.objects.create(name="Akme", shares_tickets=True)
    carla.save()
    return enter(carla)


def cost(browser, path) -> tuple[int, int, str]:
    """(questions, bytes, text) of a page that was opened before."""
    browser.get(path)
    with CaptureQueriesContext(connection) as queries:
        page = browser.get(path)
    return len(queries), len(page.content), page.text


def said(ticket, *authors, times=1):
    """Each of the authors writes in turn, `times` times."""
    Message.objects.bulk_create(
        Message(
            ticket=ticket,
            author=author,
            from_customer=author == ticket.customer,
            text=f"{turn}: {LETTER}",
            html=f"<p>{turn}: {LETTER}</p>",
        )
        for turn in range(times)
        for author in authors
    )


@pytest.mark.parametrize("count", [1, 30, 500])
def test_a_list_of_requests_stays_light(browser, carla, billing, count):
    Ticket.objects.bulk_create(
        Ticket(subject=f"{SUBJECT} {number}", customer=carla, department=billing, status=status)
        for number in range(count)
        for status in (Status.PENDING, Status.CLOSED)
    )

    queries, size, page = cost(browser, "/")

    assert queries <= MOST_QUERIES
    assert size <= MOST_BYTES
    assert page.count('class="conversation') >= min(count, 25)


@pytest.mark.parametrize("count", [1, 30, 500])
def test_a_conversation_stays_light(browser, carla, ada, mallory, ticket, count):
    other = actions.open_ticket(customer=carla, by=carla, subject="Ще", body="Ще", files=())
    actions.merge_tickets(other, into=ticket, by=ada)
    actions.reply_to_ticket(ticket, by=ada, body="Ось", files=[IncomingFile("a.txt", b"text")])
    make("contract", asked_in_portal=True)
    actions.set_fields(ticket, values={"contract": "4711"}, by=ada)
    said(ticket, ada, carla, times=(count + 1) // 2)

    queries, size, page = cost(browser, f"/tickets/{ticket.number}/")

    assert queries <= MOST_QUERIES
    assert size <= MOST_BYTES
    assert f"{(count + 1) // 2 - 1}: Надсилаємо" in page
    assert "4711" in page


@pytest.mark.parametrize("is_solved", [False, True])
def test_who_reads_along_asks_no_more(enter, mallory, ada, ticket, is_solved):
    for subject in ("Ще", "І ще"):
        other = actions.open_ticket(customer=ticket.customer, by=ada, subject=subject, body="Ще")
        actions.follow_ticket(other, who=mallory, by=ada, in_copy=True)
        actions.merge_tickets(other, into=ticket, by=ada)
    actions.follow_ticket(ticket, who=mallory, by=ada, in_copy=True)
    make("contract", asked_in_portal=True)
    actions.set_fields(ticket, values={"contract": "4711"}, by=ada)
    actions.reply_to_ticket(ticket, by=ada, body="Ось", files=[IncomingFile("a.txt", b"text")])
    if is_solved:
        actions.solve_ticket(ticket, by=ada)

    queries, _size, _page = cost(enter(mallory), f"/tickets/{ticket.number}/")

    assert queries <= MOST_QUERIES


def test_earlier_messages_come_by_pages_until_the_first(enter, carla, ada, ticket):
    said(ticket, ada, carla, times=20)
    browser, path, seen = enter(carla), f"/tickets/{ticket.number}/", []

    page = browser.get(path).text
    while True:
        seen = [*map(int, re.findall(r'data-message="(\d+)"', page)), *seen]
        earlier = re.search(r'hx-get="([^"]+)"', page.partition("<article")[0])
        if not earlier:
            break
        page = browser.get(earlier[1], headers={"HX-Request": "true"}).text
        assert "<html" not in page

    assert seen == list(Message.objects.order_by("pk").values_list("pk", flat=True))


def test_without_scripts_earlier_messages_are_pages(enter, carla, ada, ticket):
    said(ticket, ada, carla, times=20)
    browser, path = enter(carla), f"/tickets/{ticket.number}/"
    before = re.search(r'href="(\?before=[^"]+)"', browser.get(path).text)[1]

    page = browser.get(path + before).text

    assert "<h1>" in page
    assert f'href="{path}"' in page
    assert 'id="answer"' in page
    assert "19: " not in page


def test_a_very_long_message_stands_alone_and_whole(enter, carla, ada, ticket):
    said(ticket, ada, carla)
    actions.reply_to_ticket(ticket, by=ada, body="Довго. " * 5000 + "Кінець.")

    page = enter(carla).get(f"/tickets/{ticket.number}/").text

    assert page.count("data-message=") == 1
    assert "Кінець." in page


@pytest.mark.parametrize("odd", ["", "x", "1", "1.2.3", "-1.9", f"{'9' * 18}.1", "n.n", "\0"])
def test_an_odd_position_shows_the_newest(enter, carla, ticket, odd):
    page = enter(carla).get(f"/tickets/{ticket.number}/", {"before": odd})

    assert page.status_code == 200
    assert enter(carla).get("/", {"open": odd, "closed": odd}).status_code == 200
