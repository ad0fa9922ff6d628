"""How a ticket begins."""

import pytest
from django.core.exceptions import PermissionDenied

from departments.models import Category, Department
from helpdesk.lib.errors import DeskError
from tickets.actions import open_ticket
from tickets.attachments import IncomingFile
from tickets.lifecycle import Status
from tickets.models import Event, Ticket


def test_a_customers_ticket_is_new_and_nobodys(billing, carla):
    ticket = open_ticket(customer=carla, by=carla, subject="  No\n invoice ", body="Hello")

    assert (ticket.subject, ticket.status, ticket.assignee) == ("No invoice", Status.NEW, None)
    assert ticket.number >= 10001
    assert ticket.language == "uk"
    event = ticket.events.get()
    assert (event.kind, event.actor, event.message) == (
        Event.Kind.OPENED,
        carla,
        ticket.messages.get(),
    )
    assert ticket.messages.get().from_customer


def test_an_agent_writes_it_down_and_has_it(carla, ada):
    ticket = open_ticket(customer=carla, by=ada, subject="Called", body="Carla called.")

    assert (ticket.status, ticket.assignee) == (Status.OPEN, ada)
    assert not ticket.messages.get().from_customer


def test_the_category_knows_the_department(billing, hosting, carla):
    panel = Category.objects.create(slug="panel", name={"en": "Panel"}, department=hosting)

    assert (
        open_ticket(customer=carla, by=carla, subject="a", body="b", category=panel).department
        == hosting
    )
    assert open_ticket(customer=carla, by=carla, subject="a", body="b").department == billing


def test_people_in_copy_hear_of_it_and_the_customer_is_none_of_them(billing, carla, mallory):
    ticket = open_ticket(customer=carla, by=carla, subject="a", body="b", copies=[carla, mallory])

    assert [one.user for one in ticket.followers.all()] == [mallory]


def test_files_are_kept_and_show_on_the_row(billing, carla):
    ticket = open_ticket(
        customer=carla, by=carla, subject="a", body="b", files=[IncomingFile("a.txt", b"x")]
    )

    ticket.refresh_from_db()
    assert ticket.has_files
    assert ticket.messages.get().attachments.get().name == "a.txt"


def test_a_subject_may_be_missing_or_very_long(billing, carla):
    assert open_ticket(customer=carla, by=carla, subject=" ", body="b").subject
    long = open_ticket(customer=carla, by=carla, subject="x" * 900, body="b")
    assert len(long.subject) == 500


@pytest.mark.parametrize("who", ["mallory", "linus", "bo"])
def test_nobody_else_writes_in_a_customers_name(billing, carla, who, request):
    with pytest.raises(PermissionDenied):
        open_ticket(customer=carla, by=request.getfixturevalue(who), subject="a", body="b")

    assert not Ticket.objects.exists()


def test_a_desk_without_departments_says_so(carla):
    Department.objects.all().delete()

    with pytest.raises(DeskError):
        open_ticket(customer=carla, by=carla, subject="a", body="b")
