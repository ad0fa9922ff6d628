"""Who hears of what."""

import pytest

from departments.models import Reason, Way
from tickets import actions
from tickets.audience import Letter, acknowledged, audience_of
from tickets.models import Event, Message, Notification


def heard(ticket, kind) -> dict[str, Letter | None]:
    event = Event.objects.filter(ticket=ticket.pk, kind=kind).last()
    return {one.user.email.partition("@")[0]: one.letter for one in audience_of(event)}


def test_an_answer_goes_to_the_customer_and_everybody_in_copy(ticket, ada, mallory):
    actions.follow_ticket(ticket, who=mallory, by=ada, in_copy=True)
    actions.reply_to_ticket(ticket, by=ada, body="Here")

    assert heard(ticket, "replied") == {"carla": Letter.REPLIED, "mallory": Letter.REPLIED}


def test_a_note_rings_bells_and_writes_no_letters(ticket, ada, grace, carla):
    actions.assign_ticket(ticket, to=grace, by=ada)
    actions.add_note(ticket, by=ada, body="Careful")

    assert heard(ticket, "noted") == {"grace": None}


def test_the_assignee_hears_of_the_customers_answer_by_letter(ticket, ada, carla):
    actions.reply_to_ticket(ticket, by=ada, body="Which one?")
    actions.reply_to_ticket(ticket, by=carla, body="October")

    assert heard(ticket, "replied") == {"ada": Letter.TO_AGENT}


def test_what_is_nobodys_rings_the_whole_department(ticket, ada, grace, linus, bo, carla):
    actions.reply_to_ticket(ticket, by=carla, body="One more thing")

    told = Notification.objects.filter(event__kind="replied").values_list("user__name", flat=True)
    assert sorted(told) == ["Ada Kovalenko", "Grace Melnyk"]


def test_the_one_who_did_it_is_not_told(ticket, ada):
    actions.assign_ticket(ticket, to=ada, by=ada)

    assert heard(ticket, "assigned") == {}


def test_an_assignee_who_left_the_department_hears_nothing(ticket, ada, carla):
    actions.assign_ticket(ticket, to=ada, by=None)
    ada.memberships.all().delete()
    actions.reply_to_ticket(ticket, by=carla, body="Hello?")

    assert heard(ticket, "replied") == {}


def test_arrival_is_confirmed_to_people_and_not_to_machines(ticket, carla):
    opened = ticket.events.get(kind=Event.Kind.OPENED)
    assert acknowledged(opened) == carla

    Message.objects.update(is_automatic=True)
    assert acknowledged(ticket.events.get(kind=Event.Kind.OPENED)) is None


def test_whose_work_it_was_hears_of_a_rating_and_leads_of_a_bad_one(ticket, ada, grace, carla):
    answer = actions.reply_to_ticket(ticket, by=ada, body="Here")
    actions.rate_answer(answer, good=True, by=carla)
    assert heard(ticket, "rated") == {"ada": None}

    actions.rate_answer(answer, good=False, by=carla)
    assert heard(ticket, "rated") == {"ada": None, "grace": None}

    actions.solve_ticket(ticket, by=ada)
    for score, people in ((2, {"ada": None, "grace": None}), (3, {"ada": None})):
        actions.rate_ticket(ticket, score=score, by=carla)
        assert heard(ticket, "rated") == people


def reasons(ticket, kind) -> dict[str, str]:
    told = Notification.objects.filter(event__ticket=ticket.pk, event__kind=kind)
    return {one.user.email.partition("@")[0]: one.reason for one in told.select_related("user")}


def test_everybody_is_told_why(ada, grace, carla, root, ticket):
    assert reasons(ticket, "opened") == {"ada": "unassigned", "grace": "unassigned"}

    actions.assign_ticket(ticket, to=ada, by=grace)
    actions.follow_ticket(ticket, who=grace, by=grace)
    actions.reply_to_ticket(ticket, by=carla, body="October")
    actions.add_note(ticket, by=root, body="Careful")

    assert reasons(ticket, "assigned") == {"ada": "assigned"}
    assert reasons(ticket, "replied") == {"ada": "mine", "grace": "followed"}
    assert reasons(ticket, "noted") == {"ada": "followed", "grace": "followed"}


def test_a_silenced_reason_rings_no_bell_and_the_others_do(ticket, ada, grace, carla):
    ada.turn(Reason.MINE, Way.BELL, on=False)
    ada.turn(Reason.ASSIGNED, Way.LETTER, on=False)
    ada.save()
    actions.assign_ticket(ticket, to=ada, by=grace)
    actions.reply_to_ticket(ticket, by=carla, body="October")

    assert heard(ticket, "assigned") == {"ada": None}
    assert heard(ticket, "replied") == {"ada": Letter.TO_AGENT}
    assert reasons(ticket, "replied") == {}


def test_whoever_silenced_everything_is_left_alone(ticket, ada, grace):
    for way in (Way.BELL, Way.LETTER):
        ada.turn(Reason.ASSIGNED, way, on=False)
    ada.save()
    actions.assign_ticket(ticket, to=ada, by=grace)

    assert heard(ticket, "assigned") == {}


@pytest.mark.parametrize("kind", Event.Kind)
def test_every_kind_of_event_can_be_asked_for_its_audience(ticket, kind):
    event = Event(ticket=ticket, kind=kind, message=None)

    assert all(one.letter in {None, *Letter} for one in audience_of(event))
