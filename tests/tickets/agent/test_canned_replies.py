"""Answers kept ready, as the composer asks for them."""

import pytest

from tickets.models import CannedReply

URL = "/agent/canned-replies/"


@pytest.fixture
def thanks(db):
    return CannedReply.objects.create(
        title="Thanks",
        body={"uk": "Дякуємо, {customer.name}! {ticket.number}", "en": "Thanks, {customer.nam}"},
    )


def test_it_is_filled_in_the_customers_language(ticket, thanks, ada, enter):
    answer = enter(ada).get(URL, {"ticket": ticket.number, "reply": thanks.pk})

    assert answer.content.decode() == f"Дякуємо, Carla Bondar! #{ticket.number}"
    assert answer.headers["Content-Type"].startswith("text/plain")


def test_unknown_placeholders_stay_visible(ticket, thanks, ada, enter):
    ticket.language = "en"
    ticket.save()

    answer = enter(ada).get(URL, {"ticket": ticket.number, "reply": thanks.pk})

    assert answer.content.decode() == "Thanks, {customer.nam}"


def test_all_of_them_can_be_read(ticket, thanks, ada, enter):
    answer = enter(ada).get(URL, {"ticket": ticket.number})

    assert "Дякуємо, Carla Bondar!" in answer.content.decode()


def test_those_of_others_are_not_there(ticket, thanks, ada, grace, hosting, enter):
    thanks.owner = grace
    thanks.save()
    place = CannedReply.objects.create(title="Panel", body={"en": "x"}, department=hosting)

    for one in (thanks, place):
        answer = enter(ada).get(URL, {"ticket": ticket.number, "reply": one.pk})
        assert answer.status_code == 404


@pytest.mark.parametrize("query", [{}, {"ticket": "x"}, {"ticket": "99999"}])
def test_without_a_ticket_there_is_nothing_to_fill(thanks, ada, enter, query):
    assert enter(ada).get(URL, query).status_code == 404


@pytest.mark.parametrize(("who", "status"), [("linus", 404), ("carla", 403)])
def test_strangers_get_nothing(ticket, thanks, who, status, enter, request):
    client = enter(request.getfixturevalue(who))

    answer = client.get(URL, {"ticket": ticket.number, "reply": thanks.pk})

    assert answer.status_code == status
