"""One polite reminder to say how it went."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from departments.actions import choose_notice, join_department, note_returned_mail
from departments.models import DeskSettings, Notice, User
from tickets import actions, escalation, tasks
from tickets.actions import ask_for_rating
from tickets.lifecycle import Status
from tickets.models import Delivery, Event, Follower, Ticket


@pytest.fixture
def solved(ticket, ada):
    """Answered and solved by Ada."""
    actions.reply_to_ticket(ticket, by=ada, body="Here it is.")
    return actions.solve_ticket(ticket, by=ada)


def sweep(*, days: float) -> int:
    """The clock, so many days from now; how many customers it asks."""
    with time_machine.travel(timezone.now() + timedelta(days=days)):
        return escalation.ask_due()


def asked(ticket) -> int:
    return ticket.events.filter(kind=Event.Kind.RATING_ASKED).count()


def test_the_customer_is_asked_once_after_the_desks_days(solved, carla):
    assert sweep(days=2.9) == 0

    with time_machine.travel(timezone.now() + timedelta(days=3.1)):
        tasks.ask_for_ratings()
        tasks.ask_for_ratings()

    event = solved.events.get(kind=Event.Kind.RATING_ASKED)
    assert (event.actor, event.details["who"]) == (None, "Carla Bondar")
    assert sweep(days=300) == 0


def test_administrators_choose_the_days_or_none(ticket, ada, solved, carla):
    DeskSettings(rating_reminder_days=0).save()
    assert sweep(days=4) == 0

    other = actions.open_ticket(customer=carla, by=carla, subject="Other", body="Other")
    actions.reply_to_ticket(other, by=ada, body="Here", then=Status.SOLVED)
    DeskSettings(rating_reminder_days=10).save()
    assert sweep(days=400) == 0  # it was solved while nobody was to be asked

    actions.reopen_ticket(other, by=ada)
    actions.solve_ticket(other, by=ada)
    assert (sweep(days=9.9), sweep(days=10.1)) == (0, 1)


def test_it_is_not_asked_too_early_whoever_asks(solved, mallory):
    assert ask_for_rating(solved, by=None) is False
    with pytest.raises(PermissionDenied):
        ask_for_rating(solved, by=mallory)
    assert asked(solved) == 0


@pytest.mark.parametrize("what", ["answer", "ticket"])
def test_who_has_rated_is_left_in_peace(solved, carla, ada, what):
    if what == "ticket":
        actions.rate_ticket(solved, score=4, by=carla)
    else:
        actions.rate_answer(solved.messages.get(from_customer=False), good=True, by=carla)

    assert Ticket.objects.get().ask_rating_at is None
    assert sweep(days=4) == 0


def test_a_rating_before_it_was_solved_counts_as_well(ticket, carla, ada):
    answer = actions.reply_to_ticket(ticket, by=ada, body="Here it is.")
    actions.rate_answer(answer, good=False, by=carla)
    actions.solve_ticket(ticket, by=ada)

    assert sweep(days=4) == 0


def test_nobody_is_asked_about_what_goes_on_or_is_no_matter_of_theirs(ticket, solved, carla, ada):
    other = actions.open_ticket(customer=carla, by=carla, subject="Other", body="Other")
    for turn in (
        lambda: actions.reply_to_ticket(solved, by=carla, body="It is not."),
        lambda: actions.merge_tickets(solved, into=other, by=ada),
    ):
        turn()
        assert Ticket.objects.get(pk=solved.pk).ask_rating_at is None
        if Ticket.objects.get(pk=solved.pk).status == Status.OPEN:
            actions.solve_ticket(solved, by=ada)
    actions.mark_as_spam(other, by=ada)

    assert sweep(days=4) == 0


def test_without_an_answer_of_a_person_there_is_nothing_to_ask_about(ticket, ada, carla):
    actions.solve_ticket(ticket, by=ada)
    on_behalf = actions.open_ticket(customer=carla, by=ada, subject="Maintenance", body="Tonight")
    actions.solve_ticket(on_behalf, by=ada)

    assert sweep(days=4) == 0


def test_closing_does_not_make_us_forget_but_closing_alone_asks_nobody(ticket, solved, ada, carla):
    other = actions.open_ticket(customer=carla, by=carla, subject="Other", body="Other")
    actions.reply_to_ticket(other, by=ada, body="Here")
    for one in (solved, other):
        actions.close_ticket(one, by=ada)

    assert sweep(days=4) == 1
    assert (asked(solved), asked(other)) == (1, 0)


def test_who_stopped_such_letters_is_not_asked(solved, carla):
    choose_notice(carla, Notice.RATING, wanted=False)

    assert sweep(days=4) == 0
    assert asked(solved) == 0


def test_who_cannot_be_reached_is_not_asked(solved, carla):
    note_returned_mail(carla)

    assert sweep(days=4) == 0


def test_who_did_not_get_the_answer_is_not_asked_how_it_was(solved, carla):
    answer = solved.messages.get(from_customer=False)
    actions.note_delivery(answer, address=carla.email, state=Delivery.State.FAILED)

    assert sweep(days=4) == 0


def test_a_customer_of_many_solved_tickets_is_asked_about_one_in_a_week(solved, carla, ada):
    for number in range(3):
        one = actions.open_ticket(customer=carla, by=carla, subject=f"{number}", body="Other")
        actions.reply_to_ticket(one, by=ada, body="Here", then=Status.SOLVED)

    assert sweep(days=4) == 1
    assert asked(solved) == 1

    with time_machine.travel(timezone.now() + timedelta(days=12)):
        later = actions.open_ticket(customer=carla, by=carla, subject="Later", body="Other")
        actions.reply_to_ticket(later, by=ada, body="Here", then=Status.SOLVED)
    assert sweep(days=16) == 1


def test_a_ticket_is_asked_about_once_however_often_it_is_solved(solved, carla, ada):
    assert sweep(days=4) == 1
    with time_machine.travel(timezone.now() + timedelta(days=20)):
        actions.reply_to_ticket(solved, by=carla, body="Again")
        actions.reply_to_ticket(solved, by=ada, body="Here", then=Status.SOLVED)

    assert sweep(days=30) == 0


def test_whoever_gets_our_letters_instead_of_the_customer_is_asked(solved, mallory, carla):
    Follower.objects.create(ticket=solved, user=mallory, in_copy=True, stands_in=True)

    assert sweep(days=4) == 1
    assert solved.events.get(kind=Event.Kind.RATING_ASKED).details["who"] == "Mallory"


def test_agents_are_not_asked_about_their_own_department(ticket, ada, grace, hosting, carla):
    for department, answers in ((ticket.department, 0), (hosting, 1)):
        one = actions.open_ticket(
            customer=ada, by=ada, subject="Mine", body="Mine", department=department
        )
        other = User.objects.create_user(f"one@{department.slug}.example")
        join_department(other, department)
        actions.reply_to_ticket(one, by=other, body="Here", then=Status.SOLVED)

        assert sweep(days=4) == answers


@pytest.mark.parametrize("back", ["reopened", "solved by mistake"])
def test_what_is_undone_asks_as_if_it_had_not_been_done(solved, ada, back):
    when = Ticket.objects.get().ask_rating_at
    if back == "reopened":
        actions.reopen_ticket(solved, by=ada)
        expected = when
    else:
        expected = None
    actions.undo(solved.events.exclude(kind=Event.Kind.UNDONE).last(), by=ada)

    assert Ticket.objects.get().ask_rating_at == expected


def test_a_reply_taken_back_leaves_the_question_where_it_was(ticket, solved, ada, settings):
    settings.DESK_UNDO_SECONDS = 10
    when = Ticket.objects.get().ask_rating_at
    again = actions.reply_to_ticket(solved, by=ada, body="One more", then=Status.OPEN)
    assert Ticket.objects.get().ask_rating_at is None

    actions.take_back_reply(again, by=ada)

    assert Ticket.objects.get().ask_rating_at == when


def test_the_clock_asks_one_question_where_nobody_is_due(solved, django_assert_num_queries, carla):
    with django_assert_num_queries(1):
        escalation.ask_due()


def test_nobody_can_choose_days_on_which_nothing_can_be_rated(solved):
    with pytest.raises(ValidationError, match="At most 29"):
        DeskSettings(rating_reminder_days=30).full_clean()

    last_day = DeskSettings(rating_reminder_days=29)
    last_day.full_clean()
    last_day.save()
    actions.reopen_ticket(solved, by=None)
    actions.solve_ticket(solved, by=None)
    assert sweep(days=29.1) == 1
