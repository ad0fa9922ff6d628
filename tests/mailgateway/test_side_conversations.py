"""Letters to third parties and theirs to us: the customer hears of neither."""

import pytest
from django.utils import timezone

from departments.actions import welcome_customer
from helpdesk.lib.errors import DeskError
from mailgateway import outbound
from mailgateway.addresses import make_side_address, read_letter_id, read_reply_address
from mailgateway.composing import assemble
from mailgateway.models import InboundEmail, OutboundEmail
from tests.letters import answer, bounce_of, letter
from tickets import actions
from tickets.attachments import IncomingFile
from tickets.lifecycle import Status
from tickets.models import Message, SideConversation, Ticket

pytestmark = pytest.mark.usefixtures("mailbox")

PRINTER = "Print shop <print@shop.example>"


@pytest.fixture
def printer(db):
    return welcome_customer("print@shop.example", language="de")


@pytest.fixture
def asked(arrives) -> Ticket:
    """Carla's ticket, by mail."""
    return arrives(letter("Ось плакат.", letter_id="asked@customer.example")).ticket


@pytest.fixture
def forwarded(asked, ada, printer) -> Message:
    return actions.forward_ticket(
        asked,
        by=ada,
        to=[printer],
        body="Können Sie das drucken?",
        messages=[asked.messages.get()],
        files=[IncomingFile("order.txt", b"A2")],
    )


def sent_for(message):
    row = OutboundEmail.objects.get(message=message.pk)
    return row, assemble(row, row.mailbox)


def test_it_leaves_as_an_ordinary_letter_from_the_departments_address(forwarded, asked, mailbox):
    row, sent = sent_for(forwarded)

    text = sent.get_body(("plain",)).get_content()
    assert (row.kind, row.addresses) == ("side", ["print@shop.example"])
    assert str(sent["From"]) == "Ada · Billing <billing@desk.example>"
    assert str(sent["Subject"]) == f"Fwd: Немає рахунку [#{asked.pk}]"
    assert read_letter_id(sent["Message-ID"]).message == forwarded.pk
    assert "Auto-Submitted" not in sent
    assert text.startswith("Können Sie das drucken?")
    assert "Ось плакат." in text
    assert [one.get_filename() for one in sent.iter_attachments()] == ["order.txt"]
    # Nothing by which they would know the customer or open the ticket.
    whole = sent.as_string() + text
    assert "carla@customer.example" not in whole
    assert "asked@customer.example" not in whole
    assert "/tickets/" not in text


def test_its_way_back_is_named_in_reply_to(ticket, ada, printer, mailbox):
    mailbox.takes_plus_addresses = True
    mailbox.save()

    _row, sent = sent_for(actions.forward_ticket(ticket, by=ada, to=[printer], body="Hello"))

    side = SideConversation.objects.get()
    claim = read_reply_address([sent["Reply-To"]], today=timezone.localdate())
    assert (claim.ticket, claim.side, claim.user) == (ticket.pk, side.pk, None)


def test_their_answer_comes_back_apart_from_the_customer(arrives, forwarded, asked, ada):
    carla = asked.customer
    actions.reply_to_ticket(asked, by=ada, body="Wir fragen nach.")
    _row, sent = sent_for(forwarded)

    row = arrives(answer(sent, "Ja, bis Montag.", sender=PRINTER))

    message = Message.objects.get(pk=row.message_pk)
    asked.refresh_from_db()
    assert (row.state, row.ticket) == (InboundEmail.State.SIDE, asked)
    assert (message.kind, message.side, message.text) == ("side", forwarded.side, "Ja, bis Montag.")
    assert (message.why, message.warning) == ("our_id", "")
    assert asked.status == Status.OPEN
    assert message not in Message.objects.readable_by(carla)
    assert not asked.followers.filter(in_copy=True).exists()
    assert OutboundEmail.objects.filter(recipient=carla.email, message=message.pk).count() == 0


def test_the_address_alone_is_proof_as_well(arrives, forwarded, asked):
    to = make_side_address("billing@desk.example", ticket=asked.pk, side=forwarded.side_id)

    row = arrives(letter("Ja.", sender=PRINTER, to=to, subject="Angebot"))

    assert Message.objects.get(pk=row.message_pk).side == forwarded.side


def test_our_further_letter_answers_theirs_and_names_none_of_the_customers(
    arrives, forwarded, asked, ada
):
    _row, first = sent_for(forwarded)
    arrives(answer(first, "In A2?", sender=PRINTER))
    theirs = InboundEmail.objects.latest("pk").letter_id

    _row, sent = sent_for(actions.write_aside(forwarded.side, by=ada, body="Ja, A2."))

    assert str(sent["Subject"]) == f"Re: Немає рахунку [#{asked.pk}]"
    assert sent["In-Reply-To"] == f"<{theirs}>"
    assert sent["References"].split() == [first["Message-ID"], f"<{theirs}>"]
    assert "> In A2?" in sent.get_body(("plain",)).get_content()


def test_letters_to_the_customer_know_nothing_of_it(arrives, forwarded, asked, ada):
    _row, first = sent_for(forwarded)
    arrives(answer(first, "Geheim: 500 Euro.", sender=PRINTER))

    _row, sent = sent_for(actions.reply_to_ticket(asked, by=ada, body="Montag ist es da."))

    assert "Geheim" not in sent.as_string() + sent.get_body(("plain",)).get_content()
    assert "Ось плакат." in sent.get_body(("plain",)).get_content()
    assert "shop.example" not in sent.as_string()
    assert first["Message-ID"] not in sent["References"]


def test_who_was_asked_and_now_answers_for_it_speaks_to_the_customer(
    arrives, asked, ada, linus, root, hosting, mailbox
):
    mailbox.takes_plus_addresses = True
    mailbox.save()
    actions.forward_ticket(asked, by=ada, to=[linus], body="Is this yours?")
    actions.move_ticket(asked, to=hosting, by=ada)
    actions.assign_ticket(asked, to=linus, by=root)
    row = OutboundEmail.objects.get(kind="assigned", recipient=linus.email)
    notice = assemble(row, mailbox)

    arrived = arrives(answer(notice, "Done.", sender=linus.email, to=notice["Reply-To"]))

    message = Message.objects.get(pk=arrived.message_pk)
    assert (message.kind, message.author, message.text) == ("reply", linus, "Done.")
    assert message in Message.objects.readable_by(asked.customer)


def test_an_answer_from_another_address_is_kept_there_with_a_warning(arrives, forwarded, asked):
    _row, sent = sent_for(forwarded)

    row = arrives(answer(sent, "I work there too.", sender="Mallory <mallory@elsewhere.example>"))

    message = Message.objects.get(pk=row.message_pk)
    assert (message.kind, message.warning) == ("side", "side_other")
    assert forwarded.side.addresses == ["print@shop.example"]
    assert not asked.followers.filter(in_copy=True).exists()


def test_even_the_customers_answer_to_such_a_letter_stays_there(arrives, forwarded):
    _row, sent = sent_for(forwarded)

    row = arrives(answer(sent, "They showed me this.", sender="carla@customer.example"))

    assert Message.objects.get(pk=row.message_pk).is_side


@pytest.mark.parametrize("forged", ["<t{0}.m{1}.00000000.0123456789abcdef@desk.example>", ""])
def test_without_our_proof_nobody_gets_in(arrives, forwarded, asked, forged):
    claimed = forged.format(asked.pk, forwarded.pk)

    row = arrives(letter("Hello", sender=PRINTER, subject=f"[#{asked.pk}]", In_Reply_To=claimed))

    assert row.state == InboundEmail.State.TICKET
    assert row.ticket != asked


def test_a_forged_address_is_none(arrives, forwarded, asked):
    to = f"billing+t{asked.pk}.s{forwarded.side_id}.0123456789abcdef@desk.example"

    assert arrives(letter(sender=PRINTER, to=to)).ticket != asked


def test_several_third_parties_have_one_letter_together(asked, ada, printer):
    other = welcome_customer("paper@shop.example")

    row, sent = sent_for(actions.forward_ticket(asked, by=ada, to=[printer, other], body="Hello"))

    assert row.addresses == ["print@shop.example", "paper@shop.example"]
    assert str(sent["Cc"]) == "paper@shop.example"


def test_what_became_of_it_stands_at_the_message(arrives, forwarded):
    row, _sent = sent_for(forwarded)
    assert forwarded.deliveries.get().state == "queued"

    arrives(bounce_of(row.letter_id, "print@shop.example"))

    assert forwarded.deliveries.get().state == "failed"
    assert actions.resend_reply(forwarded, by=forwarded.author) == ["print@shop.example"]
    row.refresh_from_db()
    assert row.state == OutboundEmail.State.QUEUED


def test_taken_back_in_time_it_does_not_leave(asked, ada, printer, settings):
    settings.DESK_UNDO_SECONDS = 30
    message = actions.forward_ticket(asked, by=ada, to=[printer], body="Too quick")
    row, _sent = sent_for(message)

    actions.take_back_reply(message, by=ada)

    row.refresh_from_db()
    assert row.state == OutboundEmail.State.WITHDRAWN
    assert message.deliveries.get().state == "withdrawn"
    assert row.pk not in outbound.to_sweep()


def test_no_letter_goes_to_a_mailbox_of_our_own(asked, ada):
    ours = welcome_customer("billing@desk.example")

    with pytest.raises(DeskError, match="address of this desk"):
        actions.forward_ticket(asked, by=ada, to=[ours], body="Hello")
    with pytest.raises(DeskError, match="address of this desk"):
        actions.follow_ticket(asked, who=ours, by=ada, in_copy=True)

    assert not SideConversation.objects.exists()
