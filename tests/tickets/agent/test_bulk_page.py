"""An act on many tickets, as plain forms."""

import pytest
from django.urls import reverse

from tickets import actions, bulk
from tickets.agent.views import bulk as page
from tickets.lifecycle import Status
from tickets.models import BulkItem, BulkJob, Ticket


@pytest.fixture
def tickets(billing, carla) -> list[Ticket]:
    return [
        actions.open_ticket(customer=carla, by=carla, subject=f"Invoice {number}", body="Where?")
        for number in range(4)
    ]


def send(browser, tickets, **data):
    form = {"view": "all", "back": "/agent/views/all/", "tickets": [one.pk for one in tickets]}
    return browser.post(reverse("agent:bulk"), form | data)


def statuses() -> set[str]:
    return set(Ticket.objects.values_list("status", flat=True))


def test_ticked_tickets_are_solved_and_the_list_offers_undo(enter, ada, tickets):
    browser = enter(ada)

    back = send(browser, tickets[:3], act="solve")

    assert back.url.startswith("/agent/views/all/?job=")
    shown = browser.get(back.url).content.decode()
    assert "3 tickets done" in shown
    assert reverse("agent:bulk_undo", args=[BulkJob.objects.get().pk]) in shown
    assert Ticket.objects.filter(status=Status.SOLVED).count() == 3


def test_undo_puts_them_back(enter, ada, tickets):
    browser = enter(ada)
    send(browser, tickets, act="solve")

    done = browser.post(reverse("agent:bulk_undo", args=[BulkJob.objects.get().pk]), follow=True)

    assert statuses() == {Status.NEW}
    assert "4 tickets are as they were before" in done.content.decode()


def test_the_whole_list_is_meant_under_its_filter(enter, ada, tickets):
    actions.set_priority(tickets[0], priority=4, by=ada)

    send(enter(ada), [], act="take", everything="1", query="priority=2")

    assert Ticket.objects.filter(assignee=ada).count() == 3


def test_many_are_left_to_the_worker_with_a_page_to_wait_on(enter, ada, tickets, monkeypatch):
    monkeypatch.setattr(page, "DONE_AT_ONCE", 1)
    browser = enter(ada)

    waiting = send(browser, tickets, act="close")

    job = BulkJob.objects.get()
    assert waiting.url == reverse("agent:bulk_job", args=[job.pk])
    assert "1 of 4 tickets" in browser.get(waiting.url).content.decode()
    bulk.run(job.pk)
    finished = browser.get(waiting.url).content.decode()
    assert "4 of 4 tickets" in finished
    assert "hx-trigger" not in finished.partition('id="bulk-job"')[2].partition(">")[0]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"act": "assign", "agent": ""}, "Assignee: This is missing."),
        ({"act": "merge", "into": "99999"}, "There is no ticket"),
        ({"act": "hold", "until": "soon"}, "Hold until: Enter a valid date/time."),
        ({"act": "explode"}, "Choose what to do."),
    ],
)
def test_what_is_missing_is_said_and_the_ticks_stay(enter, ada, tickets, typed, said):
    again = send(enter(ada), tickets[:1], **typed)

    shown = again.content.decode()
    assert again.status_code == 422
    assert said in shown
    assert shown.count('name="tickets"') == 4
    assert shown.count(" checked") >= 1
    assert BulkJob.objects.count() == 0


def test_nothing_ticked_is_a_sentence(enter, ada, tickets):
    assert "Choose some tickets first." in send(enter(ada), [], act="solve").content.decode()


@pytest.mark.parametrize("number", ["9" * 5000, "²", "-1", "x"])
def test_what_is_no_number_of_a_ticket_is_chosen_by_nobody(enter, ada, tickets, number):
    form = {"view": "all", "act": "solve", "tickets": [number]}

    answer = enter(ada).post(reverse("agent:bulk"), form)

    assert "Choose some tickets first." in answer.content.decode()


@pytest.mark.parametrize("key", ["9" * 5000, "²", "", "x"])
def test_a_list_that_nobody_has_is_not_found(enter, ada, key):
    assert send(enter(ada), [], act="solve", view=f"workspace:{key}").status_code == 404


def test_what_was_not_possible_is_listed_with_the_reason(enter, ada, tickets):
    actions.close_ticket(tickets[0], by=ada)
    browser = enter(ada)

    back = send(browser, tickets, act="solve")

    assert "1 was not possible" in browser.get(back.url).content.decode()
    job = browser.get(reverse("agent:bulk_job", args=[BulkJob.objects.get().pk]))
    assert "This ticket is closed. Reopen it first" in job.content.decode()


def test_a_customer_of_another_department_is_not_touched(enter, linus, tickets):
    send(enter(linus), tickets, act="close")

    assert statuses() == {Status.NEW}
    assert BulkItem.objects.count() == 0


def test_one_comes_back_to_lists_of_the_desk_only(enter, ada, tickets):
    away = send(enter(ada), tickets[:1], act="take", back="https://elsewhere.example/")

    assert away.url.startswith("/agent/")
