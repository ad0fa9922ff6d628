"""The link in a letter: one ticket for who types the mailed code, and not a thing more."""

import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from departments.actions import join_department, retire_agent, welcome_customer
from helpdesk.lib import passes
from tests.tickets.test_attachments import picture
from tickets import actions
from tickets.attachments import IncomingFile
from tickets.links import (
    TICKET_VALID_DAYS,
    TicketClaim,
    read_ticket_token,
    ticket_link,
    ticket_token,
)
from tickets.models import Message, Rating, Ticket, Upload

CODE = re.compile(r"^ {4}(\S+)$", re.M)


def link_to(ticket, reader) -> str:
    return reverse("portal:door", args=[ticket_token(ticket, reader)])


def code_in(outbox) -> str:
    return CODE.search(outbox[-1].body)[1]


def page_of(ticket) -> str:
    return f"/tickets/{ticket.number}/"


def hidden_in(page: str) -> dict[str, str]:
    """Where a form of signing in says to go on."""
    form = re.search(r'<form class="form".*?</form>', page, re.S)[0]
    found = re.findall(r'name="(next)" value="([^"]*)"', form)
    return {name: unescape(value) for name, value in found}


@pytest.fixture
def come_in(mailoutbox):
    """`come_in(ticket, carla)`: a browser in which the link was opened and the code typed."""

    def walk(ticket, reader) -> Client:
        client, link = Client(), link_to(ticket, reader)
        typed = client.post(link).url
        assert client.post(typed, {"code": code_in(mailoutbox)}).url == page_of(ticket)
        return client

    return walk


def test_the_link_leads_to_a_door_that_opens_by_a_mailed_code(client, ticket, carla, mailoutbox):
    link = link_to(ticket, carla)
    door = client.get(link)
    assert "c…@customer.example" in door.text
    assert carla.email not in door.text
    assert ticket.subject not in door.text

    typing = client.post(link).url
    assert mailoutbox[-1].to == [carla.email]
    assert client.get(typing).status_code == 200
    opened = client.post(typing, {"code": code_in(mailoutbox).lower().replace("-", " ")})

    assert opened.url == page_of(ticket)
    assert ticket.subject in client.get(opened.url).text


def test_programs_that_open_every_link_change_nothing(client, ticket, carla, mailoutbox):
    for path in (link_to(ticket, carla), f"{link_to(ticket, carla)}code/"):
        client.get(path)
        client.head(path)

    assert mailoutbox == []
    assert client.get(page_of(ticket)).url.startswith("/account/login/")


def test_the_door_speaks_the_language_of_the_letter_and_so_do_the_pages_behind(
    client, ticket, carla, come_in
):
    assert client.get(link_to(ticket, carla)).headers["Content-Language"] == "uk"

    guest = come_in(ticket, carla)

    assert guest.get(page_of(ticket)).headers["Content-Language"] == "uk"


def test_a_guest_does_with_the_ticket_what_its_customer_does(ticket, carla, ada, come_in):
    answer = actions.reply_to_ticket(ticket, by=ada, body="Ось рахунок")
    guest, page = come_in(ticket, carla), page_of(ticket)

    guest.post(f"{page}answers/", {"body": "Дякую"})
    guest.post(f"{page}messages/{answer.pk}/rating/", {"score": "5"})
    guest.post(f"{page}solution/")
    guest.post(f"{page}rating/", {"score": "4"})
    assert "Дякую" in guest.get(page).text
    ticket.refresh_from_db()
    assert ticket.status == "solved"
    guest.post(f"{page}reopening/")

    ticket.refresh_from_db()
    assert ticket.status == "open"
    said = Message.objects.get(text="Дякую")
    assert (said.author, said.from_customer) == (carla, True)
    assert set(Rating.objects.values_list("customer", "score")) == {(carla.pk, 5), (carla.pk, 4)}


def test_a_guest_opens_the_files_of_the_ticket_and_no_others(ticket, carla, come_in):
    actions.reply_to_ticket(ticket, by=carla, body="x", files=[IncomingFile("a.png", picture())])
    other = actions.open_ticket(
        customer=carla, by=carla, subject="Інше", body="x", files=[IncomingFile("b.png", picture())]
    )
    guest = come_in(ticket, carla)

    here, there = (one.messages.last().attachments.get() for one in (ticket, other))
    for end in ("", "small/"):
        assert guest.get(f"/files/{here.token}/{end}").status_code == 200
        assert guest.get(f"/files/{there.token}/{end}").status_code == 404


def test_a_guest_sends_files_ahead_for_the_ticket_and_for_no_other(ticket, carla, come_in):
    other = actions.open_ticket(customer=carla, by=carla, subject="Other", body="Other")
    log = actions.upload_file(IncomingFile("a.txt", b"a", "text/plain"), by=carla, ticket=other)
    guest = come_in(ticket, carla)
    shot = {"file": SimpleUploadedFile("shot.png", picture())}

    came = guest.post(f"/files/?ticket={ticket.number}", shot)

    assert came.status_code == 201
    assert guest.get(f"{came.json()['url']}small/").status_code == 200
    assert guest.post("/files/", shot).status_code == 404
    assert guest.post(f"/files/?ticket={other.number}", shot).status_code == 404
    for end in ("", "small/"):
        assert guest.get(f"/files/{log.token}/{end}").status_code == 404
    assert guest.post(f"/files/{log.token}/removal/").status_code == 404
    guest.post(f"{page_of(ticket)}answers/", {"body": "", "uploads": came.json()["token"]})
    assert ticket.messages.latest("pk").attachments.get().name == "shot.png"
    assert Upload.objects.get() == log


@pytest.mark.parametrize("path", ["/", "/account/", "/account/email/", "/tickets/new/", "/home/"])
def test_the_list_the_profile_and_the_rest_stay_shut(ticket, carla, come_in, path):
    guest = come_in(ticket, carla)

    assert guest.get(path).url.startswith("/account/login/")


def test_another_ticket_of_the_same_customer_stays_shut(ticket, carla, ada, come_in):
    other = actions.open_ticket(customer=carla, by=carla, subject="Інше", body="x")
    answer = actions.reply_to_ticket(other, by=ada, body="Так")
    guest = come_in(ticket, carla)

    assert guest.get(page_of(other)).url.startswith("/account/login/")
    assert guest.post(f"{page_of(other)}answers/", {"body": "x"}).url.startswith("/account/login/")
    rated = guest.post(f"{page_of(ticket)}messages/{answer.pk}/rating/", {"score": "1"})
    assert rated.status_code == 404


def test_signed_in_people_who_see_the_ticket_come_to_it_at_once(
    ticket, carla, ada, linus, mallory, enter
):
    link = link_to(ticket, carla)

    assert enter(carla).get(link).url == page_of(ticket)
    assert enter(ada).get(link).url == f"/agent/tickets/{ticket.number}/"
    for stranger in (mallory, linus):
        page = enter(stranger).get(link)
        assert page.status_code == 403
        assert "c…@customer.example" in page.text
        assert ticket.subject not in page.text


def test_a_pass_is_worth_nothing_to_who_signs_in_as_somebody_else(
    ticket, carla, mallory, come_in, mailoutbox
):
    guest = come_in(ticket, carla)
    guest.post("/account/login/code/", {"email": mallory.email})
    guest.post("/account/login/code/confirm/", {"code": code_in(mailoutbox)})

    assert guest.get(page_of(ticket)).status_code == 404


@pytest.mark.parametrize("how", ["works here", "administers", "second factor"])
def test_who_works_here_or_has_a_second_factor_signs_in_as_always(
    client, ticket, carla, hosting, how
):
    if how == "works here":
        join_department(carla, hosting)
    elif how == "administers":
        carla.is_staff = True
        carla.save()
    else:
        Authenticator.objects.create(user=carla, type="totp", data={})
    link = link_to(ticket, carla)

    for answer in (client.get(link), client.post(link)):
        assert answer.url == f"/account/login/?next={page_of(ticket)}"


def test_a_guest_who_comes_to_work_here_or_leaves_is_out_at_once(ticket, carla, hosting, come_in):
    guest = come_in(ticket, carla)
    assert guest.get(page_of(ticket)).status_code == 200

    join_department(carla, hosting)
    assert guest.get(page_of(ticket)).status_code == 302
    carla.memberships.all().delete()
    retire_agent(carla)
    assert guest.get(page_of(ticket)).status_code == 302


def test_a_guest_at_an_address_that_was_mistyped_is_out_when_it_goes(
    ticket, carla, ada, root, come_in
):
    carla.email = "carla@hom.example"
    carla.save()
    guest, page = come_in(ticket, carla), page_of(ticket)
    home = actions.add_address(carla, address="carla@home.example", by=ada)
    actions.vouch_for_address(home, by=root)
    actions.choose_main_address(carla, address="carla@home.example", by=ada)
    assert guest.get(page).status_code == 200

    actions.remove_address(EmailAddress.objects.get(email="carla@hom.example"), by=ada)

    assert guest.get(page).status_code == 302


def test_a_pass_ends_after_some_hours_and_gives_the_typed_text_back(
    ticket, carla, come_in, mailoutbox
):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        guest, page = come_in(ticket, carla), page_of(ticket)
        clock.shift(timedelta(seconds=passes.LASTS + 1))

        turned_away = guest.post(f"{page}answers/", {"body": "Номер договору 4711"})

        assert turned_away.url == f"/account/login/?next={page}"
        assert "Номер договору 4711" not in Message.objects.values_list("text", flat=True)
        clock.shift(timedelta(seconds=60))
        typing = guest.post(link_to(ticket, carla)).url
        guest.post(typing, {"code": code_in(mailoutbox)})
        assert "Номер договору 4711" in guest.get(page).text


def test_three_wrong_codes_are_the_end_of_a_code(client, ticket, carla, mailoutbox):
    link = link_to(ticket, carla)
    typing = client.post(link).url
    answers = [client.post(typing, {"code": "WRONG"}) for _n in range(3)]
    assert [one.status_code for one in answers] == [422, 422, 302]

    assert client.post(typing, {"code": code_in(mailoutbox)}).url == link
    assert client.get(page_of(ticket)).url.startswith("/account/login/")


def test_a_code_dies_after_a_quarter_of_an_hour(client, ticket, carla, mailoutbox):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        typing = client.post(link_to(ticket, carla)).url
        clock.shift(timedelta(minutes=16))
        client.post(typing, {"code": code_in(mailoutbox)})

        assert client.get(page_of(ticket)).url.startswith("/account/login/")


def test_a_code_for_one_ticket_or_browser_opens_no_other(client, ticket, carla, mailoutbox):
    other = actions.open_ticket(customer=carla, by=carla, subject="Інше", body="x")
    client.post(link_to(ticket, carla))
    code = code_in(mailoutbox)
    another_browser = Client()
    for browser, wanted in ((client, other), (another_browser, ticket)):
        link = link_to(wanted, carla)

        assert browser.post(f"{link}code/", {"code": code}).url == link
        assert browser.get(page_of(wanted)).url.startswith("/account/login/")


def test_codes_are_not_mailed_without_end(ticket, carla, mailoutbox):
    answers = [Client().post(link_to(ticket, carla)) for _n in range(5)]

    assert [one.status_code for one in answers] == [302, 302, 302, 429, 429]
    assert 'id="refusal"' in answers[-1].text
    assert len(mailoutbox) == 3


@pytest.mark.parametrize("how", ["changed", "old", "made up", "no part"])
def test_a_link_that_is_over_says_so_and_offers_a_code(client, ticket, carla, mallory, how):
    link, later = link_to(ticket, carla), timedelta()
    if how == "changed":
        link = link[:-3] + ("AA/" if not link.endswith("AA/") else "BB/")
    elif how == "old":
        later = timedelta(days=TICKET_VALID_DAYS, seconds=1)
    elif how == "made up":
        link = "/links/whatever/"
    else:
        link = link_to(ticket, mallory)
    with time_machine.travel(timezone.now() + later):
        page = client.get(link)

    assert page.status_code == 404
    assert "no longer valid" in page.text
    assert f'action="{reverse("account_request_login_code")}"' in page.text
    wanted = "/" if how in {"changed", "made up"} else page_of(ticket)
    assert f'name="next" value="{wanted}"' in page.text


def test_a_ticket_that_was_merged_opens_where_it_goes_on(ticket, carla, ada, come_in):
    other = actions.open_ticket(customer=carla, by=carla, subject="Те саме", body="Ще раз")
    guest = come_in(ticket, carla)
    actions.merge_tickets(ticket, into=other, by=ada)

    assert guest.get(page_of(ticket), follow=True).redirect_chain[-1][0] == page_of(other)
    assert Client().get(link_to(ticket, carla)).status_code == 200


def test_a_guest_goes_on_in_the_ticket_that_follows(ticket, carla, ada, come_in):
    actions.close_ticket(ticket, by=ada)
    Ticket.objects.update(closed_at=timezone.now() - timedelta(days=400))
    guest = come_in(ticket, carla)

    answer = guest.post(f"{page_of(ticket)}answers/", {"body": "Знову"})

    assert answer.url != page_of(ticket)
    assert "Знову" in guest.get(answer.url).text


def test_letters_carry_the_link_of_their_reader(ticket, carla, ada, settings):
    actions.reply_to_ticket(ticket, by=ada, body="Ось")
    [letter] = ticket.letters_out.filter(kind="replied")

    token = re.search(r"/links/([^/]+)/", letter.text)[1]
    assert read_ticket_token(token) == TicketClaim(ticket.pk, carla.pk, is_old=False)
    assert ticket_link(ticket, carla).startswith(f"{settings.DESK_URL}/links/")


def test_who_is_in_copy_comes_from_the_others_link_by_their_own_code(
    client, ticket, carla, ada, mailoutbox
):
    olena = welcome_customer("olena@customer.example", name="Olena")
    actions.follow_ticket(ticket, who=olena, by=ada, in_copy=True)

    door = client.get(link_to(ticket, carla)).text
    sign_in = unescape(re.search(r'href="(/account/login/code/[^"]*)"', door)[1])
    asked = client.get(sign_in)
    typing = client.post(sign_in, {"email": olena.email, **hidden_in(asked.text)})
    code = hidden_in(client.get(typing.url).text) | {"code": code_in(mailoutbox)}
    opened = client.post("/account/login/code/confirm/", code)

    assert mailoutbox[-1].to == [olena.email]
    assert opened.url == page_of(ticket)
    assert ticket.subject in client.get(opened.url).text
