"""The bell: what an agent was told, until it is read."""

from datetime import timedelta

import pytest
from django.utils import timezone

from departments.actions import join_department
from tickets import tasks
from tickets.actions import assign_ticket, merge_tickets, move_ticket, open_ticket, reply_to_ticket
from tickets.agent.nav import read_bell
from tickets.agent.views import bell
from tickets.models import Event, Notification

PATH = "/agent/notifications/"


def test_it_tells_what_concerns_one_until_it_is_read(enter, ada, grace, ticket):
    assign_ticket(ticket, to=ada, by=grace)
    browser = enter(ada)

    page = browser.get(PATH)
    assert page.context["nav"].bell == 2
    assert ticket.subject in page.content.decode()

    assert browser.post(PATH).status_code == 302
    assert browser.get(PATH).context["nav"].bell == 0
    assert not Notification.objects.filter(user=ada, read_at__isnull=True).exists()
    assert Notification.objects.filter(user=grace, read_at__isnull=True).exists()


def test_lines_stand_under_their_ticket_and_lead_to_the_message(enter, ada, carla, write):
    first, _second = write(2)
    said = reply_to_ticket(first, by=carla, body="І ще одне.")

    page = enter(ada).get(PATH)

    groups = page.context["groups"]
    assert [(one.ticket.pk, len(one.lines)) for one in groups] == [(first.pk, 2), (_second.pk, 1)]
    assert f'href="/agent/tickets/{first.pk}/#message-{said.pk}"' in page.content.decode()
    assert "Something new that is nobody’s in your departments" in page.content.decode()


def test_one_ticket_can_be_read_alone(enter, ada, write):
    first, second = write(2)
    browser = enter(ada)

    browser.post(PATH, {"ticket": first.pk})

    assert [one.is_unread for one in browser.get(PATH).context["groups"]] == [True, False]
    assert browser.get(PATH).context["groups"][0].ticket == second


def test_opening_a_ticket_reads_what_the_bell_says_of_it(enter, ada, write):
    first, _second = write(2)

    read_bell(ada, first.pk)

    assert enter(ada).get(PATH).context["nav"].bell == 1


def test_opening_a_ticket_reads_what_was_said_of_those_merged_into_it(enter, ada, grace, write):
    first, second = write(2)
    merge_tickets(first, into=second, by=grace)
    browser = enter(ada)

    browser.get(f"/agent/tickets/{second.pk}/")

    assert browser.get(PATH).context["nav"].bell == 0


def test_older_lines_are_a_page_further(enter, ada, write, monkeypatch):
    monkeypatch.setattr(bell, "PAGE", 2)
    write(3)
    browser = enter(ada)
    first = browser.get(PATH)

    older = browser.get(PATH, {"after": first.context["after"]})

    assert len(first.context["groups"]) == 2
    assert [one.ticket.subject for one in older.context["groups"]] == ["Лист 1"]
    assert older.context["after"] is None
    assert browser.get(PATH, {"after": "x"}).context["is_first"]


def test_it_counts_to_ninety_nine_and_says_when_there_is_more(enter, ticket, ada):
    events = Event.objects.bulk_create(Event(ticket=ticket, kind="noted") for _ in range(100))
    Notification.objects.bulk_create(Notification(user=ada, event=one) for one in events[:99])
    assert ">99</span>" in enter(ada).get("/agent/profile/").content.decode()

    Notification.objects.create(user=ada, event=events[99])

    text = enter(ada).get("/agent/profile/").content.decode()
    assert ">99+</span>" in text
    assert "More than 99 unread notifications" in text


def test_it_is_silent_of_tickets_that_went_elsewhere(enter, ada, hosting, ticket):
    join_department(ada, hosting)
    move_ticket(ticket, to=hosting, by=ada)
    ada.memberships.filter(department=hosting).delete()

    page = enter(ada).get(PATH)

    assert page.context["nav"].bell == 0
    assert ticket.subject not in page.content.decode()


def test_a_new_ticket_rings_in_its_department_alone(enter, ada, linus, mallory, hosting):
    open_ticket(customer=mallory, by=mallory, department=hosting, subject="DNS", body="Help")

    assert enter(linus).get(PATH).context["nav"].bell == 1
    assert enter(ada).get(PATH).context["nav"].bell == 0


@pytest.mark.parametrize("page", ["", "search/", "figures/", "profile/"])
def test_it_stands_on_every_page(enter, ada, ticket, page):
    assert "1 unread notification" in enter(ada).get(f"/agent/{page}").content.decode()


def test_old_lines_are_forgotten_some_at_a_time(ada, write):
    old, young = write(2)
    long_ago = timezone.now() - timedelta(days=200)
    Event.objects.filter(ticket=old).update(at=long_ago)

    tasks.forget_old_bells()

    assert [one.event.ticket for one in Notification.objects.filter(user=ada)] == [young]


def test_a_sweep_looks_at_a_bounded_number_of_lines(ada, write):
    write(3)
    Event.objects.update(at=timezone.now() - timedelta(days=200))

    assert Notification.objects.forget(timezone.now(), at_most=2) == 2
    assert Notification.objects.count() == 1


def test_customers_have_none(enter, carla):
    assert enter(carla).get(PATH).status_code == 403
