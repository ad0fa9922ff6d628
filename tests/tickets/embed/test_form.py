"""The form in a frame of another site."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from departments.actions import vouch_for
from departments.models import Category, DeskSettings, User
from mailgateway.models import Mailbox, OutboundEmail
from tests.tickets.embed.conftest import SHOP, TYPED
from tests.tickets.portal.test_new_ticket import picture
from tickets.models import EmbeddedForm, FormPost, Ticket


def fields(page: str) -> dict[str, str]:
    """Values of the inputs on a page."""
    found = re.findall(r"<input[^>]*>", page)
    return {
        re.search(r'name="([^"]*)"', one)[1]: (re.search(r'value="([^"]*)"', one) or ["", ""])[1]
        for one in found
    }


def test_a_visitor_writes_and_reads_the_number(send, billing):
    answer = send(files=[picture()])

    ticket = Ticket.objects.get()
    assert answer.status_code == 200
    assert f"<b>{ticket.number}</b>" in answer.text
    assert (ticket.customer.email, ticket.customer.name) == ("olha@customer.example", "Olha")
    assert (ticket.channel, ticket.department, ticket.language) == ("form", billing, "uk")
    assert ticket.messages.get().attachments.get().name == "знімок.png"


def test_nothing_is_left_in_the_browser(visitor, form, send):
    answers = [visitor.get(form.get_absolute_url()), send()]

    assert [one.cookies for one in answers] == [{}, {}]
    assert not visitor.cookies


def test_the_shop_may_frame_it_and_nobody_may_frame_anything_else(visitor, form, send):
    for answer in (visitor.get(form.get_absolute_url()), send(), send(email="")):
        policy = answer.headers["Content-Security-Policy"]
        assert f"frame-ancestors {SHOP} https://blog.example:8443" in policy
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "X-Frame-Options" not in answer.headers
    for path in ("/account/login/", "/embed/nobody-knows-it/"):
        answer = visitor.get(path)
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Frame-Options"] == "DENY"


def test_a_form_that_was_switched_off_is_not_there(visitor, form, send):
    EmbeddedForm.objects.update(is_active=False)

    assert visitor.get(form.get_absolute_url()).status_code == 404
    assert send().status_code == 404


def test_it_asks_for_topics_and_files_only_where_the_administrator_wants_it(
    visitor, form, send, hosting
):
    slow = Category.objects.create(slug="slow", name={"en": "Slow"}, department=hosting)
    Category.objects.create(slug="panel", name={"en": "Panel"}, department=hosting)
    assert "Topic" not in visitor.get(form.get_absolute_url()).text
    form.categories.add(slow)
    EmbeddedForm.objects.update(takes_files=False)

    page = visitor.get(form.get_absolute_url()).text
    answer = send(category="slow", files=[picture()])

    assert "Slow" in page
    assert "Panel" not in page
    assert 'type="file"' not in page
    assert answer.status_code == 200
    ticket = Ticket.objects.get()
    assert (ticket.category, ticket.department, ticket.has_files) == (slow, hosting, False)
    assert send(category="panel", subject="Another").status_code == 422


def test_without_a_topic_it_goes_to_the_department_of_the_form(form, send, hosting):
    EmbeddedForm.objects.update(department=hosting)
    send()
    hosting.is_active = False
    hosting.save()
    send(subject="Another")

    assert [one.department.name for one in Ticket.objects.order_by("pk")] == ["Hosting", "Billing"]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"email": "olha"}, "Enter a valid email address."),
        ({"email": ""}, "This field is required."),
        ({"body": "  "}, "This field is required."),
        ({"subject": "x" * 501}, "at most 500 characters"),
        ({"subject": "A\0B"}, "Null characters are not allowed."),
        ({"body": "https://x.example\nwww.y.example"}, "Say in a sentence what these links are"),
        ({"name": "Win at https://x.example"}, "Write your name without addresses of web pages."),
    ],
)
def test_what_is_wrong_is_said_and_everything_typed_stays(send, wrong, sentence):
    answer = send(**wrong)

    assert answer.status_code == 422
    assert sentence in answer.text
    for name, value in (TYPED | wrong).items():
        assert value.strip().replace("\0", "&#x0;") in answer.text or name in wrong
    assert not Ticket.objects.exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [("photo.png", b"<svg onload=alert(1)>"), ("a.pdf", b"<html>"), ("a.zip", b"PK\x03\x04\0")],
)
def test_files_that_are_not_what_they_say_are_refused_with_the_reason(send, name, content):
    answer = send(files=[SimpleUploadedFile(name, content)])

    assert answer.status_code == 422
    assert f"“{name}” was not taken" in answer.text
    assert TYPED["body"] in answer.text
    assert not User.objects.exists()


def test_what_cannot_be_seen_does_not_get_into_a_name(send):
    send(name="Olha\u202egnp.\u200b exe")

    assert User.objects.get().name == "Olhagnp. exe"


@pytest.mark.parametrize(
    ("own", "query", "accepted", "title"),
    [
        ("", "", "de", "Schreiben Sie uns"),
        ("uk", "?language=ru", "de", "Написати нам"),
        ("", "?language=uk", "de", "Написати нам"),
        ("", "?language=xx", "en", "Write to us"),
    ],
)
def test_it_speaks_its_own_language_or_the_visitors(visitor, form, own, query, accepted, title):
    EmbeddedForm.objects.update(language=own)

    answer = visitor.get(form.get_absolute_url() + query, headers={"Accept-Language": accepted})

    assert title in answer.text
    assert f'<html lang="{answer.headers["Content-Language"]}"' in answer.text


def test_the_administrators_thanks_are_said_in_the_visitors_language(form, send):
    EmbeddedForm.objects.update(thanks={"en": "Tack\n<b>so</b>", "uk": "Дякуємо"})

    assert "Tack<br>&lt;b&gt;so&lt;/b&gt;" in send().text


def test_an_address_that_is_known_already_gains_nothing(send, ticket, carla):
    answer = send(email="Carla@customer.example", name="Mallory")

    carla.refresh_from_db()
    opened = Ticket.objects.exclude(pk=ticket.pk).get()
    assert opened.customer == carla
    assert carla.name == "Carla Bondar"
    assert opened.messages.get().reading == {"form": "Shop", "signed": "Mallory"}
    said = answer.text.replace(str(opened.number), "N")
    assert said == send(email="nobody@customer.example").text.replace(str(opened.number + 1), "N")


def test_an_agents_address_does_not_act_as_the_agent(send, ada):
    send(email=ada.email)

    ticket = Ticket.objects.get()
    message = ticket.messages.get()
    assert (ticket.status, ticket.assignee) == ("new", None)
    assert (message.from_customer, message.warning) == (True, "claims_agent")


def test_agents_read_by_which_form_it_came_and_that_nothing_proves_the_address(send, enter, ada):
    send(email="olha@customer.example")
    number = Ticket.objects.get().number

    page = enter(ada).get(f"/agent/tickets/{number}/").text

    assert "Written in the form “Shop”: nothing proves the address" in page
    assert "by a form on a site" in page


def test_it_is_confirmed_to_the_address_but_nobody_is_flooded_with_confirmations(send, billing):
    Mailbox.objects.create(
        name="B", address="billing@desk.example", department=billing, smtp_host="127.0.0.1"
    )
    for subject in ("One", "Two", "Three"):
        send(subject=subject)

    assert Ticket.objects.count() == 3
    (letter,) = OutboundEmail.objects.filter(kind="received")
    assert letter.recipient == "olha@customer.example"


def test_an_address_of_the_desk_itself_is_refused(send, billing):
    Mailbox.objects.create(name="B", address="billing@desk.example", department=billing)

    answer = send(email="billing@desk.example")

    assert answer.status_code == 422
    assert "billing@desk.example is an address of this desk." in answer.text
    assert not Ticket.objects.exists()
    assert not FormPost.objects.exists()


def test_a_desk_for_people_it_knows_tells_nobody_whom_it_knows(send, carla):
    DeskSettings(writers="known").save()
    vouch_for(carla)

    known, unknown = send(email=carla.email), send(email="olha@customer.example")

    assert known.text == unknown.text
    assert "If we know your address" in known.text
    assert Ticket.objects.get().customer == carla
    assert not User.objects.filter(email="olha@customer.example").exists()


def test_a_desk_without_a_department_says_so_and_keeps_the_text(send, billing):
    billing.is_active = False
    billing.save()

    answer = send()

    assert answer.status_code == 422
    assert "An administrator must make one first." in answer.text
    assert TYPED["body"] in answer.text


def test_whoever_is_signed_in_writes_as_nobody_in_particular(form, send, ada):
    browser = Client()
    browser.force_login(ada)

    send(client=browser)

    assert Ticket.objects.get().customer.email == "olha@customer.example"
