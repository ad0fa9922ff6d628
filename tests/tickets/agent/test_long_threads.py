"""Long histories: folded in the middle, opened where one wants, at the same cost."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tickets import actions
from tickets.agent.outline import FIRST, LAST, MOST_NEW
from tickets.agent.thread import lines_between, thread_of
from tickets.models import Event, Message, Notification

LONG = 60


def page(ticket, name="ticket"):
    return reverse(f"agent:{name}", args=[ticket.number])


@pytest.fixture
def grow(ticket, carla):
    """Carla's ticket with more letters of hers, a minute apart, and a change after each of them:
    `grow(60)`; gives the messages."""
    ticket.messages.update(created_at=timezone.now() - timedelta(days=30))
    ticket.events.update(at=timezone.now() - timedelta(days=30))

    def letters(count):
        began = timezone.now() - timedelta(days=20)
        made = Message.objects.bulk_create(
            Message(
                ticket=ticket,
                author=carla,
                from_customer=True,
                text=f"Letter {number}.",
                html=f"<p>Letter {number}.</p>",
                created_at=began + timedelta(minutes=number),
            )
            for number in range(count)
        )
        Event.objects.bulk_create(
            Event(
                ticket=ticket,
                kind=Event.Kind.PRIORITISED,
                details={"before": 2, "after": 3},
                at=message.created_at + timedelta(seconds=1),
            )
            for message in made
        )
        return made

    return letters


def said(lines):
    return [line.message.text for line in lines if line.message]


def folds(lines):
    return [(line.fold.messages, line.fold.events) for line in lines if line.fold]


def test_a_short_history_is_whole(ticket, ada, grow):
    grow(7)

    assert folds(thread_of(ticket, [], ada).lines) == []


def test_of_a_long_one_both_ends_stand_and_the_middle_is_counted(ticket, ada, grow):
    grow(LONG)

    lines = thread_of(ticket, [], ada).lines

    assert len(lines) == FIRST + 1 + LAST
    assert lines[FIRST].fold is not None
    assert said(lines)[-1] == f"Letter {LONG - 1}."
    shown = [line for line in lines if not line.fold]
    (hidden,) = folds(lines)
    assert hidden[0] == LONG + 1 - sum(line.message is not None for line in shown)
    assert hidden[1] == LONG - sum(line.event is not None for line in shown)


def test_the_fold_opens_to_exactly_what_it_hid(ticket, ada, grow, enter):
    grow(LONG)
    folded, whole = thread_of(ticket, [], ada).lines, thread_of(ticket, [], ada, whole=True).lines
    fold = next(line.fold for line in folded if line.fold)

    hidden = lines_between(ticket, [], ada, after=fold.first, before=fold.last)

    at = folded.index(next(line for line in folded if line.fold))
    assert said([*folded[:at], *hidden, *folded[at + 1 :]]) == said(whole)
    assert len(folded) - 1 + len(hidden) == len(whole) == 2 * LONG + 1
    part = enter(ada).get(page(ticket, "lines"), {"after": fold.first, "before": fold.last})
    assert part.content.decode().count("<article") == fold.messages


@pytest.mark.parametrize("name", ["", "m", "m1", "e99999", "x4", "m" + "9" * 30, "m٤"])
def test_a_fold_of_another_history_opens_to_nothing(ticket, ada, grow, name):
    last = grow(LONG)[-1]

    assert lines_between(ticket, [], ada, after=name, before=f"m{last.pk}") == []


def test_without_a_script_the_whole_stands_behind_the_link(ticket, ada, grow, enter):
    grow(LONG)
    browser = enter(ada)

    assert 'href="?all=1"' in browser.get(page(ticket)).content.decode()
    text = browser.get(page(ticket), {"all": "1"}).content.decode()
    assert text.count("<article") == LONG + 1
    assert "data-fold" not in text


def test_after_an_act_what_was_opened_stays_open(ticket, ada, grow, enter):
    grow(LONG)
    address = {"HX-Request": "true", "HX-Current-URL": f"http://desk{page(ticket)}?all=1#reply"}

    text = enter(ada).get(page(ticket), headers=address).content.decode()

    assert text.count("<article") == LONG + 1


def test_a_link_to_a_folded_message_opens_what_stands_around_it(ticket, ada, grow, enter):
    messages = grow(LONG)
    wanted = messages[LONG // 2]

    lines = thread_of(ticket, [], ada, around=wanted.pk).lines

    whole = said(thread_of(ticket, [], ada, whole=True).lines)
    assert wanted.text in said(lines)
    assert whole[0] in said(lines)
    assert whole[-1] in said(lines)
    assert len(folds(lines)) == 2
    assert len(said(lines)) + sum(hidden for hidden, _events in folds(lines)) == len(whole)
    text = enter(ada).get(page(ticket), {"message": wanted.pk}).content.decode()
    assert f'id="message-{wanted.pk}"' in text


@pytest.mark.parametrize("near", [0, 1, LONG - 1])
def test_near_an_end_there_is_one_fold(ticket, ada, grow, near):
    messages = grow(LONG)

    lines = thread_of(ticket, [], ada, around=messages[near].pk).lines

    assert len(folds(lines)) == 1
    assert messages[near].text in said(lines)


def test_what_the_bell_calls_new_is_not_folded(ticket, ada, grow):
    messages = grow(LONG)
    news = Event.objects.get(at=messages[-20].created_at + timedelta(seconds=1))
    Notification.objects.create(user=ada, event=news)

    lines = thread_of(ticket, [], ada).lines

    assert messages[-19].text in said(lines)
    assert messages[-21].text not in said(lines)


def test_the_first_of_the_messages_that_are_new_is_not_folded(ticket, ada, carla, grow):
    grow(LONG)
    for number in range(LAST + 3):
        actions.reply_to_ticket(ticket, by=carla, body=f"News {number}.")
    Notification.objects.filter(user=ada, event__message__text__isnull=True).delete()
    Notification.objects.filter(event=ticket.events.order_by("at").first()).delete()

    lines = thread_of(ticket, [], ada).lines

    assert said(lines)[-LAST - 3 :] == [f"News {number}." for number in range(LAST + 3)]


def test_of_very_many_new_lines_only_the_newest_stand(ticket, ada, grow):
    grow(LONG)
    Notification.objects.create(user=ada, event=ticket.events.order_by("at").first())

    assert len(thread_of(ticket, [], ada).lines) == FIRST + 1 + MOST_NEW


def test_what_was_merged_is_counted_as_well(ticket, carla, ada, grow):
    other = actions.open_ticket(customer=carla, by=carla, subject="Twice", body="Same")
    grow(LONG)
    Message.objects.filter(ticket=ticket, text="Letter 30.").update(ticket=other)
    actions.merge_tickets(other, into=ticket, by=ada)

    lines = thread_of(ticket, [other.pk], ada).lines

    ((messages, _events),) = folds(lines)
    assert messages + len(said(lines)) == LONG + 2


def test_the_newest_message_is_known_even_if_it_stands_in_the_middle(ticket, carla, ada, grow):
    grow(LONG)
    late = actions.reply_to_ticket(ticket, by=carla, body="Held up on its way")
    Message.objects.filter(pk=late.pk).update(created_at=timezone.now() - timedelta(days=20))

    assert thread_of(ticket, [], ada).newest == late.pk


def test_the_newest_message_stands_on_top_for_who_wants_it_so(ticket, ada, grow, enter):
    grow(LONG)
    browser = enter(ada)

    answer = browser.post(page(ticket, "reading"), {"newest_first": "1"}, follow=True)

    text = answer.content.decode()
    assert text.index('id="composer"') < text.index('id="news"') < text.index('id="thread"')
    assert text.index(f"Letter {LONG - 1}.") < text.index("Номер договору 4711")
    ada.refresh_from_db()
    assert ada.newest_first
    browser.post(page(ticket, "reading"), {"newest_first": "0"})
    ada.refresh_from_db()
    assert not ada.newest_first


def test_events_are_hidden_except_the_one_that_may_be_undone(ticket, ada, grow, enter):
    grow(LONG)
    actions.set_priority(ticket, priority=4, by=ada)
    browser = enter(ada)

    answer = browser.post(page(ticket, "reading"), {"hides_events": "1"}, follow=True)

    ada.refresh_from_db()
    lines = thread_of(ticket, [], ada, whole=True).lines
    assert [line.can_undo for line in lines if line.event] == [True]
    assert answer.content.decode().count("data-key-undo") == 1


def test_how_one_reads_is_ones_own(ticket, ada, grace, enter):
    enter(ada).post(page(ticket, "reading"), {"hides_events": "1", "is_superuser": "1"})

    ada.refresh_from_db()
    grace.refresh_from_db()
    assert (ada.hides_events, ada.is_superuser, grace.hides_events) == (True, False, False)


def test_the_cost_does_not_grow_with_the_history(ticket, ada, grow, enter):
    browser = enter(ada)
    cost = {}
    for count, more in ((20, 20), (100, 80), (1000, 900)):
        grow(more)
        with CaptureQueriesContext(connection) as asked:
            answer = browser.get(page(ticket))
        cost[count] = len(asked), len(answer.content)

    assert cost[1000][0] <= cost[20][0] <= 15
    assert cost[1000][1] < cost[20][1] * 1.1
    assert cost[100][1] < 100_000
