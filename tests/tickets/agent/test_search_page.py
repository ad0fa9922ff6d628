"""The page on which agents search."""

import pytest

from tests.tickets.agent.test_queue import numbers
from tickets.actions import close_ticket, mark_as_spam, merge_tickets


def test_before_anything_is_asked_it_says_what_can_be(enter, ada, ticket):
    page = enter(ada).get("/agent/search/")

    assert numbers(page) == []
    assert "What are you looking for?" in page.content.decode()


def test_words_are_found_in_any_form_and_the_box_keeps_them(enter, ada, ticket):
    page = enter(ada).get("/agent/search/", {"q": "рахунки жовтня"})

    assert numbers(page) == [ticket.number]
    assert 'value="рахунки жовтня"' in page.content.decode()
    assert "1 ticket" in page.content.decode()


def test_closed_tickets_are_found_newest_first(enter, ada, write):
    first, second = write(2)
    close_ticket(first, by=ada)

    assert numbers(enter(ada).get("/agent/search/", {"q": "питання"})) == [second.pk, first.pk]


def test_spam_is_found_only_if_asked_for(enter, ada, ticket):
    mark_as_spam(ticket, by=ada)
    browser = enter(ada)

    assert numbers(browser.get("/agent/search/?q=рахунок")) == []
    assert numbers(browser.get("/agent/search/?q=рахунок&status=spam")) == [ticket.pk]


def test_merged_tickets_are_still_found_by_their_words(enter, ada, write):
    first, second = write(2)
    merge_tickets(second, into=first, by=ada)

    assert second.pk in numbers(enter(ada).get("/agent/search/?q=питання"))


def test_the_number_opens_the_way_to_the_ticket(enter, ada, ticket):
    assert numbers(enter(ada).get("/agent/search/", {"q": f"#{ticket.number}"})) == [ticket.pk]


@pytest.mark.parametrize("who", ["linus"])
def test_nobody_finds_tickets_of_other_departments(enter, request, who, ticket):
    browser = enter(request.getfixturevalue(who))

    assert numbers(browser.get("/agent/search/?q=рахунок")) == []
    assert numbers(browser.get(f"/agent/search/?q=%23{ticket.pk}")) == []
    assert numbers(browser.get("/agent/search/?customer=carla")) == []


def test_the_form_narrows_by_people_and_departments(enter, root, ticket, hosting):
    browser = enter(root)

    assert numbers(browser.get("/agent/search/?customer=carla&department=billing")) == [ticket.pk]
    assert numbers(browser.get("/agent/search/?customer=carla&department=hosting")) == []


def test_counting_stops_where_it_becomes_dear(enter, ada, write, monkeypatch):
    monkeypatch.setattr("tickets.agent.views.search.MOST_COUNTED", 2)
    write(3)

    page = enter(ada).get("/agent/search/?q=питання")

    assert "More than 2 tickets" in page.content.decode()
    assert len(numbers(page)) == 3


def test_nothing_found_says_what_to_try(enter, ada, ticket):
    assert "Nothing was found" in enter(ada).get("/agent/search/?q=слон").content.decode()


def test_what_was_typed_is_shown_as_text(enter, ada):
    text = enter(ada).get("/agent/search/", {"q": '"><script>x</script>'}).content.decode()

    assert "<script>x" not in text
