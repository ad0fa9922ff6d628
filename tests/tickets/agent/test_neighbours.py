"""From one ticket of a list to the next."""

import re

import pytest
from django.urls import reverse

from departments.models import User
from tickets import actions
from tickets.models import Message, Ticket, Workspace


def rows(browser, path="/agent/views/all/") -> list[str]:
    page = browser.get(path).content.decode()
    found = re.findall(r'<div class="row__line">.*?<a href="([^"]+)"', page)
    return [one.replace("&amp;", "&") for one in found]


def number(address: str) -> int:
    return int(re.search(r"/tickets/(\d+)/", address)[1])


def link(page, key: str) -> str:
    found = re.search(rf'href="([^"]+)"[^>]*data-key-{key}', page.content.decode(), re.S)
    return found[1].replace("&amp;", "&")


@pytest.mark.parametrize("sort", ["due", "waiting", "updated", "newest"])
def test_forward_through_the_whole_list_and_back_again(enter, ada, write, sort):
    first, *_others = write(4)
    actions.reply_to_ticket(first, by=ada, body="Answered, so it waits for somebody else")
    browser = enter(ada)
    listed = rows(browser, f"/agent/views/all/?sort={sort}")

    walked = [listed[0]]
    for _step in range(3):
        onward = link(browser.get(walked[-1]), "next")
        walked.append(browser.get(onward).url)
    assert [number(one) for one in walked] == [number(one) for one in listed]

    back = [browser.get(link(browser.get(walked[-1]), "previous")).url]
    for _step in range(2):
        back.append(browser.get(link(browser.get(back[-1]), "previous")).url)
    assert [number(one) for one in back] == [number(one) for one in listed[2::-1]]


def test_who_solves_one_goes_on_from_where_it_stood(enter, ada, write):
    write(3)
    browser = enter(ada)
    first, second, _third = rows(browser)
    onward = link(browser.get(first), "next")
    actions.solve_ticket(Ticket.objects.get(pk=number(first)), by=ada)

    assert number(browser.get(onward).url) == number(second)


def test_behind_the_last_one_stands_the_list_as_it_was_filtered(enter, ada, write):
    write(2)
    browser = enter(ada)
    last = rows(browser, "/agent/views/all/?priority=2&sort=newest")[-1]

    back = browser.get(link(browser.get(last), "next"), follow=True)

    assert back.request["PATH_INFO"] == "/agent/views/all/"
    assert "priority=2" in back.request["QUERY_STRING"]
    assert "That was the last one." in back.content.decode()


def test_a_filter_and_a_workspace_are_kept_to(enter, ada, write):
    high, low, _other = write(3)
    for one in (high, low):
        actions.set_priority(one, priority=3, by=ada)
    saved = Workspace.objects.create(name="High", owner=ada, query="view=all&priority=3")
    browser = enter(ada)
    for path in ("/agent/views/all/?priority=3", reverse("agent:workspace", args=[saved.pk])):
        first, second = rows(browser, path)
        assert number(browser.get(link(browser.get(first), "next")).url) == number(second)
        onward = browser.get(link(browser.get(second), "next"), follow=True)
        assert "That was the last one." in onward.content.decode()


@pytest.mark.parametrize(
    "place",
    ["list=all&sort=due&at=x", "list=nothing&sort=due&at=x", "list=all&sort=odd&at=W10", ""],
)
def test_a_place_that_says_nothing_leads_to_a_list(enter, ada, ticket, place):
    answer = enter(ada).get(f"{reverse('agent:next_ticket', args=[ticket.number])}?{place}")

    assert answer.status_code in {302, 404}


def test_a_ticket_opened_by_its_number_has_no_neighbours(enter, ada, ticket):
    page = enter(ada).get(reverse("agent:ticket", args=[ticket.number])).content.decode()

    assert "data-key-next" not in page


class TestAfterSending:
    """Where one goes on is one's own choice."""

    @pytest.fixture(autouse=True)
    def _seconds_of_grace(self, settings):
        settings.DESK_UNDO_SECONDS = 600

    def send(self, browser, address):
        page = browser.get(address).content.decode()
        place = re.search(r'name="place" value="([^"]*)"', page)[1].replace("&amp;", "&")
        data = {"body": "Here you are", "place": place}
        return browser.post(reverse("agent:replies", args=[number(address)]), data)

    def test_to_the_next_one_with_the_chance_to_take_it_back(self, enter, ada, write):
        write(2)
        User.objects.filter(pk=ada.pk).update(after_sending="next")
        browser = enter(ada)
        first, second = rows(browser)

        onward = self.send(browser, first)

        assert number(onward.url) == number(second)
        sent = Message.objects.get(author=ada)
        taken_back = reverse("agent:withdrawal", args=[number(first), sent.pk])
        assert taken_back in browser.get(onward.url).content.decode()

    def test_back_to_the_list(self, enter, ada, write):
        write(1)
        User.objects.filter(pk=ada.pk).update(after_sending="list")
        browser = enter(ada)

        back = self.send(browser, rows(browser)[0])

        assert back.url.startswith("/agent/views/all/")
        assert "Take back" in browser.get(back.url).content.decode()

    def test_usually_one_stays(self, enter, ada, write):
        write(1)
        browser = enter(ada)
        (first,) = rows(browser)

        assert number(self.send(browser, first).url) == number(first)

    def test_nobody_elses_answer_can_be_taken_back(self, enter, ada, grace, ticket):
        sent = actions.reply_to_ticket(ticket, by=ada, body="Hello")

        page = enter(grace).get(f"/agent/views/all/?sent={sent.pk}").content.decode()

        assert "Take back" not in page
