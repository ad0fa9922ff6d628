"""What a macro does is one step, and one step takes it back."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from tickets import actions
from tickets.actions import ChangedMeanwhile, apply_macro, undo
from tickets.lifecycle import Status
from tickets.models import CannedReply, CannedUse, Event, Message, Tag


def macro(**fields):
    tags = {name: fields.pop(name, []) for name in ("adds_tags", "removes_tags")}
    made = CannedReply.objects.create(title="Refund", **fields)
    for name, words in tags.items():
        getattr(made, name).set([Tag.objects.get_or_create(name=word)[0] for word in words])
    return made


def state(ticket):
    ticket.refresh_from_db()
    return {
        "status": ticket.status,
        "waiting_since": ticket.waiting_since,
        "priority": ticket.priority,
        "assignee": ticket.assignee,
        "department": ticket.department_id,
        "tags": sorted(ticket.tags.values_list("name", flat=True)),
        "notes": ticket.messages.kept().filter(kind=Message.Kind.NOTE).count(),
    }


def test_all_of_it_is_done_and_all_of_it_is_undone(ticket, ada, grace):
    actions.tag_ticket(ticket, add=["late"], by=ada)
    before = state(ticket)
    refund = macro(
        sets_status="on_hold",
        holds_for_days=3,
        sets_priority=4,
        assigns="person",
        assigns_to=grace,
        adds_tags=["money"],
        removes_tags=["late"],
        adds_note="Call {customer.name} on {ticket.number}",
    )

    event = apply_macro(ticket, macro=refund, by=ada)

    after = state(ticket)
    assert (after["status"], after["priority"]) == (Status.ON_HOLD, 4)
    assert (after["assignee"], after["tags"]) == (grace, ["money"])
    assert abs(ticket.hold_until - timezone.now() - timedelta(days=3)) < timedelta(minutes=1)
    note = ticket.messages.latest("pk")
    assert (note.kind, note.author) == (Message.Kind.NOTE, ada)
    assert note.text == f"Call Carla Bondar on #{ticket.number}"
    assert event.kind == Event.Kind.MACRO

    undo(event, by=ada)

    assert state(ticket) == before


@pytest.mark.parametrize("status", ["open", "pending", "solved"])
def test_statuses_are_set_by_their_own_verbs(ticket, ada, status):
    actions.hold_ticket(ticket, until=timezone.now() + timedelta(days=1), by=ada)

    apply_macro(ticket, macro=macro(sets_status=status), by=ada)

    assert state(ticket)["status"] == status


def test_a_move_comes_last_and_is_undone_by_who_moved_it(ticket, ada, hosting, billing):
    away = macro(sets_priority=3, moves_to=hosting)

    event = apply_macro(ticket, macro=away, by=ada)
    assert state(ticket)["department"] == hosting.pk

    undo(event, by=ada)
    assert (state(ticket)["department"], ticket.priority) == (billing.pk, 2)


def test_the_draft_of_a_note_stays(ticket, ada):
    actions.save_draft(ticket, by=ada, kind=Message.Kind.NOTE, text="Half a note")

    apply_macro(ticket, macro=macro(adds_note="Whole"), by=ada)

    assert ticket.drafts.get().text == "Half a note"


def test_what_was_so_already_leaves_no_line(ticket, ada):
    assert apply_macro(ticket, macro=macro(sets_priority=2), by=ada) is None
    assert not ticket.events.filter(kind=Event.Kind.MACRO).exists()


def test_one_act_that_is_not_possible_stops_all(ticket, ada, linus):
    wrong = macro(sets_priority=4, adds_note="x", assigns="person", assigns_to=linus)
    before = state(ticket)

    with pytest.raises(actions.NotAmongAgents):
        apply_macro(ticket, macro=wrong, by=ada)

    assert state(ticket) == before
    wrong.refresh_from_db()
    assert wrong.used == 0


def test_undoing_is_refused_once_it_was_changed_again(ticket, ada, grace):
    event = apply_macro(ticket, macro=macro(sets_priority=4, assigns="me"), by=ada)
    actions.set_priority(ticket, priority=1, by=grace)

    with pytest.raises(ChangedMeanwhile):
        undo(event, by=ada)

    assert (state(ticket)["priority"], ticket.assignee) == (1, ada)


def test_what_was_undone_by_itself_is_not_undone_again(ticket, ada):
    event = apply_macro(ticket, macro=macro(sets_priority=4, assigns="me"), by=ada)
    undo(ticket.events.get(kind=Event.Kind.PRIORITISED), by=ada)

    undo(event, by=ada)

    assert (state(ticket)["priority"], ticket.assignee) == (2, None)


def test_its_use_is_counted_by_whom(ticket, ada, grace):
    urgent = macro(sets_priority=4)
    for by in (ada, grace, ada):
        apply_macro(ticket, macro=urgent, by=by)

    urgent.refresh_from_db()
    assert urgent.used == 3
    assert urgent.last_used_at is not None
    assert CannedUse.objects.get(canned=urgent, user=ada).times == 2


def test_a_text_alone_does_nothing(ticket, ada):
    with pytest.raises(actions.NothingSaid.__base__, match="only a text"):
        apply_macro(ticket, macro=macro(body={"en": "x"}), by=ada)


def test_one_of_another_department_is_not_theirs_to_use(ticket, ada, hosting):
    with pytest.raises(PermissionDenied):
        apply_macro(ticket, macro=macro(sets_priority=4, department=hosting), by=ada)


@pytest.mark.parametrize("who", ["linus", "carla", "bo"])
def test_strangers_apply_nothing(ticket, who, request):
    with pytest.raises(PermissionDenied):
        apply_macro(ticket, macro=macro(sets_priority=4), by=request.getfixturevalue(who))


def test_with_an_answer_the_hold_begins_behind_it(ticket, ada):
    rest = macro(body={"en": "x"}, sets_status="on_hold", holds_for_days=2, sets_priority=1)

    message = actions.reply_to_ticket(ticket, by=ada, body="Next week", canned=[rest])

    assert (state(ticket)["status"], ticket.priority) == (Status.ON_HOLD, 1)
    assert ticket.events.get(kind=Event.Kind.MACRO).message == message


def test_an_answer_taken_back_takes_the_macro_back(ticket, ada, settings):
    settings.DESK_UNDO_SECONDS = 60
    before = state(ticket)
    rest = macro(
        body={"en": "x"},
        sets_status="on_hold",
        holds_for_days=2,
        sets_priority=1,
        adds_note="Asked",
        adds_tags=["money"],
    )
    message = actions.reply_to_ticket(ticket, by=ada, body="Next week", canned=[rest])

    actions.take_back_reply(message, by=ada)

    now = state(ticket)
    assert now.pop("assignee") == ada
    before.pop("assignee")
    assert now == before
