"""What custom fields say of a ticket."""

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation

from departments.models import Category
from helpdesk.lib.errors import DeskError
from tests.tickets.custom_fields import make
from tickets import actions
from tickets.actions import ChangedMeanwhile, FieldsRefused, reply_to_ticket, set_fields, undo
from tickets.lifecycle import Status
from tickets.models import CannedReply, Event, FieldOption, Ticket


@pytest.fixture
def fields(db):
    make("contract")
    make("amount", "number")
    make("paid_on", "date")
    make("tariff", "choice", options=("small", "large"), name={"en": "Tariff", "uk": "Тариф"})
    make("urgent", "yes_no")


def test_each_kind_is_kept_as_what_it_is(ticket, fields, ada):
    values = {
        "contract": "  4711-Ж ",
        "amount": "1 000,50",
        "paid_on": "2026-11-25",
        "tariff": "large",
        "urgent": "yes",
    }
    set_fields(ticket, values=values, by=ada)

    assert Ticket.objects.get(pk=ticket.pk).fields == {
        "contract": "4711-Ж",
        "amount": 1000.5,
        "paid_on": "2026-11-25",
        "tariff": "large",
        "urgent": True,
    }


def test_the_history_says_it_in_one_sentence_in_the_readers_language(ticket, fields, ada):
    set_fields(ticket, values={"tariff": "small", "amount": 3}, by=ada)
    set_fields(ticket, values={"tariff": "large", "amount": None}, by=ada)
    FieldOption.objects.all().delete()

    event = ticket.events.filter(kind=Event.Kind.FIELDS_SET).last()
    with translation.override("uk"):
        assert event.words["changes"] == [
            {"name": "Amount", "before": "3", "after": ""},
            {"name": "Тариф", "before": "«small»", "after": "«large»"},
        ]


def test_the_same_again_is_no_line(ticket, fields, ada):
    set_fields(ticket, values={"contract": "4711"}, by=ada)
    set_fields(ticket, values={"contract": "4711", "amount": ""}, by=ada)

    assert ticket.events.filter(kind=Event.Kind.FIELDS_SET).count() == 1


WRONG = {
    "contract": [7, "x" * 501, ["a"]],
    "amount": ["a few", "1e9", "1" * 16, "1234567890.1234567", "NaN", True, {}],
    "paid_on": ["25.11.2026", "2026-02-30", 20261125, []],
    "tariff": ["huge", "Small", 1, [], {}],
    "urgent": ["perhaps", 2, {}],
    "nothing": ["x"],
    "words__contains": ["x"],
}


@pytest.mark.parametrize(
    ("slug", "value"), [(slug, value) for slug, values in WRONG.items() for value in values]
)
def test_what_does_not_fit_is_refused_with_a_sentence_and_nothing_is_set(
    ticket, fields, ada, slug, value
):
    with pytest.raises(FieldsRefused) as refusal:
        set_fields(ticket, values={"contract": "4711", slug: value}, by=ada)

    assert set(refusal.value.problems) == {slug}
    assert str(refusal.value).endswith(refusal.value.problems[slug])
    assert Ticket.objects.get(pk=ticket.pk).fields == {}


def test_bytes_that_the_database_cannot_keep_are_left_out(ticket, fields, ada):
    set_fields(ticket, values={"contract": "47\x00\ud80011"}, by=ada)

    assert Ticket.objects.get(pk=ticket.pk).fields == {"contract": "4711"}


def test_only_fields_of_the_department_and_category_may_be_set(ticket, ada, billing, hosting):
    topic = Category.objects.create(slug="bills", name={"en": "Bills"}, department=billing)
    make("domain", departments=(hosting,))
    make("invoice", departments=(billing, hosting), categories=(topic,))

    for slug in ("domain", "invoice"):
        with pytest.raises(FieldsRefused, match="no such field"):
            set_fields(ticket, values={slug: "x"}, by=ada)

    actions.categorise_ticket(ticket, category=topic, service=None, by=ada)
    set_fields(ticket, values={"invoice": "x"}, by=ada)
    assert Ticket.objects.get(pk=ticket.pk).fields == {"invoice": "x"}


def test_a_value_stays_when_the_ticket_moves_and_when_the_field_is_switched_off(
    ticket, root, ada, billing, hosting
):
    field = make("invoice", departments=(billing,))
    set_fields(ticket, values={"invoice": "x"}, by=ada)
    actions.move_ticket(ticket, to=hosting, by=root)
    field.is_active = False
    field.save()

    assert Ticket.objects.get(pk=ticket.pk).fields == {"invoice": "x"}
    with pytest.raises(FieldsRefused):
        set_fields(ticket, values={"invoice": "y"}, by=root)


def test_an_answer_that_is_no_longer_offered_is_refused(ticket, fields, ada):
    FieldOption.objects.filter(key="small").update(is_active=False)

    with pytest.raises(FieldsRefused, match="Choose one"):
        set_fields(ticket, values={"tariff": "small"}, by=ada)


def test_it_is_undone_while_it_stands(ticket, fields, ada, grace):
    set_fields(ticket, values={"contract": "1", "amount": 5}, by=ada)
    set_fields(ticket, values={"contract": "2", "urgent": True}, by=ada)
    event = ticket.events.filter(kind=Event.Kind.FIELDS_SET).last()

    set_fields(ticket, values={"amount": 6}, by=grace)  # another field is no hindrance
    undo(event, by=ada)

    assert Ticket.objects.get(pk=ticket.pk).fields == {"contract": "1", "amount": 6}
    with pytest.raises(ChangedMeanwhile):
        undo(ticket.events.filter(kind=Event.Kind.FIELDS_SET).first(), by=ada)


def test_a_macro_sets_the_fields_that_the_ticket_has(ticket, fields, ada, hosting):
    make("domain", departments=(hosting,))
    FieldOption.objects.filter(key="small").update(is_active=False)
    canned = CannedReply.objects.create(
        title="Paid", sets_fields={"amount": 12, "domain": "desk.example", "tariff": "small"}
    )
    reply_to_ticket(ticket, by=ada, body="Thank you.", canned=[canned])

    assert Ticket.objects.get(pk=ticket.pk).fields == {"amount": 12}
    assert ticket.events.get(kind=Event.Kind.FIELDS_SET).actor == ada


@pytest.fixture
def required(billing, hosting):
    make("root_cause", required=True, departments=(billing,), name={"en": "Root cause"})
    make("domain", required=True, departments=(hosting,))
    make("old", required=True, is_active=False)


def test_no_agent_solves_while_a_required_field_says_nothing(ticket, required, ada):
    for solve in (
        lambda: actions.solve_ticket(ticket, by=ada),
        lambda: reply_to_ticket(ticket, by=ada, body="Done.", then=Status.SOLVED),
    ):
        with pytest.raises(DeskError, match="fill these fields: Root cause"):
            solve()
    assert Ticket.objects.get(pk=ticket.pk).status == Status.NEW
    assert ticket.messages.count() == 1

    set_fields(ticket, values={"root_cause": "Printer"}, by=ada)
    actions.solve_ticket(ticket, by=ada)


def test_a_macro_may_fill_what_solving_requires(ticket, required, ada):
    canned = CannedReply.objects.create(
        title="Printer", sets_fields={"root_cause": "Printer"}, sets_status=Status.SOLVED
    )
    reply_to_ticket(ticket, by=ada, body="Done.", canned=[canned])

    assert Ticket.objects.get(pk=ticket.pk).status == Status.SOLVED


def test_the_customer_solves_without_them(ticket, required, carla):
    actions.solve_ticket(ticket, by=carla)

    assert Ticket.objects.get(pk=ticket.pk).status == Status.SOLVED


@pytest.mark.parametrize("who", ["carla", "mallory", "linus", "bo"])
def test_strangers_may_not(ticket, fields, who, request):
    with pytest.raises(PermissionDenied):
        set_fields(ticket, values={"contract": "mine"}, by=request.getfixturevalue(who))

    assert Ticket.objects.get(pk=ticket.pk).fields == {}
