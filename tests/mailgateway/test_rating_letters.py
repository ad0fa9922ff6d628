"""What our letters ask of customers, and whom they do not ask."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.template.loader import render_to_string
from django.utils import timezone

from departments.models import ReturnedMail
from mailgateway import breaker
from mailgateway.composing import assemble
from mailgateway.models import Breaker, OutboundEmail, Scope
from tests.letters import letter
from tickets import actions, escalation
from tickets.lifecycle import Status
from tickets.links import read_letters_token, read_rating_token
from tickets.models import Event

pytestmark = pytest.mark.usefixtures("mailbox")


@pytest.fixture
def asked(arrives):
    """Carla's ticket, by mail."""
    return arrives(
        letter(
            "Рахунку немає.",
            sender="Carla Bondar <carla@customer.example>",
            subject="Рахунок <жовтень>",
            letter_id="asked@customer.example",
        )
    ).ticket


def sweep(*, days: int) -> int:
    with time_machine.travel(timezone.now() + timedelta(days=days)):
        return escalation.ask_due()


def last(kind: str) -> OutboundEmail:
    return OutboundEmail.objects.filter(kind=kind).latest("id")


def claims(row: OutboundEmail) -> set:
    """What the rating links in both forms of a letter say."""
    tokens = re.findall(r"/ratings/([^/]+)/", row.text + row.html)
    return {read_rating_token(token) for token in tokens}


def test_the_reminder_is_a_letter_in_the_customers_thread_that_can_be_ended(asked, ada, mailbox):
    actions.reply_to_ticket(asked, by=ada, body="Надсилаємо.", then=Status.SOLVED)

    assert sweep(days=4) == 1

    row = last("rating")
    mail = assemble(row, mailbox)
    assert (row.recipient, row.copies) == ("carla@customer.example", [])
    assert mail["Subject"] == f"Re: Рахунок <жовтень> [#{asked.pk}]"
    assert mail["In-Reply-To"] == "<asked@customer.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["From"].startswith("Бухгалтерія <")
    assert read_letters_token(re.search(r"/letters/([^/]+)/", row.text)[1]).notice == "rating"
    [claim] = claims(row)
    assert (claim.ticket, claim.message, claim.user) == (asked.pk, None, asked.customer_id)
    for score in range(1, 6):
        assert f"?score={score}" in row.text
        assert f"?score={score}" in row.html
    assert "Рахунок <жовтень>" in row.text
    assert "Рахунок &lt;жовтень&gt;" in row.html


def test_the_question_and_its_letter_stand_or_fall_together(asked, ada, monkeypatch):
    actions.reply_to_ticket(asked, by=ada, body="Надсилаємо.", then=Status.SOLVED)
    with monkeypatch.context() as broken:
        broken.setattr(OutboundEmail, "save", lambda *args, **kwargs: 1 / 0)
        assert sweep(days=4) == 0
    assert not asked.events.filter(kind=Event.Kind.RATING_ASKED).exists()

    assert sweep(days=4) == 1
    assert sweep(days=5) == 0
    assert OutboundEmail.objects.filter(kind="rating").count() == 1


def test_an_answer_to_the_reminder_brings_the_ticket_back(asked, ada, arrives):
    actions.reply_to_ticket(asked, by=ada, body="Надсилаємо.", then=Status.SOLVED)
    sweep(days=4)

    arrives(
        letter(
            "Досі немає.",
            sender="carla@customer.example",
            letter_id="still@customer.example",
            In_Reply_To=f"<{last('rating').letter_id}>",
        )
    )

    asked.refresh_from_db()
    assert (asked.status, asked.messages.count()) == (Status.OPEN, 3)


def test_an_address_that_letters_come_back_from_gets_none(asked, ada):
    actions.reply_to_ticket(asked, by=ada, body="Надсилаємо.", then=Status.SOLVED)
    ReturnedMail.objects.create(person=asked.customer, times=1)

    assert sweep(days=4) == 0
    assert not OutboundEmail.objects.filter(kind="rating").exists()


def test_a_link_is_for_one_answer_of_one_person(asked, ada):
    answer = actions.reply_to_ticket(asked, by=ada, body="Надсилаємо.")

    [claim] = claims(last("replied"))
    assert (claim.message, claim.user) == (answer.pk, asked.customer_id)


def test_nobody_in_copy_can_vote_for_the_customer(asked, ada, mallory):
    actions.follow_ticket(asked, who=mallory, by=ada, in_copy=True)
    actions.reply_to_ticket(asked, by=ada, body="Надсилаємо.")
    assert claims(last("replied")) == set()

    actions.reply_to_ticket(asked, by=ada, body="Тільки вам.", without=[asked.customer])
    assert last("replied").recipient == mallory.email
    assert claims(last("replied")) == set()

    actions.solve_ticket(asked, by=ada)
    [claim] = claims(last("solved"))
    assert (last("solved").copies, claim.user) == ([], asked.customer_id)


def test_who_works_in_the_department_is_asked_for_nothing(ada, grace):
    own = actions.open_ticket(customer=ada, by=ada, subject="Mine", body="Mine")
    actions.reply_to_ticket(own, by=grace, body="Here")
    actions.solve_ticket(own, by=grace)

    for kind in ("replied", "solved"):
        assert last(kind).recipient == ada.email
        assert claims(last(kind)) == set()
    assert "How did we do" not in last("solved").text + last("solved").html


def test_third_parties_are_asked_for_nothing(asked, ada, mallory):
    actions.forward_ticket(asked, by=ada, to=[mallory], body="Do you know?")

    assert "/ratings/" not in last("side").text + last("side").html


def test_what_a_breaker_holds_back_was_not_asked(asked, ada, arrives):
    actions.reply_to_ticket(asked, by=ada, body="Надсилаємо.", then=Status.SOLVED)
    stopped = Breaker.objects.create(scope=Scope.ALL)

    assert sweep(days=4) == 0

    event = asked.events.get(kind=Event.Kind.RATING_ASKED)
    said = render_to_string("partials/events/_rating_asked.html", {"event": event})
    assert "was not asked" in said
    assert not OutboundEmail.objects.filter(kind="rating").exists()
    assert sweep(days=5) == 0  # what is held back is not sent later

    # Nobody asked them, so the next ticket may.
    breaker.let_through(Breaker.objects.filter(pk=stopped.pk), by=ada)
    other = actions.open_ticket(
        customer=asked.customer, by=asked.customer, subject="Other", body="Other"
    )
    actions.reply_to_ticket(other, by=ada, body="Here", then=Status.SOLVED)
    assert sweep(days=4) == 1
