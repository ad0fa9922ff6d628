"""What a guest has: the tickets that were opened to them, whole, and nothing of other people."""

import pytest
from django.test import Client

from departments.actions import join_department
from tests.tickets.portal.test_door import code_in, link_to, page_of
from tests.tickets.test_attachments import picture
from tickets import actions
from tickets.attachments import IncomingFile

SHOT = IncomingFile("a.png", picture())


@pytest.fixture
def come_in(mailoutbox):
    """`come_in(carla, one, two)`: a browser in which codes opened these tickets to her."""

    def walk(reader, *tickets) -> Client:
        client = Client()
        for ticket in tickets:
            typing = client.post(link_to(ticket, reader)).url
            assert client.post(typing, {"code": code_in(mailoutbox)}).url == page_of(ticket)
        return client

    return walk


@pytest.fixture
def shown(ticket, ada):
    """An answer to Carla with a picture."""
    return actions.reply_to_ticket(ticket, by=ada, body="Ось", files=[SHOT])


def url_of(message) -> str:
    return message.attachments.get().get_absolute_url()


def test_files_of_what_was_merged_into_their_ticket_open_as_well(
    ticket, shown, carla, ada, come_in
):
    other = actions.open_ticket(customer=carla, by=carla, subject="Те саме", body="Ще раз")
    actions.merge_tickets(ticket, into=other, by=ada)

    assert come_in(carla, other).get(url_of(shown)).status_code == 200


def test_two_tickets_are_open_in_one_browser(ticket, shown, carla, come_in):
    other = actions.open_ticket(customer=carla, by=carla, subject="Інше", body="x", files=[SHOT])
    guest = come_in(carla, ticket, other)

    for one in (ticket, other):
        assert guest.get(page_of(one)).status_code == 200
    for message in (shown, other.messages.get()):
        assert guest.get(url_of(message)).status_code == 200


def test_what_others_have_laid_beside_their_ticket_stays_theirs(ticket, carla, ada, come_in):
    laid = actions.upload_file(SHOT, by=ada, ticket=ticket)
    guest = come_in(carla, ticket)

    for end in ("", "small/"):
        assert guest.get(f"{laid.get_absolute_url()}{end}").status_code == 404
    assert guest.post(f"{laid.get_absolute_url()}removal/").status_code == 404
    answer = guest.post(f"{page_of(ticket)}answers/", {"body": "x", "uploads": str(laid.token)})
    assert answer.status_code == 422


def test_a_code_to_one_reader_does_not_open_the_ticket_as_another(
    client, ticket, carla, mallory, ada, mailoutbox
):
    actions.follow_ticket(ticket, who=mallory, by=ada, in_copy=True)
    client.post(link_to(ticket, mallory))
    link = link_to(ticket, carla)

    assert client.post(f"{link}code/", {"code": code_in(mailoutbox)}).url == link
    assert client.get(page_of(ticket)).url.startswith("/account/login/")


def test_who_comes_to_work_here_while_the_code_is_on_its_way_is_no_guest(
    client, ticket, carla, hosting, mailoutbox
):
    link = link_to(ticket, carla)
    typing = client.post(link).url
    join_department(carla, hosting)

    assert client.post(typing, {"code": code_in(mailoutbox)}).url == link
    assert client.get(link).url == f"/account/login/?next={page_of(ticket)}"


def test_who_signs_in_while_a_code_is_waited_for_needs_none(
    client, ticket, carla, mallory, mailoutbox
):
    link = link_to(ticket, carla)
    typing = client.post(link).url
    client.force_login(mallory)

    assert client.post(typing, {"code": code_in(mailoutbox)}).url == link
    assert client.get(page_of(ticket)).status_code == 404


@pytest.mark.parametrize("whose", ["carla", "mallory"])
def test_a_link_to_what_was_merged_leads_to_where_its_reader_may_go_on(
    client, ticket, carla, ada, billing, whose, mailoutbox, request
):
    owner = request.getfixturevalue(whose)
    other = actions.open_ticket(customer=owner, by=owner, subject="Also", body="Also")
    actions.merge_tickets(ticket, into=other, by=ada)
    other.followers.filter(user=carla).delete()  # she left the copy since
    typing = client.post(link_to(ticket, carla)).url

    opened = client.post(typing, {"code": code_in(mailoutbox)}).url

    assert opened == page_of(other if owner == carla else ticket)
    assert client.get(opened).status_code == 200
