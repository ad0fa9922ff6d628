"""Automatic mail stops before it becomes a flood; what people write always goes."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from mailgateway import breaker
from mailgateway.models import AutomaticMail, Breaker, OutboundEmail, Scope
from tests.letters import letter
from tickets import actions

CARLA = "carla@customer.example"


def confirmed() -> int:
    return OutboundEmail.objects.filter(kind="received").count()


def opens_tickets(carla, number: int) -> None:
    for one in range(number):
        actions.open_ticket(customer=carla, by=carla, subject=f"{one}", body="Help")


@pytest.fixture
def limits(db, mailbox):
    return AutomaticMail.objects.create(
        to_customer_per_hour=3, per_mailbox_per_hour=5, in_all_per_hour=9
    )


def test_three_confirmations_a_day_not_two_at_once_and_one_about_one_thing(arrives):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        arrives(letter(sender=CARLA, subject="Invoice"))
        arrives(letter(sender=CARLA, subject="Contract"))
        assert confirmed() == 1  # too soon after the first

        for subject, known in [("Re: INVOICE", 1), ("Domain", 2), ("Server", 3), ("Backup", 3)]:
            clock.shift(timedelta(minutes=25))
            arrives(letter(sender=CARLA, subject=subject))
            assert confirmed() == known

        clock.shift(timedelta(hours=24))
        arrives(letter(sender=CARLA, subject="Backup"))
        assert confirmed() == 4


def test_whoever_asks_on_the_web_is_always_confirmed(mailbox, carla):
    opens_tickets(carla, 4)

    assert confirmed() == 4


def test_one_address_is_left_alone_for_a_day(limits, carla, ada):
    opens_tickets(carla, 5)

    stopped = Breaker.objects.get()
    assert confirmed() == 3
    assert (stopped.scope, stopped.key) == (Scope.ADDRESS, CARLA)
    assert (stopped.sent, stopped.held, stopped.is_open) == (3, 2, True)

    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert not Breaker.objects.get().is_open
        opens_tickets(carla, 1)
        assert confirmed() == 4


def test_a_mailbox_stops_until_an_administrator_lets_it_through(
    limits, mailbox, ada, root, enter, django_user_model
):
    people = [
        django_user_model.objects.create_user(f"c{number}@customer.example") for number in range(8)
    ]
    tickets = [
        actions.open_ticket(customer=one, by=one, subject="Help", body="Help") for one in people
    ]
    stopped = Breaker.objects.get()
    assert confirmed() == 5
    assert (stopped.scope, stopped.key, stopped.held) == (Scope.MAILBOX, mailbox.address, 3)

    actions.reply_to_ticket(tickets[-1], by=ada, body="A person answers.")
    assert OutboundEmail.objects.filter(kind="replied").count() == 1

    administration = enter(root)
    sentence = f"Automatic mail from {mailbox.address} is stopped, 3 held back. Answers go out."
    assert sentence in administration.get("/admin/").content.decode()
    assert sentence in administration.get("/agent/").content.decode()
    assert sentence not in enter(ada).get("/agent/").content.decode()
    click = reverse("admin:mailgateway_breaker_click", args=[stopped.pk])
    assert click in administration.get(reverse("admin:mailgateway_breaker_changelist")).text
    assert administration.get(click).status_code == 405
    assert administration.post(click, follow=True).status_code == 200

    stopped.refresh_from_db()
    assert stopped.closed_by == root
    opens_tickets(people[0], 1)  # counted anew from now
    assert confirmed() == 6
    assert "is stopped" not in administration.get("/admin/").content.decode()


def test_the_whole_desk_stops(limits, mailbox, django_user_model):
    limits.per_mailbox_per_hour = 0
    limits.save()
    for number in range(12):
        one = django_user_model.objects.create_user(f"c{number}@customer.example")
        actions.open_ticket(customer=one, by=one, subject="Help", body="Help")

    assert confirmed() == 9
    assert [str(one) for one in Breaker.objects.all()] == ["the whole desk"]


def test_no_limit_is_no_limit(mailbox, carla):
    AutomaticMail.objects.create(to_customer_per_hour=0)

    opens_tickets(carla, 8)

    assert confirmed() == 8


def test_letting_through_what_is_open_already_does_nothing(root):
    done = Breaker.objects.create(scope=Scope.ALL, closed_at=timezone.now())

    assert breaker.let_through(Breaker.objects.filter(pk=done.pk), by=root) == 0


def test_the_limits_are_one_page(enter, root):
    pages = "admin:mailgateway_automaticmail"
    administration = enter(root)
    form = administration.get(reverse(f"{pages}_changelist"), follow=True)
    assert "Confirmations to one address in a day" in form.content.decode()

    sent = dict.fromkeys(form.context["adminform"].form.fields, "7")
    administration.post(reverse(f"{pages}_add"), sent)

    assert AutomaticMail.limits().letters_per_hour == 7
    assert administration.get(reverse(f"{pages}_add")).status_code == 403


def test_only_administrators_lift_a_stop(enter, ada, grace):
    stopped = Breaker.objects.create(scope=Scope.ALL)
    for somebody in (ada, grace):
        click = reverse("admin:mailgateway_breaker_click", args=[stopped.pk])
        assert enter(somebody).post(click).status_code in {302, 403}

    stopped.refresh_from_db()
    assert stopped.is_open
