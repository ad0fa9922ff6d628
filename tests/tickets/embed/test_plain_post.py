"""A form of another site's own, or its script, posts without our page."""

import json

import pytest

from tests.tickets.embed.conftest import SHOP, TYPED
from tests.tickets.embed.test_form import fields
from tests.tickets.portal.test_new_ticket import picture
from tickets.embed import guards
from tickets.models import Ticket


def test_it_becomes_a_ticket_and_we_thank(post):
    answer = post(files=[picture()])

    ticket = Ticket.objects.get()
    assert f"<b>{ticket.number}</b>" in answer.text
    assert ticket.has_files


@pytest.mark.parametrize(
    ("wanted", "goes"),
    [
        (f"{SHOP}/thanks?x=1", True),
        ("https://blog.example:8443/", True),
        ("https://blog.example/", False),
        ("https://evil.example/", False),
        ("//evil.example/", False),
        (f"{SHOP}@evil.example/", False),
        (f"https://evil.example\\@{SHOP[8:]}/", False),
        ("javascript:alert(1)", False),
        ("/account/", False),
    ],
)
def test_it_leads_back_to_the_site_and_to_no_other(post, wanted, goes):
    answer = post(next=wanted)

    assert answer.status_code == (302 if goes else 200)
    assert answer.get("Location") == (wanted if goes else None)
    assert Ticket.objects.exists()


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://shop.example", "https://shop.example:8443"]
)
def test_another_site_may_not_send_here(post, origin):
    answer = post(origin)

    assert answer.status_code == 403
    assert "may not send to this form" in answer.text
    assert TYPED["body"] in answer.text
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert not Ticket.objects.exists()


def test_where_a_browser_names_no_origin_the_page_it_comes_from_counts(visitor, form):
    for page, status in ((f"{SHOP}/contact", 200), ("https://evil.example/", 403)):
        answer = visitor.post(form.get_absolute_url(), TYPED, headers={"Referer": page})
        assert answer.status_code == status


def test_a_program_that_says_nothing_of_itself_needs_a_stamp(post):
    assert post(origin=None).status_code == 422


def test_what_is_wrong_comes_back_on_our_page_from_which_it_can_be_sent(post, send):
    answer = post(email="olha", next=f"{SHOP}/thanks")

    assert answer.status_code == 422
    assert TYPED["body"] in answer.text
    assert send(stamp=fields(answer.text)["stamp"]).status_code == 200


def test_the_trap_holds_here_too(post):
    assert post(**{guards.TRAP: "x"}).status_code == 422


def test_the_same_words_are_one_ticket_a_day(post):
    post()
    post()

    assert Ticket.objects.count() == 1


def test_without_the_time_trap_half_as_much_is_taken(post, form):
    for number in range(2):
        assert post(subject=f"Number {number}").status_code == 200
    assert post(subject="Number 3").status_code == 429  # of one address
    for number in range(2):
        assert post(email=f"a{number}@customer.example").status_code == 200
    assert post(email="b@customer.example").status_code == 429  # from one place


def test_a_script_gets_the_number_or_what_is_wrong(post, visitor, form):
    taken = post(accept="application/json")
    wrong = post(accept="application/json", email="olha")
    refused = post("https://evil.example", accept="application/json")

    assert (taken.status_code, taken.json()) == (201, {"number": Ticket.objects.get().number})
    assert (wrong.status_code, wrong.json()) == (
        422,
        {"errors": {"email": ["Enter a valid email address."]}},
    )
    assert refused.status_code == 403
    assert list(refused.json()["errors"]) == ["__all__"]
    for answer in (taken, wrong):
        assert answer.headers["Access-Control-Allow-Origin"] == SHOP
        assert "Origin" in answer.headers["Vary"]
        assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (json.dumps(TYPED), 201),
        (json.dumps(TYPED | {"subject": "half a letter \ud83d"}), 201),
        ('{"email": ', 422),
        ("[1, 2]", 422),
        ("[" * 100_000, 422),
        (json.dumps(TYPED | {"email": ["olha@customer.example"]}), 422),
        (b"\xff\xfe\x00", 422),
    ],
)
def test_json_is_taken_where_it_holds_texts(visitor, form, body, status):
    answer = visitor.post(
        form.get_absolute_url(),
        body,
        content_type="application/json",
        headers={"Origin": SHOP, "Accept": "application/json"},
    )

    assert answer.status_code == status
    assert Ticket.objects.count() == (status == 201)


@pytest.mark.parametrize(("origin", "allowed"), [(SHOP, True), ("https://evil.example", False)])
def test_a_browser_that_asks_first_hears_who_may_post(visitor, form, origin, allowed):
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }

    answer = visitor.options(form.get_absolute_url(), headers=asked)

    assert answer.status_code == 204
    assert answer.get("Access-Control-Allow-Origin") == (SHOP if allowed else None)
    assert answer.get("Access-Control-Allow-Methods") == ("POST" if allowed else None)


def test_a_script_may_not_fetch_a_stamp_across_sites(visitor, form):
    answer = visitor.get(form.get_absolute_url(), headers={"Origin": SHOP})

    assert "Access-Control-Allow-Origin" not in answer.headers
