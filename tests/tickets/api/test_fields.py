"""Programs read, change and ask for custom fields, and rename tickets."""

import pytest

from departments.models import Category
from tests.tickets.api.test_tickets import program_of
from tests.tickets.custom_fields import make
from tickets import actions
from tickets.models import Event, Ticket


@pytest.fixture
def as_ada(ada):
    return program_of(ada)


@pytest.fixture
def as_carla(carla):
    return program_of(carla)


@pytest.fixture
def fields(billing, hosting):
    topic = Category.objects.create(slug="bills", name={"en": "Bills"}, department=billing)
    make("amount", "number", order=1)
    make("contract", asked_in_portal=True, order=2)
    make("plan", "choice", options=("small",), departments=(billing,), categories=(topic,), order=3)
    make("domain", departments=(hosting,))
    make("old", is_active=False)


def test_the_fields_of_ones_place_are_described(fields, as_ada, as_carla):
    found = as_ada.get("/fields").json()["fields"]

    assert [one["slug"] for one in found] == ["amount", "contract", "plan"]
    assert found[2] == {
        "slug": "plan",
        "kind": "choice",
        "name": "Plan",
        "help": "",
        "options": [{"key": "small", "name": "Small", "active": True}],
        "required": False,
        "asked_in_portal": False,
        "departments": ["billing"],
        "categories": ["bills"],
    }
    assert [one["slug"] for one in as_carla.get("/fields").json()["fields"]] == ["contract"]


def test_values_are_changed_by_the_verb_and_read(ticket, fields, as_ada):
    path = f"/tickets/{ticket.number}"

    changed = as_ada.patch(path, subject="Renamed", fields={"amount": 12.5, "contract": "4711"})

    assert changed.status_code == 200
    assert as_ada.get(path).json()["fields"] == {"amount": 12.5, "contract": "4711"}
    assert as_ada.get(path).json()["subject"] == "Renamed"
    assert as_ada.patch(path, fields={"amount": None}).json()["fields"] == {"contract": "4711"}
    kinds = list(ticket.events.values_list("kind", flat=True))
    assert kinds == ["opened", "renamed", "fields_set", "fields_set"]


def test_a_value_that_does_not_fit_changes_nothing_at_all(ticket, fields, as_ada):
    path = f"/tickets/{ticket.number}"

    refused = as_ada.patch(path, subject="Renamed", fields={"amount": "much", "domain": "x"})

    assert refused.status_code == 422
    assert "Amount: Write a number" in refused.json()["detail"]
    assert "domain: There is no such field" in refused.json()["detail"]
    assert Ticket.objects.get(pk=ticket.pk).subject == ticket.subject
    assert not ticket.events.exclude(kind=Event.Kind.OPENED).exists()
    assert as_ada.patch(path, fields={"amount": [1]}).status_code == 422


def test_customers_change_nothing_and_see_what_they_are_asked_for(
    ticket, fields, ada, as_carla, mallory
):
    actions.set_fields(ticket, values={"amount": 1, "contract": "4711"}, by=ada)
    path = f"/tickets/{ticket.number}"

    assert as_carla.patch(path, fields={"contract": "x"}).status_code == 403
    assert as_carla.get(path).json()["fields"] == {"contract": "4711"}
    assert as_carla.get("/tickets").json()["tickets"][0]["fields"] == {"contract": "4711"}
    assert program_of(mallory).patch(path, fields={"contract": "x"}).status_code == 404


def test_a_ticket_is_opened_with_them(fields, as_ada, as_carla):
    new = {"subject": "x", "text": "y"}

    own = as_carla.post("/tickets", **new, fields={"contract": "4711"})
    assert own.json()["fields"] == {"contract": "4711"}
    assert as_carla.post("/tickets", **new, fields={"amount": 1}).status_code == 422
    new |= {"customer": "carla@customer.example"}
    written = as_ada.post("/tickets", **new, fields={"amount": 1})
    assert written.json()["fields"] == {"amount": 1}


def test_lists_are_narrowed_by_them(ticket, fields, ada, as_ada, as_carla):
    actions.set_fields(ticket, values={"amount": 5, "contract": "4711"}, by=ada)

    def found(program, **query):
        return len(program.get("/tickets", **query).json()["tickets"])

    assert found(as_ada, **{"field.amount__gte": "5"}) == 1
    assert found(as_ada, **{"field.amount__gte": "6"}) == 0
    assert found(as_carla, **{"field.contract": "47"}) == 1
    for program, name in (
        (as_ada, "field.domain"),
        (as_ada, "field.old"),
        (as_ada, "field.amount__contains"),
        (as_carla, "field.amount"),
    ):
        refused = program.get("/tickets", **{name: "1"})
        assert refused.status_code == 422
        assert name in refused.json()["detail"]
