"""One act on many tickets."""

import pytest
from django.core.exceptions import PermissionDenied

from departments.actions import retire_agent
from helpdesk.lib.errors import DeskError
from tests.tickets.custom_fields import make
from tickets import actions, bulk
from tickets.lifecycle import Priority, Status
from tickets.models import BulkItem, BulkJob, CannedReply, Event, Message, Ticket

State = BulkItem.State


@pytest.fixture
def tickets(billing, carla) -> list[Ticket]:
    return [
        actions.open_ticket(customer=carla, by=carla, subject=f"Invoice {number}", body="Where?")
        for number in range(5)
    ]


def numbers(tickets) -> list[int]:
    return [ticket.pk for ticket in tickets]


def priorities(tickets) -> list[int]:
    found = Ticket.objects.filter(pk__in=numbers(tickets))
    return list(found.order_by("pk").values_list("priority", flat=True))


def started(tickets, by, act="priority", **arguments):
    return bulk.start(numbers(tickets), act=act, arguments=arguments or {"priority": 4}, by=by)


def test_each_ticket_gets_its_own_line_of_history_by_the_agent(tickets, ada):
    job = started(tickets, ada)

    assert not bulk.run(job.pk)

    assert priorities(tickets) == [Priority.URGENT] * 5
    assert Event.objects.filter(kind=Event.Kind.PRIORITISED, actor=ada).count() == 5
    assert bulk.tally(job) == {State.DONE: 5}


def test_many_are_done_slice_by_slice_and_none_twice(tickets, ada):
    job = started(tickets, ada)

    assert bulk.run(job.pk, most=2)
    assert bulk.tally(job) == {State.DONE: 2, State.WAITING: 3}
    assert bulk.due() == [job.pk]
    assert bulk.run(job.pk, most=2)
    assert not bulk.run(job.pk, most=2)
    assert not bulk.run(job.pk, most=2)

    assert Event.objects.filter(kind=Event.Kind.PRIORITISED).count() == 5
    assert bulk.due() == []


def test_who_has_a_job_in_hand_has_it_alone(tickets, ada, monkeypatch):
    job = started(tickets, ada)
    seen = []
    verb = bulk.ACTS["priority"].verb

    def meanwhile(ticket, by, given):
        seen.append(bulk.run(job.pk))
        verb(ticket, by, given)

    monkeypatch.setitem(bulk.ACTS, "priority", bulk.Act("Set priority", meanwhile))
    bulk.run(job.pk)

    assert seen == [False] * 5
    assert Event.objects.filter(kind=Event.Kind.PRIORITISED).count() == 5


def test_what_is_not_possible_is_said_and_stops_no_other(tickets, ada):
    actions.close_ticket(tickets[1], by=ada)
    job = started(tickets, ada, "solve", nothing=None)

    bulk.run(job.pk)

    assert bulk.tally(job) == {State.DONE: 4, State.REFUSED: 1}
    refused = job.items.get(state=State.REFUSED)
    assert refused.ticket == tickets[1]
    assert "closed" in refused.detail


def test_a_ticket_that_breaks_it_stops_no_other(tickets, ada, monkeypatch):
    def breaks(ticket, by, given):
        if ticket.pk == tickets[0].pk:
            raise ZeroDivisionError
        actions.set_priority(ticket, priority=4, by=by)

    monkeypatch.setitem(bulk.ACTS, "priority", bulk.Act("Set priority", breaks))
    job = started(tickets, ada)

    assert not bulk.run(job.pk)

    assert bulk.tally(job) == {State.DONE: 4, State.REFUSED: 1}


def test_undone_it_is_all_as_before(tickets, ada):
    actions.set_priority(tickets[0], priority=Priority.URGENT, by=ada)
    actions.set_priority(tickets[1], priority=Priority.LOW, by=ada)
    before = priorities(tickets)
    job = started(tickets, ada)
    bulk.run(job.pk)

    bulk.undo(job, by=ada)
    assert not bulk.run(job.pk)

    assert priorities(tickets) == before
    assert bulk.tally(job) == {State.UNDONE: 4, State.UNCHANGED: 1}


def test_what_a_colleague_changed_meanwhile_is_kept(tickets, ada, grace):
    job = started(tickets, ada)
    bulk.run(job.pk)
    actions.set_priority(tickets[0], priority=Priority.HIGH, by=grace)

    bulk.undo(job, by=ada)
    bulk.run(job.pk)

    assert priorities(tickets) == [Priority.HIGH] + [Priority.NORMAL] * 4
    assert bulk.tally(job) == {State.UNDONE: 4, State.KEPT: 1}


def test_undone_half_way_the_rest_is_never_done(tickets, ada):
    job = started(tickets, ada)
    bulk.run(job.pk, most=2)

    bulk.undo(job, by=ada)
    bulk.run(job.pk)

    assert priorities(tickets) == [Priority.NORMAL] * 5
    assert bulk.due() == []


def test_a_mistaken_move_to_another_department_comes_back(tickets, ada, hosting):
    job = started(tickets, ada, "move", department=hosting.pk)
    bulk.run(job.pk)
    assert not Ticket.objects.workable_by(ada).exists()

    bulk.undo(job, by=ada)
    bulk.run(job.pk)

    assert Ticket.objects.workable_by(ada).count() == 5


def test_tickets_of_others_are_left_out(tickets, linus, ada):
    with pytest.raises(DeskError, match="Choose"):
        started(tickets, linus)


def test_an_agent_who_left_meanwhile_does_nothing_more(tickets, ada):
    job = started(tickets, ada)
    retire_agent(ada)

    bulk.run(job.pk)

    assert bulk.tally(job) == {State.REFUSED: 5}


def test_a_job_is_undone_by_its_owner_alone(tickets, ada, grace):
    job = started(tickets, ada)

    with pytest.raises(PermissionDenied):
        bulk.undo(job, by=grace)


def test_several_are_merged_into_one(tickets, ada):
    job = started(tickets, ada, "merge", into=tickets[0].pk)

    bulk.run(job.pk)

    assert bulk.tally(job) == {State.DONE: 4, State.UNCHANGED: 1}
    merged = Ticket.objects.filter(merged_into=tickets[0], status=Status.MERGED)
    assert merged.count() == 4


def test_one_field_is_set_on_many_and_refused_where_there_is_none(tickets, ada, root, hosting):
    make("plan", "choice", options=("small",), departments=(tickets[0].department,))
    actions.move_ticket(tickets[1], to=hosting, by=root)
    job = started(tickets, root, "field", field="plan", value="small")

    bulk.run(job.pk)

    assert bulk.tally(job) == {State.DONE: 4, State.REFUSED: 1}
    assert "no such field" in job.items.get(state=State.REFUSED).detail
    assert Ticket.objects.filter(fields={"plan": "small"}).count() == 4
    bulk.undo(job, by=root)
    bulk.run(job.pk)
    assert Ticket.objects.filter(fields={}).count() == 5


def test_a_macro_on_many_is_undone_as_a_whole(tickets, ada, enter):
    macro = CannedReply.objects.create(
        title="Refund", sets_priority=4, sets_status="solved", adds_note="Paid back"
    )
    client, chosen = enter(ada), {"tickets": numbers(tickets)}

    shown = client.post("/agent/bulk/macros/", {**chosen, "back": "/agent/"})
    assert "writes a note: “Paid back”" in shown.content.decode()
    client.post("/agent/bulk/", {**chosen, "act": "macro", "macro": macro.pk})

    job = BulkJob.objects.get()
    assert bulk.tally(job) == {"done": 5}
    assert set(Ticket.objects.values_list("priority", "status")) == {(4, "solved")}

    bulk.undo(job, by=ada)
    bulk.run(job.pk)

    assert bulk.tally(job) == {"undone": 5}
    assert set(Ticket.objects.values_list("priority", "status")) == {(2, "new")}
    assert not Message.objects.kept().filter(kind="note").exists()


def test_a_macro_of_others_is_not_applied_to_many(tickets, ada, grace, enter):
    hers = CannedReply.objects.create(title="Hers", sets_priority=4, owner=grace)
    chosen = {"tickets": numbers(tickets)}

    answer = enter(ada).post("/agent/bulk/", {**chosen, "act": "macro", "macro": hers.pk})

    assert answer.status_code == 422
    assert not BulkJob.objects.exists()
