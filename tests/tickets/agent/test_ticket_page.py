"""The page of a ticket: what it shows, to whom, and at what cost."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from helpdesk.lib import html
from tickets import actions, presence
from tickets.attachments import IncomingFile
from tickets.models import (
    Body,
    CannedReply,
    EscalationRule,
    EscalationStep,
    Message,
    Notification,
    Target,
)

FOREIGN = html.clean(
    '<p style="color:red">Look <b>here</b></p><img src="https://spy.example/pixel.png">'
)


def page(ticket, name="ticket", *args):
    return reverse(f"agent:{name}", args=[ticket.number, *args])


@pytest.fixture
def foreign(ticket, carla):
    """A letter that a mail program formatted, with a picture from outside and a quotation."""
    body = Body(text="Look here", html=FOREIGN, quoted_text="> one\n> two", quoted_html="")
    return actions.reply_to_ticket(ticket, by=carla, body=body, channel="mail", why="reference")


def test_it_shows_who_wrote_what_and_whose_turn_it_is(ticket, ada, enter):
    text = enter(ada).get(page(ticket)).content.decode()

    assert "Не прийшов рахунок за жовтень" in text
    assert "Номер договору 4711" in text
    assert "Our turn" in text
    assert "Send to carla@customer.example" in text
    assert "Ada\nБухгалтерія" in text or "Ada\nBilling" in text


@pytest.mark.parametrize(
    ("who", "status"),
    [("ada", 200), ("grace", 200), ("root", 200), ("linus", 404), ("carla", 403), ("bo", 302)],
)
def test_only_agents_of_its_department_see_it(ticket, who, status, enter, request):
    client = enter(request.getfixturevalue(who))

    for name in ("ticket", "news", "presence"):
        assert client.get(page(ticket, name)).status_code == status


def test_unknown_numbers_are_not_there(ada, enter):
    assert enter(ada).get("/agent/tickets/99999/").status_code == 404


@pytest.mark.parametrize("count", [3, 40])
def test_it_asks_at_most_fifteen_questions(ticket, ada, carla, grace, billing, enter, count):
    Target.objects.create(department=billing, first_answer=60, solution=600)
    rule = EscalationRule.objects.create(name="Late")
    EscalationStep.objects.create(rule=rule)
    CannedReply.objects.create(title="Thanks", body={"en": "Thanks"})
    for number in range(count):
        actions.reply_to_ticket(
            ticket, by=carla, body=f"{number}", files=[IncomingFile("a.txt", b"x")]
        )
    other = actions.open_ticket(customer=carla, by=carla, subject="Twice", body="Same")
    actions.merge_tickets(other, into=ticket, by=ada)
    actions.follow_ticket(ticket, who=grace, by=ada)
    client = enter(grace)
    assert Notification.objects.filter(user=grace, read_at=None).exists()

    with CaptureQueriesContext(connection) as asked:
        response = client.get(page(ticket))

    assert response.status_code == 200
    assert len(asked) <= 15, "\n".join(one["sql"][:120] for one in asked)


def test_whoever_opens_it_has_read_what_the_bell_says(ticket, ada, carla, enter):
    actions.reply_to_ticket(ticket, by=carla, body="Is there any news?")
    assert Notification.objects.filter(user=ada, read_at=None).exists()

    enter(ada).get(page(ticket))

    assert not Notification.objects.filter(user=ada, read_at=None).exists()


def test_a_foreign_letter_stands_in_a_sandbox_without_its_pictures(ticket, foreign, ada, enter):
    client = enter(ada)

    text = client.get(page(ticket)).content.decode()
    assert 'sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"' in text
    assert "spy.example" not in text
    assert "Joined because it names an earlier letter of this ticket" in text
    letter = client.get(page(ticket, "letter", foreign.pk))
    assert "color:red" in letter.content.decode()
    assert ' src="https://spy.example' not in letter.content.decode()
    policy = letter.headers["Content-Security-Policy"]
    assert "img-src 'self' data:;" in policy
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert letter.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_pictures_from_outside_come_when_asked_for_and_only_into_that_frame(
    ticket, foreign, ada, enter
):
    client = enter(ada)

    shown = client.get(page(ticket), {"pictures": foreign.pk})
    assert f"{page(ticket, 'letter', foreign.pk)}?pictures=1" in shown.content.decode()
    policy = shown.headers["Content-Security-Policy"]
    assert "https:" not in policy.partition("img-src")[2].partition(";")[0]
    letter = client.get(page(ticket, "letter", foreign.pk), {"pictures": "1"})
    assert 'src="https://spy.example/pixel.png"' in letter.content.decode()
    assert "img-src 'self' data: https:;" in letter.headers["Content-Security-Policy"]
    assert letter.headers["Referrer-Policy"] == "no-referrer"


def test_letters_of_other_tickets_are_not_there(ticket, foreign, linus, ada, carla, enter):
    other = actions.open_ticket(customer=carla, by=carla, subject="Other", body="Hello")

    assert enter(linus).get(page(ticket, "letter", foreign.pk)).status_code == 404
    assert enter(ada).get(page(other, "letter", foreign.pk)).status_code == 404


def test_plain_letters_need_no_frame(ticket, carla, ada, enter):
    actions.reply_to_ticket(ticket, by=carla, body="See https://example.org", channel="mail")

    text = enter(ada).get(page(ticket)).content.decode()

    assert "letter-frame" not in text
    assert 'href="https://example.org"' in text


def test_nothing_that_somebody_typed_becomes_markup(ticket, carla, ada, enter):
    evil = "<script>alert(1)</script>"
    carla.name = evil
    carla.save()
    other = actions.open_ticket(
        customer=carla,
        by=carla,
        subject=evil,
        body=evil,
        files=[IncomingFile(f"{evil}.txt", b"x")],
    )
    actions.tag_ticket(other, by=ada, add=[evil])

    assert "<script>alert" not in enter(ada).get(page(other)).content.decode()


def test_delivery_and_files_stand_below_the_message(ticket, ada, enter):
    message = actions.reply_to_ticket(
        ticket, by=ada, body="Here", files=[IncomingFile("рахунок.pdf", b"%PDF-1.4")]
    )
    actions.note_delivery(message, address="carla@customer.example", state="failed", detail="550")

    text = enter(ada).get(page(ticket)).content.decode()

    assert "not delivered to carla@customer.example" in text
    assert "рахунок.pdf" in text
    assert message.attachments.get().get_absolute_url() in text


def test_a_merged_ticket_leads_to_where_it_goes_on(ticket, carla, ada, enter):
    other = actions.open_ticket(customer=carla, by=carla, subject="Twice", body="Same words")
    actions.merge_tickets(other, into=ticket, by=ada)
    client = enter(ada)

    response = client.get(page(other))

    assert response.headers["Location"] == page(ticket)
    assert "Same words" in client.get(page(ticket)).content.decode()


def test_linked_tickets_of_other_departments_show_nothing_but_their_number(
    ticket, carla, ada, hosting, enter
):
    other = actions.open_ticket(customer=carla, by=carla, subject="Secret subject", body="x")
    actions.link_tickets(ticket, to=other, by=ada)
    actions.move_ticket(other, to=hosting, by=ada)
    ticket.events.filter(kind="linked").update(details={})

    text = enter(ada).get(page(ticket)).content.decode()

    assert "Secret subject" not in text
    assert f"#{other.number}" in text


def test_who_else_looks_at_it_is_said(ticket, ada, grace, enter):
    presence.look(ticket.number, grace, writing=True)

    client = enter(ada)

    assert "Grace Melnyk is writing" in client.get(page(ticket)).content.decode()
    assert "Grace Melnyk is writing" in client.get(page(ticket, "presence")).content.decode()


def test_news_are_what_others_said_since(ticket, ada, carla, enter):
    client = enter(ada)
    last = Message.objects.latest("pk").pk
    assert client.get(page(ticket, "news"), {"after": last}).status_code == 204
    actions.reply_to_ticket(ticket, by=ada, body="My own words")
    actions.reply_to_ticket(ticket, by=carla, body="Дякую!")

    news = client.get(page(ticket, "news"), {"after": last})

    assert news.headers["X-News"] == "1"
    assert "Дякую!" in news.content.decode()
    assert "My own words" not in news.content.decode()
    assert client.get(page(ticket, "news"), {"after": "x" * 30}).headers["X-News"] == "2"


def test_planned_steps_and_promises_are_told(ticket, ada, billing, enter):
    Target.objects.create(department=billing, first_answer=60)
    rule = EscalationRule.objects.create(name="Nobody answers")
    EscalationStep.objects.create(rule=rule)
    actions.set_priority(ticket, priority=3, by=ada)

    text = enter(ada).get(page(ticket)).content.decode()

    assert "Answer promised by" in text
    assert "“Nobody answers” tells the lead" in text
