"""The history in one column, and a sentence for everything that can happen."""

import pytest
from django.template.loader import render_to_string
from django.utils import timezone, translation

from tickets import actions
from tickets.agent.thread import news_of, thread_of
from tickets.lifecycle import Status
from tickets.models import Event

SAID = {
    "opened": ({"follows": 10001}, "opened it as a follow-up of #10001"),
    "replied": ({"took": True, "after": "solved"}, "replied and took it, now: Solved"),
    "noted": ({"filed": True}, "A letter of Help desk was filed here"),
    "taken_back": ({}, "took a reply back"),
    "assigned": ({"before": "Ada", "after": "Grace"}, "assigned it to Grace, before: Ada"),
    "moved": ({"before": "Sales", "after": "Hosting", "let_go": ""}, "from Sales to Hosting"),
    "prioritised": ({"before": 2, "after": 4}, "from Normal to Urgent"),
    "tagged": ({"added": ["a", "b"], "removed": []}, "added the tags a, b"),
    "categorised": ({"category": {"en": "Bills"}, "service": {}}, "set the category Bills"),
    "followed": ({"who": "Mallory", "who_id": 1, "in_copy": True}, "added Mallory in copy"),
    "unfollowed": ({"who": "Mallory", "who_id": 1}, "removed Mallory"),
    "solved": ({"before": "open"}, "solved it"),
    "awaited": ({"before": "open"}, "waits for the customer"),
    "article": ({"title": "How to pay"}, "began the article “How to pay” with an answer"),
    "macro": ({"name": "Refund", "did": [1]}, "applied “Refund”"),
    "held": ({"until": "2099-01-05T09:00:00+00:00"}, "on hold until 01/05/2099"),
    "woken": ({}, "The hold is over"),
    "reopened": ({"before": "closed"}, "reopened it, before: Closed"),
    "closed": ({"before": "solved"}, "Closed by itself"),
    "marked_spam": ({"before": "new"}, "marked it as spam"),
    "escalated": (
        {"rule": "Late", "clock": "answer", "due_at": "2026-01-05T09:00:00+00:00"},
        "Escalated by the rule “Late”: an answer was due",
    ),
    "merged": ({"source": 10002, "subject": "Twice"}, "merged #10002 “Twice” into this ticket"),
    "split": ({"into": 10003, "messages": [1]}, "split messages off into #10003"),
    "linked": ({"to": 10004, "subject": "Other"}, "linked it to #10004 “Other”"),
    "unlinked": ({"to": 10004}, "removed the link to #10004"),
    "rated": ({"score": 4, "comment": "Quick"}, "rated the ticket 4 of 5: “Quick”"),
    "rating_asked": ({"who": "Carla"}, "Carla was asked how satisfied they are"),
    "reread": (
        {"charset_before": "windows-1252", "charset": "koi8-u"},
        "read the letter as koi8-u instead of windows-1252",
    ),
    "resent": ({"addresses": ["a@b.example"]}, "sent a reply once more to a@b.example"),
    "corrected": (
        {"before": "a@b.example", "after": "c@d.example"},
        "corrected a reply that did not arrive and sent it to c@d.example instead of a@b.example",
    ),
    "undelivered": ({"address": "a@b.example", "detail": "550"}, "did not reach a@b.example: 550"),
    "undone": ({"what": "split", "into": 10003, "undoes": 1}, "undid: split (#10003)"),
    "admitted": ({"who": "Mallory", "who_id": 1}, "let Mallory take part"),
    "moved_out": ({"source": 10005, "messages": [1]}, "moved a message here from #10005"),
    "fields_set": (
        {
            "changes": [
                {
                    "slug": "paid_on",
                    "name": {"en": "Paid"},
                    "kind": "date",
                    "before": None,
                    "after": "2026-11-25",
                },
                {
                    "slug": "plan",
                    "name": {"en": "Plan"},
                    "kind": "choice",
                    "before": {"en": "Small"},
                    "after": {"en": "Large"},
                },
            ]
        },
        "changed fields: Paid to “Nov. 25, 2026” · Plan from “Small” to “Large”",
    ),
    "renamed": ({"before": "Help", "after": "No invoice"}, "from “Help” to “No invoice”"),
    "united": (
        {"before": "Karla (k@old.example)", "after": "Carla Bondar", "merge": 1},
        "found that Karla (k@old.example) is Carla Bondar",
    ),
    "forwarded": ({"addresses": ["print@shop.example"]}, "forwarded it to print@shop.example"),
    "scheduled": ({"leaves_at": "2099-01-05T09:00:00+00:00"}, "leaves on 01/05/2099"),
    "called_off": ({"reason": "answered"}, "did not leave, for the customer wrote first"),
    "aside": ({"before": "pending"}, "answered us, apart from the customer"),
    "call_asked": (
        {"number": "+380 44 1", "call_at": "2099-01-05T09:00:00+00:00"},
        "noted: call +380 44 1 on 01/05/2099",
    ),
    "call_due": ({"number": "+380 44 1"}, "Time to call +380 44 1"),
    "called": ({"number": "+380 44 1"}, "called +380 44 1"),
    "copied": ({"mailbox": "sales@desk.example"}, "also sent to sales@desk.example"),
}


@pytest.mark.parametrize("kind", Event.Kind.values)
def test_every_kind_has_its_sentence(kind):
    details, words = SAID[kind]
    event = Event(kind=kind, details=details, at=timezone.now())

    with translation.override("en"):
        sentence = render_to_string(event.template, {"event": event})

    assert words in " ".join(sentence.split())


@pytest.mark.parametrize("kind", Event.Kind.values)
def test_a_sentence_without_its_details_breaks_nothing(kind):
    event = Event(kind=kind, details={}, at=timezone.now())

    assert render_to_string(event.template, {"event": event}).strip()


def kinds(lines):
    return ["message" if line.message else line.event.kind for line in lines]


def test_what_a_message_says_already_is_not_said_again(ticket, ada, carla):
    actions.assign_ticket(ticket, to=ada, by=ada)
    actions.reply_to_ticket(ticket, by=ada, body="We look.")
    actions.add_note(ticket, by=ada, body="Hm")
    actions.reply_to_ticket(ticket, by=ada, body="Done.", then=Status.SOLVED)

    lines = thread_of(ticket, [], ada).lines

    assert kinds(lines) == [
        *("message", "assigned", "message", "message", "message", "replied"),
    ]


def test_a_reply_taken_back_leaves_only_the_line_that_says_so(ticket, ada, settings):
    settings.DESK_UNDO_SECONDS = 30
    message = actions.reply_to_ticket(ticket, by=ada, body="Too quick")
    assert thread_of(ticket, [], ada).lines[1].can_take_back
    actions.take_back_reply(message, by=ada)

    assert kinds(thread_of(ticket, [], ada).lines) == ["message", "taken_back"]


def test_what_was_merged_stands_in_the_order_of_time(ticket, carla, mallory, ada):
    other = actions.open_ticket(customer=mallory, by=mallory, subject="Twice", body="Second")
    actions.reply_to_ticket(ticket, by=carla, body="Third")
    actions.merge_tickets(other, into=ticket, by=ada)

    lines = thread_of(ticket, actions.absorbed([ticket.pk]), ada).lines

    assert [line.message.text.splitlines()[0] for line in lines if line.message] == [
        "Добрий день!",
        "Second",
        "Third",
    ]
    assert [line.came_from for line in lines if line.message] == [None, other.pk, None]
    assert kinds(lines).count("merged") == 1


def test_news_leave_out_ones_own(ticket, ada, grace, carla):
    last = ticket.messages.get().pk
    actions.add_note(ticket, by=grace, body="From Grace")
    actions.add_note(ticket, by=ada, body="From Ada")
    actions.file_letter(ticket, author=None, body="A bounce")

    news = news_of(ticket, [], ada, last)

    assert [line.message.text for line in news] == ["From Grace", "A bounce"]
    assert all(line.is_new for line in news)
