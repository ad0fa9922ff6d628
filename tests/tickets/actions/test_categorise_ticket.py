"""Saying what it is about."""

import pytest
from django.core.exceptions import PermissionDenied

from departments.models import Category, Service
from tickets.actions import categorise_ticket
from tickets.models import Event


@pytest.fixture
def invoices(hosting):
    return Category.objects.create(
        slug="invoices", name={"uk": "Рахунки", "en": "Invoices"}, department=hosting
    )


def test_category_and_service_are_set_and_the_department_stays(ticket, invoices, ada, billing):
    service = Service.objects.create(slug="vps", name={"en": "VPS"})

    categorise_ticket(ticket, category=invoices, service=service, by=ada)

    ticket.refresh_from_db()
    assert (ticket.category, ticket.service) == (invoices, service)
    assert ticket.department == billing


def test_the_history_keeps_the_name_in_every_language(ticket, invoices, ada):
    categorise_ticket(ticket, category=invoices, service=None, by=ada)

    event = ticket.events.get(kind=Event.Kind.CATEGORISED)
    assert event.details["category"] == {"uk": "Рахунки", "en": "Invoices"}
    assert event.words["category"] == "Invoices"


def test_the_same_again_is_no_line(ticket, ada):
    categorise_ticket(ticket, category=None, service=None, by=ada)

    assert not ticket.events.filter(kind=Event.Kind.CATEGORISED).exists()


@pytest.mark.parametrize("who", ["carla", "mallory", "linus", "bo"])
def test_strangers_may_not(ticket, invoices, who, request):
    with pytest.raises(PermissionDenied):
        categorise_ticket(ticket, category=invoices, service=None, by=request.getfixturevalue(who))
