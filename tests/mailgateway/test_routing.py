"""Which ticket a letter joins, and who may speak there."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from departments.actions import join_department
from departments.models import Membership, Organisation, User
from mailgateway.addresses import (
    answer_subject,
    make_bounce_address,
    make_customer_address,
    make_letter_id,
    make_note_address,
    make_reply_address,
)
from mailgateway.models import InboundEmail, Mailbox, OutboundEmail
from tests.letters import bounce_of, letter
from tickets.actions import (
    close_ticket,
    follow_ticket,
    merge_tickets,
    move_message_out,
    open_ticket,
    reply_to_ticket,
    solve_ticket,
    split_ticket,
)
from tickets.audience import Letter
from tickets.lifecycle import Status
from tickets.models import Event, Message, Notification, Ticket, TicketLink

State = InboundEmail.State
CARLA = "carla@customer.example"
MALLORY = "Mallory <mallory@elsewhere.example>"


@pytest.fixture
def our_id(ticket) -> str:
    return f"<{make_letter_id(ticket.pk, None, 'desk.example')}>"


def test_an_answer_to_our_letter_joins_its_ticket(arrives, ticket, our_id, ada):
    solve_ticket(ticket, by=ada)

    row = arrives(letter("Досі немає.", sender=CARLA, subject="Інше", In_Reply_To=our_id))

    assert (row.state, row.ticket) == (State.REPLY, ticket)
    message = ticket.messages.get(pk=row.message_pk)
    assert message.text == "Досі немає."
    assert message.from_customer
    assert message.why == "our_id"
    assert row.ticket.status == Status.OPEN


def test_the_newest_reference_counts(arrives, ticket, our_id, carla, billing):
    other = open_ticket(customer=carla, by=carla, subject="Other", body="Other")
    newer = f"<{make_letter_id(other.pk, None, 'desk.example')}>"

    row = arrives(letter(sender=CARLA, References=f"{our_id} {newer}"))

    assert row.ticket == other


def test_a_forged_id_opens_a_ticket_of_ones_own(arrives, ticket):
    forged = f"<t{ticket.pk}.m0.00000000.0123456789abcdef@desk.example>"

    row = arrives(letter(sender=CARLA, In_Reply_To=forged))

    assert row.state == State.TICKET
    assert row.ticket != ticket


def test_an_answer_to_the_customers_own_letter_joins_its_ticket(arrives):
    first = arrives(letter(sender=CARLA, letter_id="first@customer.example"))

    row = arrives(letter("Ще одне.", sender=CARLA, In_Reply_To="<first@customer.example>"))

    assert row.ticket == first.ticket
    assert row.ticket.messages.get(pk=row.message_pk).why == "reference"


def test_the_number_in_the_subject_is_enough_for_who_takes_part(arrives, ticket):
    row = arrives(letter(sender=CARLA, subject=f"Re: рахунок [#{ticket.pk}]"))

    assert row.ticket == ticket


def test_a_stranger_who_guesses_a_number_gets_a_ticket_of_their_own(arrives, ticket):
    row = arrives(letter(sender=MALLORY, subject=f"Re: [#{ticket.pk}]"))

    assert row.state == State.TICKET
    assert row.ticket != ticket
    assert ticket.messages.count() == 1


def test_a_stranger_with_a_true_id_is_seen_by_agents_only(arrives, ticket, our_id, carla):
    row = arrives(letter("Hello", sender=MALLORY, In_Reply_To=our_id))

    message = ticket.messages.get(pk=row.message_pk)
    assert row.ticket == ticket
    assert message.is_note
    assert message.warning == "stranger"
    assert not ticket.followers.exists()
    assert message not in ticket.messages.model.objects.readable_by(carla)


def test_people_in_copy_may_answer(arrives, our_id, ticket):
    arrives(letter(sender=CARLA, In_Reply_To=our_id, Cc="olha@customer.example"))

    row = arrives(letter("Я теж.", sender="olha@customer.example", In_Reply_To=our_id))

    assert row.ticket.messages.get(pk=row.message_pk).kind == "reply"


def test_an_answer_to_a_merged_ticket_arrives_where_it_went(arrives, ticket, carla, ada, our_id):
    target = open_ticket(customer=carla, by=carla, subject="The same", body="The same")
    merge_tickets(ticket, into=target, by=ada)

    assert arrives(letter(sender=CARLA, In_Reply_To=our_id)).ticket == target


def test_an_answer_follows_the_message_that_was_split_off(arrives, ticket, ada):
    message = reply_to_ticket(ticket, by=ada, body="Про друге.")
    ours = make_letter_id(ticket.pk, message.pk, "desk.example")
    new = split_ticket(ticket, messages=[message], subject="Друге", by=ada)

    assert arrives(letter(sender=CARLA, In_Reply_To=f"<{ours}>")).ticket == new


def test_an_agents_name_in_from_proves_nothing(arrives, ticket, our_id, ada):
    row = arrives(letter("Send me money", sender="ada@desk.example", In_Reply_To=our_id))

    message = ticket.messages.get(pk=row.message_pk)
    assert message.is_note
    assert message.warning == "claims_agent"


def reply_address(ticket: Ticket, user, today) -> str:
    return make_reply_address("billing@desk.example", ticket=ticket.pk, user=user.pk, today=today)


def test_an_agent_answers_by_mail_with_the_secret_of_the_address(arrives, ticket, ada):
    secret = reply_address(ticket, ada, timezone.localdate())
    text = f"Надсилаємо.\n\n> Answer to {secret}\n> Ada"

    row = arrives(letter(text, sender="Ada <ada@desk.example>", to=secret))

    message = ticket.messages.get(pk=row.message_pk)
    assert (message.kind, message.author, message.from_customer) == ("reply", ada, False)
    assert secret not in message.text + message.html + message.quoted_text + message.quoted_html


@pytest.mark.parametrize("sender", ["linus@desk.example", "mallory@elsewhere.example"])
def test_somebody_elses_secret_is_worth_nothing(arrives, ticket, ada, linus, sender):
    secret = reply_address(ticket, ada, timezone.localdate())

    row = arrives(letter(sender=sender, to=secret))

    assert not ticket.messages.filter(from_customer=False).exists()
    assert row.ticket.messages.get(pk=row.message_pk).from_customer


def test_a_secret_ends_with_its_days_and_with_the_job(arrives, ticket, ada):
    old = reply_address(ticket, ada, timezone.localdate() - timedelta(days=90))
    fresh = reply_address(ticket, ada, timezone.localdate())

    late = arrives(letter(sender="ada@desk.example", to=old))
    Membership.objects.filter(user=ada).delete()
    gone = arrives(letter(sender="ada@desk.example", to=fresh))

    assert not ticket.messages.filter(from_customer=False).exists()
    kept = [ticket.messages.get(pk=row.message_pk) for row in (late, gone)]
    assert [(one.kind, one.warning) for one in kept] == [("note", "expired"), ("note", "stranger")]
    join_department(ada, ticket.department)


def test_an_agent_hears_behind_the_bell_that_nothing_was_sent(arrives, ticket, ada, linus):
    old = timezone.localdate() - timedelta(days=90)
    letters = OutboundEmail.objects.count()

    arrives(letter(sender="ada@desk.example", to=reply_address(ticket, ada, old)))

    told = Notification.objects.filter(event__details__unsent=True)
    assert [one.user for one in told] == [ada]
    assert OutboundEmail.objects.count() == letters


def test_an_agent_writes_a_note_by_mail(arrives, ticket, ada, carla):
    today = timezone.localdate()
    to = make_note_address("billing@desk.example", ticket=ticket.pk, user=ada.pk, today=today)
    letters = OutboundEmail.objects.filter(kind=Letter.REPLIED).count()

    row = arrives(letter(f"Only us. {to}", sender="ada@desk.example", to=to))

    message = ticket.messages.get(pk=row.message_pk)
    assert (message.kind, message.author, message.from_customer) == ("note", ada, False)
    assert message.text == "Only us. billing@desk.example"
    assert message not in Message.objects.readable_by(carla)
    assert OutboundEmail.objects.filter(kind=Letter.REPLIED).count() == letters


def test_an_agent_who_left_is_a_stranger(arrives, ticket, bo):
    row = arrives(
        letter(sender="bo@desk.example", to=reply_address(ticket, bo, timezone.localdate()))
    )

    message = ticket.messages.get(pk=row.message_pk)
    assert (message.kind, message.warning) == ("note", "stranger")
    assert not Notification.objects.filter(user=bo).exists()


def test_the_subject_has_one_re_and_one_number():
    assert answer_subject("AW: Re: [#7] RE[2]: Рахунок", 7) == "Re: Рахунок [#7]"
    assert answer_subject("Re:", 7) == "Re: Re: [#7]"


def test_an_agents_answer_to_a_closed_ticket_is_kept_and_said_not_to_be_sent(arrives, ticket, ada):
    close_ticket(ticket, by=ada)
    secret = reply_address(ticket, ada, timezone.localdate())

    row = arrives(letter("Ще раз.", sender="ada@desk.example", to=secret))

    message = ticket.messages.get(pk=row.message_pk)
    assert (message.is_note, message.warning) == (True, "not_sent")
    assert "closed" in row.reason


def test_a_customer_who_was_switched_off_speaks_as_a_stranger(arrives, ticket, carla, our_id):
    carla.is_active = False
    carla.save()

    row = arrives(letter(sender=CARLA, In_Reply_To=our_id))

    assert ticket.messages.get(pk=row.message_pk).is_note


# Plus-addresses of conversations


def test_an_answer_to_the_conversations_own_address_joins_it(arrives, ticket):
    to = make_customer_address("billing@desk.example", ticket=ticket.pk)

    row = arrives(letter("Ще.", sender=CARLA, to=to))

    message = ticket.messages.get(pk=row.message_pk)
    assert (message.kind, message.why) == ("reply", "reply_address")
    assert to.partition("+")[2].partition("@")[0] not in message.text


def test_knowing_the_conversations_address_lets_nobody_speak(arrives, ticket, carla):
    to = make_customer_address("billing@desk.example", ticket=ticket.pk)

    row = arrives(letter(sender=MALLORY, to=to))

    message = ticket.messages.get(pk=row.message_pk)
    assert (message.kind, message.warning) == ("note", "stranger")
    assert message not in Message.objects.readable_by(carla)


def test_a_bounce_that_says_nothing_is_known_by_where_it_arrives(arrives, ticket, ada):
    reply_to_ticket(ticket, by=ada, body="Готово.")
    sent = OutboundEmail.objects.filter(kind=Letter.REPLIED).get()
    raw = bounce_of("unknown@elsewhere.example", "carla@customer.example")
    home = make_bounce_address("billing@desk.example", letter=sent.pk).encode()

    row = arrives(raw.replace(b"To: billing@desk.example", b"To: " + home))

    assert (row.state, row.ticket) == (State.BOUNCE, ticket)


# Earlier letters that we know, and those that we never saw


def test_two_answers_to_a_letter_we_never_saw_are_one_conversation(arrives):
    unknown = "<began@elsewhere.example>"
    first = arrives(letter(sender=CARLA, In_Reply_To=unknown, Cc="olha@customer.example"))

    row = arrives(letter("Я теж.", sender="olha@customer.example", References=unknown))

    message = Message.objects.get(pk=row.message_pk)
    assert (row.ticket, message.kind, message.why) == (first.ticket, "reply", "sibling")


def test_strangers_who_answer_the_same_newsletter_are_not_put_together(arrives):
    news = "<issue-7@newsletter.example>"
    first = arrives(letter(sender=CARLA, In_Reply_To=news))

    row = arrives(letter(sender=MALLORY, In_Reply_To=news))

    assert row.state == State.TICKET
    assert row.ticket != first.ticket
    assert first.ticket.messages.count() == 1
    assert not TicketLink.objects.exists()


def test_an_old_letter_with_the_same_parent_is_no_sibling(arrives):
    first = arrives(letter(sender=CARLA, In_Reply_To="<began@elsewhere.example>"))
    InboundEmail.objects.update(received_at=timezone.now() - timedelta(days=40))

    row = arrives(letter(sender=CARLA, In_Reply_To="<began@elsewhere.example>"))

    assert row.ticket != first.ticket


def test_a_letter_that_was_overtaken_by_its_answer_joins_it(arrives):
    second = arrives(letter("Second", sender=CARLA, In_Reply_To="<first@customer.example>"))

    row = arrives(letter("First", sender=CARLA, letter_id="first@customer.example"))

    assert row.ticket == second.ticket


def test_a_message_id_that_two_senders_use_joins_each_to_their_own(arrives):
    theirs = arrives(letter("A", sender=MALLORY, letter_id="1@printer.example"))
    mine = arrives(letter("B", sender=CARLA, letter_id="1@printer.example"))
    assert theirs.ticket != mine.ticket

    row = arrives(letter("C", sender=CARLA, In_Reply_To="<1@printer.example>"))

    assert row.ticket == mine.ticket
    assert Message.objects.get(pk=row.message_pk).kind == "reply"


# The number in the subject


def test_a_strangers_ticket_is_linked_to_the_one_it_names(arrives, ticket, mallory, enter):
    row = arrives(letter("Mine!", sender=MALLORY, subject=f"Re: [#{ticket.pk}]"))

    link = TicketLink.objects.get()
    assert (link.source, link.target) == (row.ticket, ticket)
    assert row.ticket.messages.get().why == "others_number"
    page = enter(mallory).get(reverse("portal:ticket", args=[row.ticket.pk])).content.decode()
    assert "Mine!" in page
    assert ticket.subject not in page
    letters = OutboundEmail.objects.filter(recipient=mallory.email)
    assert not any(ticket.subject in one.subject + one.text for one in letters)


def test_agents_of_another_department_do_not_read_the_subject_it_names(arrives, ticket, hosting):
    theirs = Mailbox.objects.create(name="Hosting", address="h@desk.example", department=hosting)

    row = arrives(letter(sender=MALLORY, to="h@desk.example", subject=f"[#{ticket.pk}]"), at=theirs)

    linked = row.ticket.events.get(kind=Event.Kind.LINKED)
    assert (linked.details["to"], linked.details["subject"]) == (ticket.pk, "")


def test_a_colleague_who_names_the_number_is_proposed(arrives, ticket, carla):
    together = Organisation.objects.create(name="Customer", domains=["customer.example"])
    User.objects.filter(pk=carla.pk).update(organisation=together)

    row = arrives(letter(sender="olha@customer.example", subject=f"[#{ticket.pk}]"))

    message = ticket.messages.get(pk=row.message_pk)
    assert (message.kind, message.warning, message.why) == ("note", "stranger", "subject")


def test_a_forged_customer_lets_nobody_in_by_cc(arrives, ticket, mallory):
    """The number and the customer's address are easily known."""
    forged = letter(sender=CARLA, subject=f"[#{ticket.pk}]", Cc="mallory@elsewhere.example")

    row = arrives(forged)

    assert row.ticket == ticket
    assert not ticket.followers.exists()
    assert not Ticket.objects.visible_to(mallory).exists()
    message = ticket.messages.get(pk=row.message_pk)
    assert message.reading["copies"] == ["mallory@elsewhere.example"]


def test_a_known_message_id_lets_nobody_in_by_cc(arrives, mallory):
    first = arrives(letter(sender=CARLA, letter_id="first@customer.example"))

    arrives(
        letter(sender=CARLA, In_Reply_To="<first@customer.example>", Cc="mallory@elsewhere.example")
    )

    assert first.ticket.messages.count() == 2
    assert not first.ticket.followers.exists()


# Agents whom a trusted server proves


PASSED = "mx.desk.example; dmarc=pass header.from=desk.example"


@pytest.fixture
def trusting(mailbox):
    mailbox.trusted_authserv_ids = "mx.desk.example"
    mailbox.save()
    return mailbox


def test_an_agent_answers_without_a_secret_where_a_trusted_server_proves_them(
    arrives, ticket, our_id, ada, trusting
):
    raw = letter("Готово.", sender="ada@desk.example", In_Reply_To=our_id)

    row = arrives(f"Authentication-Results: {PASSED}\r\n".encode() + raw)

    message = ticket.messages.get(pk=row.message_pk)
    assert (message.kind, message.author, message.from_customer) == ("reply", ada, False)
    assert message.warning == ""


@pytest.mark.parametrize("trusted", ["", "mx.other.example"])
def test_a_server_that_nobody_trusts_proves_nothing(arrives, ticket, our_id, ada, mailbox, trusted):
    mailbox.trusted_authserv_ids = trusted
    mailbox.save()
    raw = letter(sender="ada@desk.example", In_Reply_To=our_id)

    row = arrives(f"Authentication-Results: {PASSED}\r\n".encode() + raw)

    assert ticket.messages.get(pk=row.message_pk).warning == "claims_agent"


def test_a_form_on_our_own_domain_is_no_proof_of_whom_it_names(
    arrives, ticket, our_id, ada, trusting
):
    raw = letter(sender="billing@desk.example", Reply_To="ada@desk.example", In_Reply_To=our_id)

    row = arrives(f"Authentication-Results: {PASSED}\r\n".encode() + raw)

    message = ticket.messages.get(pk=row.message_pk)
    assert (message.kind, message.warning) == ("note", "claims_agent")


def test_a_letter_that_the_domain_disowns_carries_a_warning(
    arrives, ticket, our_id, trusting, mallory
):
    failed = "mx.desk.example; dmarc=fail header.from=customer.example"
    raw = letter(sender=CARLA, In_Reply_To=our_id, Cc="mallory@elsewhere.example")

    row = arrives(f"Authentication-Results: {failed}\r\n".encode() + raw)

    assert ticket.messages.get(pk=row.message_pk).warning == "disowned"
    assert not ticket.followers.exists()


FORWARDED = """She wrote to me.

---------- Forwarded message ---------
From: Carla Bondar <carla@customer.example>
Date: Mon, 23 Nov 2026 at 10:00
Subject: No invoice
To: Ada <ada@desk.example>

Where is my invoice?
"""


def test_an_agent_passes_on_a_customers_letter(arrives, ada, carla, trusting):
    raw = letter(FORWARDED, sender="ada@desk.example", subject="Fwd: No invoice")

    row = arrives(f"Authentication-Results: {PASSED}\r\n".encode() + raw)

    ticket = row.ticket
    said, note = ticket.messages.order_by("id")
    assert (ticket.customer, ticket.subject, said.author) == (carla, "No invoice", carla)
    assert (said.text, said.why) == ("Where is my invoice?", "forwarded")
    assert said.reading["forwarded_by"] == str(ada)
    assert (note.kind, note.author, note.text) == ("note", ada, "She wrote to me.")
    assert [one.user for one in ticket.followers.all()] == [ada]
    assert row.message_pk == said.pk


def test_a_customers_letter_may_be_attached(arrives, ada, carla, trusting):
    inner = letter("Where is my invoice?", subject="No invoice", sender=CARLA)
    raw = letter(
        "She wrote to me.",
        sender="ada@desk.example",
        subject="Fwd: No invoice",
        files=[("No invoice.eml", "message/rfc822", inner)],
    )

    row = arrives(f"Authentication-Results: {PASSED}\r\n".encode() + raw)

    assert (row.ticket.customer, row.ticket.subject) == (carla, "No invoice")
    assert row.ticket.messages.order_by("id")[0].text == "Where is my invoice?"


def test_who_only_claims_to_be_an_agent_passes_nothing_on(arrives, ada, trusting):
    row = arrives(letter(FORWARDED, sender="ada@desk.example", subject="Fwd: No invoice"))

    message = row.ticket.messages.get()
    assert row.ticket.customer == ada
    assert message.warning == "claims_agent"
    assert not User.objects.filter(email="carla@customer.example").exists()


# New topics, moved messages, mailboxes of ours


def test_a_new_subject_in_an_old_conversation_is_marked_once(arrives, ticket, our_id):
    other = letter("І ще.", sender=CARLA, subject="Мій домен", In_Reply_To=our_id)
    more = letter("Отож.", sender=CARLA, subject="Re: мій домен", In_Reply_To=our_id)

    rows = [arrives(other), arrives(more)]

    first, second = (ticket.messages.get(pk=row.message_pk) for row in rows)
    assert (first.warning, first.reading["subject"]) == ("new_subject", "Мій домен")
    assert second.warning == ""


@pytest.mark.parametrize(
    "subject", ["Відп: Не прийшов рахунок за жовтень [#1]", "FW: [EXT] не прийшов рахунок", ""]
)
def test_prefixes_and_tags_are_no_new_subject(arrives, ticket, our_id, subject):
    row = arrives(letter(sender=CARLA, subject=subject, In_Reply_To=our_id))

    assert ticket.messages.get(pk=row.message_pk).warning == ""


def test_answers_follow_a_message_that_was_moved_out(arrives, ticket, our_id, ada):
    moved = arrives(
        letter("Інше.", sender=CARLA, letter_id="moved@customer.example", In_Reply_To=our_id)
    )
    move_message_out(Message.objects.get(pk=moved.message_pk), by=ada)

    row = arrives(letter("Ще.", sender=CARLA, In_Reply_To="<moved@customer.example>"))

    assert row.ticket != ticket
    moved.refresh_from_db()
    assert moved.ticket == row.ticket


def test_one_mailbox_writes_to_another(arrives, ticket, ada, hosting, mailbox):
    """Billing answers a ticket that Hosting opened by mail: that is a letter for Hosting."""
    theirs = Mailbox.objects.create(name="Hosting", address="h@desk.example", department=hosting)
    asked = arrives(letter("Please pay.", sender="h@desk.example"))
    answer = make_letter_id(asked.ticket.pk, None, "desk.example")

    row = arrives(
        letter("Paid.", sender="billing@desk.example", to="h@desk.example", letter_id=answer),
        at=theirs,
    )

    assert row.state == State.TICKET
    assert row.ticket.department == hosting

    again = letter(
        "Thanks.",
        sender="h@desk.example",
        letter_id=make_letter_id(row.ticket.pk, None, "desk.example"),
        In_Reply_To=f"<{answer}>",
    )
    back = arrives(again)

    assert back.ticket == asked.ticket
    assert Message.objects.get(pk=back.message_pk).kind == "reply"


def test_who_takes_part_in_one_of_several_named_tickets_speaks_there(arrives, ticket, our_id, ada):
    other = open_ticket(customer=ada, by=ada, subject="Other", body="x", department=None)
    follow_ticket(ticket, who=User.objects.create_user("o@x.example"), by=ada, in_copy=True)
    first = f"<{make_letter_id(other.pk, None, 'desk.example')}>"

    row = arrives(letter(sender="o@x.example", References=our_id, In_Reply_To=first))

    assert row.ticket == ticket
