"""Lists for programs."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from departments.actions import join_department, retire_agent
from tickets import actions
from tickets.actions import (
    assign_ticket,
    open_ticket,
    renew_feed,
    save_workspace,
    set_priority,
    share_workspace,
)
from tickets.agent.views import feeds
from tickets.models import Feed, Ticket

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def read():
    """`read("mine", ada)`: what a program gets at a new address of Ada's, without signing in."""

    def fetch(key, who, **headers):
        token = renew_feed(key, by=who).token
        return Client().get(f"/agent/feeds/{token}.atom", headers=headers)

    return fetch


def entries(answer):
    return ElementTree.fromstring(answer.content).findall(f"{ATOM}entry")


def titles(answer):
    return [one.findtext(f"{ATOM}title") for one in entries(answer)]


def test_a_feed_is_what_rfc_4287_asks_for(read, ada, ticket, settings):
    settings.DESK_URL = "https://desk.example"
    answer = read("all", ada)

    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = ElementTree.fromstring(answer.content)
    assert feed.tag == f"{ATOM}feed"
    assert feed.findtext(f"{ATOM}title").startswith("All open")
    own = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert own["self"] == feed.findtext(f"{ATOM}id")
    assert own["self"].startswith("https://desk.example/agent/feeds/")
    assert own["alternate"] == "https://desk.example/agent/views/all/"
    assert feed.findtext(f"{ATOM}updated")
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    (entry,) = entries(answer)
    assert entry.findtext(f"{ATOM}title") == f"#{ticket.number} {ticket.subject}"
    assert entry.findtext(f"{ATOM}id") == f"https://desk.example/agent/tickets/{ticket.number}/"
    assert entry.find(f"{ATOM}link").get("href") == entry.findtext(f"{ATOM}id")
    assert entry.findtext(f"{ATOM}updated")
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "Carla Bondar"


def test_no_message_and_no_address_stands_in_it(read, ada, carla, ticket):
    carla.name = ""
    carla.save()

    text = read("all", ada).content.decode()

    assert "4711" not in text
    assert "carla@" not in text


def test_an_address_is_kept_from_everybody_else(read, ada, ticket):
    answer = read("all", ada)

    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert not answer.cookies


def test_it_shows_what_its_owner_sees_at_that_moment(ada, linus, hosting, ticket):
    token = renew_feed("unassigned", by=ada).token
    theirs = renew_feed("unassigned", by=linus).token
    program = Client()
    assert len(entries(program.get(f"/agent/feeds/{token}.atom"))) == 1
    assert len(entries(program.get(f"/agent/feeds/{theirs}.atom"))) == 0

    join_department(ada, hosting)
    actions.move_ticket(ticket, to=hosting, by=ada)
    ada.memberships.filter(department=hosting).delete()

    assert len(entries(program.get(f"/agent/feeds/{token}.atom"))) == 0
    assert len(entries(program.get(f"/agent/feeds/{theirs}.atom"))) == 1


def test_whoever_left_has_no_feed(ada, ticket):
    token = renew_feed("all", by=ada).token
    retire_agent(ada)

    assert Client().get(f"/agent/feeds/{token}.atom").status_code == 404


def test_whoever_is_no_agent_any_more_has_no_feed(ada, ticket):
    token = renew_feed("all", by=ada).token
    ada.memberships.all().delete()

    assert Client().get(f"/agent/feeds/{token}.atom").status_code == 404


def test_an_unknown_address_is_not_found(db):
    assert Client().get("/agent/feeds/x.atom").status_code == 404


def test_a_department_of_others_has_no_feed(read, linus, ticket, billing):
    assert read("department:billing", linus).status_code == 404


def test_a_workspace_that_is_shared_no_longer_has_no_feed_for_others(ada, grace, billing, ticket):
    saved = save_workspace(by=ada, name="Ours", query="view=all")
    share_workspace(saved, to=billing, by=ada)
    token = renew_feed(f"workspace:{saved.pk}", by=grace).token
    address = f"/agent/feeds/{token}.atom"
    assert len(entries(Client().get(address))) == 1

    share_workspace(saved, to=None, by=ada)

    assert Client().get(address).status_code == 404


def test_a_workspace_filters_its_feed_as_its_page(read, ada, grace, write):
    _calm, urgent, mine = write(3)
    set_priority(urgent, priority=4, by=ada)
    set_priority(mine, priority=4, by=ada)
    assign_ticket(mine, to=ada, by=grace)
    saved = save_workspace(by=ada, name="Urgent", query="priority=4&assignee=me&view=all")

    assert titles(read(f"workspace:{saved.pk}", ada)) == [f"#{mine.number} {mine.subject}"]


def test_the_newest_stand_first_and_no_more_than_fifty(read, ada, write, monkeypatch):
    monkeypatch.setattr(feeds, "MOST_ENTRIES", 3)
    tickets = write(5)
    Ticket.objects.filter(pk=tickets[0].pk).update(updated_at=timezone.now() + timedelta(hours=1))

    found = titles(read("all", ada))

    assert [one.partition(" ")[0] for one in found] == [
        f"#{tickets[at].number}" for at in (0, 4, 3)
    ]


def test_nothing_new_is_said_in_a_few_bytes(ada, carla, ticket):
    address = f"/agent/feeds/{renew_feed('all', by=ada).token}.atom"
    program = Client()
    tag = program.get(address).headers["ETag"]

    unchanged = program.get(address, headers={"If-None-Match": tag})
    actions.reply_to_ticket(ticket, by=carla, body="Ще одне питання.")
    changed = program.get(address, headers={"If-None-Match": tag})

    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert unchanged.headers["ETag"] == tag
    assert changed.status_code == 200


def test_an_empty_feed_stays_the_same(ada):
    address = f"/agent/feeds/{renew_feed('all', by=ada).token}.atom"

    assert Client().get(address).headers["ETag"] == Client().get(address).headers["ETag"]


def test_a_program_that_asks_too_often_is_told_to_wait(ada, monkeypatch):
    monkeypatch.setattr(feeds, "MOST_A_MINUTE", 2)
    address = f"/agent/feeds/{renew_feed('all', by=ada).token}.atom"

    answers = [Client().get(address) for _time in range(5)]

    assert answers[0].status_code == 200
    assert answers[-1].status_code == 429
    assert answers[-1].headers["Retry-After"] == "60"


@pytest.mark.parametrize("subject", ["]]><x>&amp;", "\x0b\x1f bell", "\ufffe", "<b>😀</b>"])
def test_whatever_a_subject_holds_it_is_still_xml(read, ada, carla, billing, subject):
    ticket = open_ticket(customer=carla, by=carla, department=billing, subject="x", body="x")
    Ticket.objects.filter(pk=ticket.pk).update(subject=subject)

    (title,) = titles(read("all", ada))

    assert title.startswith(f"#{ticket.number} ")


def test_names_are_said_in_the_language_of_the_owner(read, ada, ticket):
    ada.language = "uk"
    ada.save()

    assert "Нова" in read("all", ada).content.decode()


def test_a_feed_asks_as_much_for_many_tickets_as_for_one(ada, write):
    address = f"/agent/feeds/{renew_feed('all', by=ada).token}.atom"
    write(1)
    with CaptureQueriesContext(connection) as one:
        Client().get(address)
    write(5)
    with CaptureQueriesContext(connection) as many:
        Client().get(address)

    assert len(many) == len(one) <= 4


def test_agents_get_their_addresses_on_a_page(enter, ada, ticket):
    browser = enter(ada)
    assert "Make an address" in browser.get("/agent/feeds/").content.decode()

    answer = browser.post("/agent/feeds/", {"key": "department:billing"})

    feed = Feed.objects.get(user=ada)
    assert answer.url == "/agent/feeds/#department:billing"
    assert f"/agent/feeds/{feed.token}.atom" in browser.get("/agent/feeds/").content.decode()

    browser.post("/agent/feeds/", {"key": "department:billing", "gone": "1"})

    assert not Feed.objects.exists()


@pytest.mark.parametrize("key", ["department:hosting", "workspace:1", "yours", "", "a:b:c"])
def test_no_address_is_made_for_a_list_one_does_not_have(enter, ada, hosting, key):
    assert enter(ada).post("/agent/feeds/", {"key": key}).status_code == 404
    assert not Feed.objects.exists()
