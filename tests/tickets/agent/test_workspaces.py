"""Filters with a name."""

from tests.tickets.agent.test_queue import numbers
from tickets.actions import set_priority
from tickets.models import Workspace


def test_a_filter_is_saved_under_a_name_and_stands_in_the_navigation(enter, ada, write):
    _calm, urgent = write(2)
    set_priority(urgent, priority=4, by=ada)
    browser = enter(ada)

    answer = browser.post(
        "/agent/workspaces/",
        {"name": "Пожежі", "view": "waiting", "query": "priority=4&page=7&csrfmiddlewaretoken=x"},
        follow=True,
    )

    saved = Workspace.objects.get()
    assert (saved.owner, saved.query) == (ada, "priority=4&view=waiting")
    assert numbers(answer) == [urgent.pk]
    link = answer.context["nav"].workspaces[0]
    assert (link.name, link.count) == ("Пожежі", 1)


def test_a_workspace_without_a_name_is_asked_for_one(enter, ada):
    answer = enter(ada).post("/agent/workspaces/", {"name": " ", "view": "all", "query": "q=x"})

    assert answer.status_code == 422
    assert "Give the workspace a name." in answer.content.decode()
    assert 'value="q=x"' in answer.content.decode()
    assert not Workspace.objects.exists()


def test_words_are_not_counted_in_the_navigation(enter, ada, ticket):
    Workspace.objects.create(name="Invoices", owner=ada, query="q=рахунок")

    link = enter(ada).get("/agent/").context["nav"].workspaces[0]

    assert link.count is None


def test_a_workspace_is_deleted_by_its_owner_alone(enter, ada, grace, billing, ticket):
    own = Workspace.objects.create(name="Mine", owner=ada, shared_with=billing)

    assert enter(grace).get(f"/agent/workspaces/{own.pk}/").status_code == 200
    assert enter(grace).post(f"/agent/workspaces/{own.pk}/deletion/").status_code == 404
    assert enter(ada).get(f"/agent/workspaces/{own.pk}/deletion/").status_code == 405
    assert enter(ada).post(f"/agent/workspaces/{own.pk}/deletion/").status_code == 302
    assert not Workspace.objects.exists()


def test_a_workspace_of_others_is_not_found(enter, linus, ada, billing):
    own = Workspace.objects.create(name="Mine", owner=ada)
    shared = Workspace.objects.create(name="Ours", owner=ada, shared_with=billing)

    assert enter(linus).get(f"/agent/workspaces/{own.pk}/").status_code == 404
    assert enter(linus).get(f"/agent/workspaces/{shared.pk}/").status_code == 404


def test_sharing_a_workspace_shows_nobody_more_tickets(enter, linus, ada, hosting, ticket):
    shared = Workspace.objects.create(name="All", owner=ada, shared_with=hosting)

    assert numbers(enter(linus).get(f"/agent/workspaces/{shared.pk}/")) == []


def test_a_workspace_pages_like_any_list(enter, ada, write):
    write(30)
    saved = Workspace.objects.create(name="All", owner=ada, query="status=ours&sort=newest")
    browser = enter(ada)
    first = browser.get(f"/agent/workspaces/{saved.pk}/")

    second = browser.get(f"/agent/workspaces/{saved.pk}/", {"after": first.context["page"].after})

    assert len(numbers(first)) == 25
    assert len(numbers(second)) == 5
    assert not set(numbers(first)) & set(numbers(second))
