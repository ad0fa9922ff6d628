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


def test_another_filter_is_saved_into_a_workspace_of_ones_own(enter, ada, grace):
    own = Workspace.objects.create(name="Mine", owner=ada, query="priority=4&view=all")
    sent = {"view": "unassigned", "query": "tag=invoice", "into": own.pk, "name": ""}

    assert enter(grace).post("/agent/workspaces/", sent).status_code == 422
    assert enter(ada).post("/agent/workspaces/", sent).url == f"/agent/workspaces/{own.pk}/"

    own.refresh_from_db()
    assert (own.name, own.query) == ("Mine", "tag=invoice&view=unassigned")


def test_a_filtered_list_offers_to_save_it_into_ones_own_workspaces_alone(
    enter, ada, grace, billing
):
    Workspace.objects.create(name="Grace's", owner=grace, shared_with=billing)
    Workspace.objects.create(name="Ada's", owner=ada)

    text = enter(ada).get("/agent/views/all/?priority=4").content.decode()

    offered = text.partition('name="into"')[2].partition("</select>")[0]
    assert "Ada&#x27;s" in offered
    assert "Grace" not in offered


def test_a_workspace_is_renamed_and_shared_by_its_owner(enter, ada, grace, linus, billing, hosting):
    own = Workspace.objects.create(name="Mine", owner=ada)
    address = f"/agent/workspaces/{own.pk}/settings/"
    browser = enter(ada)

    page = browser.get(address).content.decode()
    assert "Billing" in page
    assert "Hosting" not in page
    assert browser.post(address, {"name": "Ours", "shared_with": hosting.pk}).status_code == 422
    assert browser.post(address, {"name": "", "shared_with": ""}).status_code == 422
    assert browser.post(address, {"name": "Ours", "shared_with": billing.pk}).status_code == 302

    own.refresh_from_db()
    assert (own.name, own.shared_with) == ("Ours", billing)
    assert (
        "by Ada Kovalenko, for Billing" in enter(grace).get("/agent/workspaces/").content.decode()
    )
    assert enter(grace).get(address).status_code == 404
    assert "Ours" not in enter(linus).get("/agent/workspaces/").content.decode()


def test_a_lead_stops_the_sharing_of_a_colleagues_workspace(enter, ada, grace, billing):
    shared = Workspace.objects.create(name="Ours", owner=ada, shared_with=billing)
    browser = enter(grace)
    assert "Stop sharing" in browser.get("/agent/workspaces/").content.decode()

    assert browser.post(f"/agent/workspaces/{shared.pk}/sharing-end/").status_code == 302

    assert enter(grace).get(f"/agent/workspaces/{shared.pk}/").status_code == 404
    assert enter(ada).get(f"/agent/workspaces/{shared.pk}/").status_code == 200


def test_workspaces_are_ordered_by_buttons(enter, ada):
    Workspace.objects.create(name="First", owner=ada)
    second = Workspace.objects.create(name="Second", owner=ada)
    browser = enter(ada)

    browser.post(f"/agent/workspaces/{second.pk}/order/", {"to": "up"})

    links = browser.get("/agent/workspaces/").context["nav"].workspaces
    assert [one.name for one in links] == ["Second", "First"]
