"""A session that ended in the middle of a sentence gives the sentence back."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from helpdesk.lib import kept
from helpdesk.middleware import KeptTextMiddleware
from tickets.models import Message, Ticket


def sign_in(client, user):
    client.force_login(user)


def test_a_new_ticket_typed_too_long_waits_behind_the_sign_in(client, carla, billing):
    response = client.post("/tickets/new/", {"subject": "Рахунок", "body": "Довгий опис…"})

    assert response.url == "/account/login/?next=/tickets/new/"
    assert not Ticket.objects.exists()
    sign_in(client, carla)
    page = client.get("/tickets/new/").text
    assert 'value="Рахунок"' in page
    assert "Довгий опис…" in page


def test_it_is_handed_out_once(client, carla, billing):
    client.post("/tickets/new/", {"subject": "Рахунок", "body": "Довгий опис…"})
    sign_in(client, carla)
    client.get("/tickets/new/")

    assert "Довгий опис…" not in client.get("/tickets/new/").text


def test_an_answer_waits_on_the_page_of_its_ticket(client, carla, ticket):
    client.post(f"/tickets/{ticket.number}/answers/", {"body": "Ось номер: 4711"})
    sign_in(client, carla)

    assert "Ось номер: 4711" in client.get(f"/tickets/{ticket.number}/").text
    assert Message.objects.count() == 1


def test_without_a_wanted_page_one_comes_to_the_text(client, carla, ticket, mailoutbox):
    client.post(f"/tickets/{ticket.number}/answers/", {"body": "Ось номер: 4711"})
    client.post("/account/login/code/", {"email": carla.email})
    code = mailoutbox[-1].subject.split()[-1]

    response = client.post("/account/login/code/confirm/", {"code": code})

    assert response.url == f"/tickets/{ticket.number}/"
    assert "Ось номер: 4711" in client.get(response.url).text


def test_somebody_elses_page_does_not_show_it(client, carla, mallory, ticket):
    client.post(f"/tickets/{ticket.number}/answers/", {"body": "Ось номер: 4711"})
    sign_in(client, mallory)

    assert client.get(f"/tickets/{ticket.number}/").status_code == 404
    assert "4711" not in client.get("/").text


def test_after_an_hour_it_is_forgotten(client, carla, billing):
    client.post("/tickets/new/", {"subject": "Рахунок", "body": "Довгий опис…"})
    sign_in(client, carla)

    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert "Довгий опис…" not in client.get("/tickets/new/").text


def test_a_flood_is_not_kept(client, billing):
    client.post("/tickets/new/", {"subject": "x", "body": "x" * (kept.MOST + 1)})

    assert "kept" not in client.session


def test_neither_tokens_nor_passwords_are_kept(client, billing):
    client.post(
        "/tickets/new/",
        {"subject": "x", "csrfmiddlewaretoken": "secret", "old_password": "secret", "files": ""},
    )

    assert client.session["kept"]["typed"] == {"subject": "x"}


@pytest.mark.parametrize(
    ("act", "form"), [("replies", "reply"), ("notes", "note"), ("forwards", "side")]
)
def test_what_an_agent_typed_comes_back_into_the_form_it_was_typed_into(
    client, ada, ticket, act, form
):
    page = f"/agent/tickets/{ticket.number}/"
    said = {"body": "Він знову скаржиться", "to": ["a@shop.example", "b@shop.example"]}
    response = client.post(f"{page}{act}/", said)
    assert response.url == f"/account/login/?next={page}"

    sign_in(client, ada)
    shown = client.get(page)

    filled = {name: shown.context[name]["body"].value() for name in ("reply", "note", "side")}
    assert filled.pop(form) == "Він знову скаржиться"
    assert not any(filled.values())
    assert shown.context["writes"] == form


def test_other_forms_of_strangers_are_not_kept(client, db):
    response = client.post("/tickets/10001/solution/", {"body": "x"})

    assert response.url.startswith("/account/login/")
    assert "kept" not in client.session


def test_a_part_of_a_page_sends_the_whole_page_to_the_sign_in(client, db):
    response = client.post(
        "/agent/tickets/10001/replies/", {"body": "Добрий день!"}, headers={"HX-Request": "true"}
    )

    assert response.status_code == 204
    assert response.headers["HX-Redirect"] == "/account/login/?next=/agent/tickets/10001/"
    response = client.get(
        "/tickets/new/evidence/",
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/tickets/new/?a=b"},
    )
    assert response.headers["HX-Redirect"] == "/account/login/?next=/tickets/new/"


def test_every_form_stands_on_a_page_of_its_own():
    page_of = KeptTextMiddleware(lambda request: None).page_of

    assert page_of("/tickets/10001/answers/") == "/tickets/10001/"
    assert page_of("/tickets/10001/answers/x/") == ""
    assert page_of("/account/login/") == ""


def test_a_stale_form_gives_back_every_text(carla):
    client = Client(enforce_csrf_checks=True)
    client.force_login(carla)

    response = client.post(
        "/tickets/new/",
        {"subject": "Рахунок", "body": "Довгий <b>опис</b>", "password": "secret"},
        headers={"Referer": "http://testserver/tickets/new/"},
    )

    assert response.status_code == 403
    assert "Довгий &lt;b&gt;опис&lt;/b&gt;" in response.text
    assert "secret" not in response.text
    assert 'href="http://testserver/tickets/new/"' in response.text


def test_a_stale_form_leads_to_no_foreign_site(carla):
    client = Client(enforce_csrf_checks=True)

    response = client.post("/tickets/new/", {}, headers={"Referer": "javascript:alert(1)"})

    assert "javascript" not in response.text
