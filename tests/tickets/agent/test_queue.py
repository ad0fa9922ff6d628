"""The lists of tickets."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from departments.actions import retire_agent
from departments.models import Category
from tickets import presence
from tickets.actions import (
    assign_ticket,
    categorise_ticket,
    close_ticket,
    follow_ticket,
    hold_ticket,
    mark_as_spam,
    open_ticket,
    reply_to_ticket,
    save_draft,
    set_priority,
    solve_ticket,
    tag_ticket,
)
from tickets.models import Ticket, Workspace


def numbers(response):
    """Of the tickets on a page, from top to bottom."""
    return [int(one) for one in re.findall(r'id="ticket-(\d+)"', response.content.decode())]


def links(response, rel):
    """Where a page leads on."""
    found = re.findall(rf'rel="{rel}"[^>]*?href="([^"]*)"', response.content.decode(), re.S)
    return [one.replace("&amp;", "&") for one in found]


def test_the_desk_opens_with_those_who_wait_for_us(enter, ada, ticket):
    page = enter(ada).get("/agent/")

    assert page.status_code == 200
    assert numbers(page) == [ticket.number]
    assert "Не прийшов рахунок за жовтень" in page.content.decode()


@pytest.mark.parametrize("who", ["carla", "mallory"])
def test_customers_get_no_list(enter, request, who, ticket):
    page = enter(request.getfixturevalue(who)).get("/agent/")

    assert page.status_code == 403
    assert "Не прийшов" not in page.content.decode()


def test_strangers_are_asked_to_sign_in(client, ticket):
    page = client.get("/agent/views/all/")

    assert page.status_code == 302
    assert page.url.startswith("/account/login/")


def test_an_agent_who_was_disabled_is_out_at_once(enter, ada, ticket):
    browser = enter(ada)
    retire_agent(ada)

    page = browser.get("/agent/")

    assert page.status_code == 302


@pytest.mark.parametrize("slug", ["waiting", "unassigned", "all"])
def test_agents_see_only_their_departments(enter, linus, ticket, slug):
    page = enter(linus).get(f"/agent/views/{slug}/")

    assert numbers(page) == []
    assert "Billing" not in page.content.decode()


def test_a_department_of_others_is_not_found(enter, ada, linus, ticket):
    assert numbers(enter(ada).get("/agent/departments/billing/")) == [ticket.number]
    assert enter(linus).get("/agent/departments/billing/").status_code == 404


def test_the_administrator_sees_all(enter, root, ticket):
    assert numbers(enter(root).get("/agent/views/all/")) == [ticket.number]


def test_an_unknown_list_is_not_found(enter, ada):
    assert enter(ada).get("/agent/views/yours/").status_code == 404


def test_every_list_holds_what_its_name_says(enter, ada, grace, carla, write):
    mine, nobodys, answered, held, solved, closed, spam = write(7)
    assign_ticket(mine, to=ada, by=grace)
    follow_ticket(nobodys, who=ada, by=ada)
    reply_to_ticket(answered, by=grace, body="Так.")
    hold_ticket(held, until=timezone.now() + timedelta(days=1), by=grace)
    solve_ticket(solved, by=grace)
    close_ticket(closed, by=grace)
    mark_as_spam(spam, by=grace)
    save_draft(answered, by=ada, kind="note", text="Ще не все…")
    Ticket.objects.filter(pk=mine.pk).update(due_at=timezone.now() + timedelta(minutes=5))
    browser = enter(ada)

    shown = {
        slug: sorted(numbers(browser.get(f"/agent/views/{slug}/")))
        for slug in (
            "mine",
            "unassigned",
            "waiting",
            "customer",
            "due",
            "following",
            "drafts",
            "all",
            "solved",
            "spam",
        )
    }

    assert shown == {
        "mine": [mine.pk],
        "unassigned": [nobodys.pk, held.pk],
        "waiting": [mine.pk, nobodys.pk],
        "customer": [answered.pk],
        "due": [mine.pk],
        "following": [nobodys.pk],
        "drafts": [answered.pk],
        "all": [mine.pk, nobodys.pk, answered.pk, held.pk],
        "solved": [solved.pk],
        "spam": [spam.pk],
    }


def test_the_navigation_counts_unfinished_tickets(enter, ada, write):
    _first, _second, third = write(3)
    solve_ticket(third, by=ada)

    page = enter(ada).get("/agent/")

    counts = {link.key: link.count for link in page.context["nav"].views}
    assert counts["all"] == counts["unassigned"] == counts["waiting"] == 2
    assert counts["mine"] == 0
    assert counts["solved"] is None
    assert [link.count for link in page.context["nav"].departments] == [2]


def test_counting_stops_at_the_limit(enter, ada, write, monkeypatch):
    monkeypatch.setattr("tickets.agent.nav.MOST", 2)
    write(4)

    link = enter(ada).get("/agent/").context["nav"].views[2]

    assert (link.count, link.is_capped) == (2, True)


def test_a_page_costs_the_same_whatever_stands_on_it(enter, ada, grace, write, hosting, root):
    write(3)
    Workspace.objects.create(name="Urgent", owner=ada, query="priority=4")
    browser = enter(ada)
    browser.get("/agent/views/all/")
    with CaptureQueriesContext(connection) as few:
        browser.get("/agent/views/all/?size=50")
    for one in write(37):
        tag_ticket(one, by=ada, add=["tag", f"tag {one.pk}"])
        assign_ticket(one, to=grace, by=ada)
    for number in range(5):
        Workspace.objects.create(name=f"Mine {number}", owner=ada, query=f"assignee={grace.pk}")
    with CaptureQueriesContext(connection) as many:
        page = browser.get("/agent/views/all/?size=50")

    assert len(numbers(page)) == 40
    assert len(few) <= 12
    assert len(many) <= 12


def test_what_is_due_first_stands_first_and_ours_before_theirs(enter, ada, write):
    late, soon, calm, answered = write(4)
    now = timezone.now()
    Ticket.objects.filter(pk=late.pk).update(due_at=now - timedelta(hours=1))
    Ticket.objects.filter(pk=soon.pk).update(due_at=now + timedelta(minutes=20))
    Ticket.objects.filter(pk=calm.pk).update(waiting_since=now - timedelta(days=3))
    reply_to_ticket(answered, by=ada, body="Так.")
    browser = enter(ada)

    page = browser.get("/agent/views/all/")
    waiting = browser.get("/agent/views/all/?sort=waiting")
    newest = browser.get("/agent/views/all/?sort=newest")
    updated = browser.get("/agent/views/all/?sort=updated")

    assert numbers(page) == [late.pk, soon.pk, calm.pk, answered.pk]
    assert numbers(waiting) == [calm.pk, late.pk, soon.pk, answered.pk]
    assert numbers(newest) == [answered.pk, calm.pk, soon.pk, late.pk]
    assert numbers(updated)[0] == answered.pk
    assert "clock--late" in page.content.decode()
    assert "clock--soon" in page.content.decode()


@pytest.mark.parametrize("sort", ["due", "waiting", "newest", "updated"])
def test_pages_follow_one_another_without_gap_or_repetition(enter, ada, write, sort):
    tickets = write(30)
    for number, one in enumerate(tickets[:20]):
        # Several with the same time, so that the position has to tell them apart.
        due = timezone.now() + timedelta(hours=number // 5)
        Ticket.objects.filter(pk=one.pk).update(due_at=due)
    browser = enter(ada)
    seen, address = [], f"/agent/views/all/?sort={sort}"

    while address:
        page = browser.get(address)
        seen += numbers(page)
        onward = links(page, "next")
        address = onward[0] if onward else ""

    assert len(seen) == 30
    assert set(seen) == {one.pk for one in tickets}
    assert links(page, "prev") == [f"/agent/views/all/?sort={sort}"]
    assert len(numbers(browser.get(links(page, "prev")[0]))) == 25


def test_no_page_is_reached_by_counting_rows(enter, ada, write):
    write(30)
    browser = enter(ada)
    onward = links(browser.get("/agent/views/all/"), "next")[0]
    with CaptureQueriesContext(connection) as queries:
        page = browser.get(onward)

    assert len(numbers(page)) == 5
    assert not any("OFFSET" in one["sql"] for one in queries)


@pytest.mark.parametrize(
    "token", ["x", "bnVsbA", "WzFd", "W251bGwsbnVsbCxudWxsLG51bGxd", "%00", "9" * 5000, "WyJhIl0"]
)
def test_a_position_that_is_none_leads_to_the_first_page(enter, ada, ticket, token):
    page = enter(ada).get("/agent/views/all/", {"after": token})

    assert numbers(page) == [ticket.number]


def test_the_size_of_a_page_is_one_of_three(enter, ada, write):
    write(30)
    browser = enter(ada)

    assert len(numbers(browser.get("/agent/views/all/?size=50"))) == 30
    assert len(numbers(browser.get("/agent/views/all/?size=100000"))) == 25


def test_a_filter_narrows_the_list_and_keeps_what_was_chosen(enter, ada, write):
    first, second = write(2)
    set_priority(second, priority=4, by=ada)

    page = enter(ada).get("/agent/views/all/?priority=4&customer=carla")

    assert numbers(page) == [second.pk]
    assert 'value="carla"' in page.content.decode()
    assert '<option value="4" selected>' in page.content.decode()
    assert first.pk not in numbers(page)


def test_htmx_gets_the_rows_alone(enter, ada, ticket):
    part = enter(ada).get("/agent/views/all/", headers={"HX-Request": "true"})

    text = part.content.decode().strip()
    assert text.startswith('<section id="queue"')
    assert "<html" not in text
    assert "HX-Request" in part.headers["Vary"]


def test_finished_tickets_can_be_asked_for(enter, ada, write):
    first, second, third = write(3)
    solve_ticket(first, by=ada)
    close_ticket(second, by=ada)
    browser = enter(ada)

    assert numbers(browser.get("/agent/views/all/?status=finished")) == [second.pk, first.pk]
    assert numbers(browser.get("/agent/views/all/?status=open")) == []
    assert numbers(browser.get("/agent/views/all/")) == [third.pk]


def test_a_filter_that_cannot_be_understood_is_answered_with_a_sentence(enter, ada, ticket):
    page = enter(ada).get("/agent/views/all/?priority=soon")

    assert page.status_code == 200
    assert numbers(page) == []
    assert 'role="alert"' in page.content.decode()


def test_an_empty_list_says_what_would_be_here(enter, ada):
    page = enter(ada).get("/agent/views/mine/")

    assert "Tickets that are yours to answer stand here" in page.content.decode()


def test_a_row_shows_who_reads_it_but_not_oneself(enter, ada, grace, ticket):
    presence.look(ticket.number, grace)
    presence.look(ticket.number, ada)

    text = enter(ada).get("/agent/").content.decode()

    assert "Grace Melnyk is reading" in text
    assert "Ada Kovalenko is reading" not in text
    cache.clear()
    assert "is reading" not in enter(ada).get("/agent/").content.decode()


def test_what_the_bell_rang_for_is_unread(enter, ada, grace, ticket):
    assign_ticket(ticket, to=ada, by=grace)

    assert "row--unread" in enter(ada).get("/agent/views/mine/").content.decode()


def test_a_foreign_subject_does_nothing(enter, ada, carla, billing):
    open_ticket(
        customer=carla,
        by=carla,
        department=billing,
        subject='"><script>alert(1)</script>',
        body="<img src=x onerror=alert(1)>",
    )

    text = enter(ada).get("/agent/").content.decode()

    assert "<script>alert" not in text
    assert "<img src=x" not in text


def test_a_list_sorted_by_nothing_known_is_sorted_as_usual(enter, ada, ticket):
    assert numbers(enter(ada).get("/agent/views/all/?sort=price")) == [ticket.number]


def test_an_agent_arranges_their_lists(enter, ada, grace, ticket):
    assign_ticket(ticket, to=grace, by=ada)
    browser = enter(ada)
    assert "Grace Melnyk" in browser.get("/agent/views/all/").content.decode()

    answer = browser.post(
        "/agent/arrangement/",
        {
            "list_columns": ["number"],
            "list_density": "compact",
            "list_size": "50",
            "back": "/agent/views/all/?priority=2",
        },
    )

    assert answer.url == "/agent/views/all/?priority=2"
    text = browser.get(answer.url).content.decode()
    assert f"<small>#{ticket.number}</small>" in text
    assert "queue--compact" in text
    assert 'title="Grace Melnyk"' not in text
    assert ticket.preview[:20] not in text
    # Others see them as they were.
    assert "queue--compact" not in enter(grace).get("/agent/views/all/").content.decode()


def test_the_category_is_shown_to_those_who_want_it(enter, ada, billing, ticket):
    category = Category.objects.create(slug="x", name={"en": "Invoices"}, department=billing)
    categorise_ticket(ticket, category=category, service=None, by=ada)
    browser = enter(ada)
    assert "<p>Invoices</p>" not in browser.get("/agent/views/all/").content.decode()
    ada.list_columns = ["category"]
    ada.save()

    assert "<p>Invoices</p>" in browser.get("/agent/views/all/").content.decode()


def test_a_page_has_as_many_rows_as_the_agent_wants(enter, ada, write):
    write(30)
    ada.list_size = 50
    ada.save()

    assert len(numbers(enter(ada).get("/agent/views/all/"))) == 30
    assert len(numbers(enter(ada).get("/agent/views/all/?size=25"))) == 25


@pytest.mark.parametrize(
    "wrong",
    [{"list_columns": ["password"]}, {"list_density": "none"}, {"list_size": "100000"}, {}],
)
def test_an_arrangement_that_no_menu_sends_changes_nothing(enter, ada, wrong):
    right = {"list_columns": ["number"], "list_density": "compact", "list_size": "50"}
    sent = {**right, **wrong, "back": "https://evil.example/"} if wrong else {}

    answer = enter(ada).post("/agent/arrangement/", sent)

    assert answer.url == "/agent/"
    ada.refresh_from_db()
    assert (ada.list_density, ada.list_size) == ("comfortable", 25)
    assert "assignee" in ada.list_columns


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("/agent/keys/", "Next, previous"),
        ("/agent/me/?next=/agent/views/all/", "/account/logout/"),
        ("/agent/arrangement/?key=all&back=/agent/views/all/", 'name="list_size"'),
    ],
)
def test_what_opens_over_a_list_is_fetched_or_a_page_of_its_own(enter, ada, address, says):
    browser = enter(ada)

    page = browser.get(address).content.decode()
    part = browser.get(address, headers={"HX-Request": "true"}).content.decode()

    assert says in page
    assert says in part
    assert "<html" in page
    assert "<html" not in part
    # Lists lead to it, but do not carry it.
    queue = browser.get("/agent/views/all/").content.decode()
    assert address.partition("?")[0] in queue
    assert says not in queue
