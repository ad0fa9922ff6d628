"""The ledger: what became of every letter, and what people may do about it."""

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from helpdesk.lib.errors import DeskError
from mailgateway import inbound
from mailgateway.inbound import ledger
from mailgateway.models import InboundEmail, LetterStep, Mailbox, OutboundEmail
from tests.letters import bounce_of, letter
from tickets import actions
from tickets.models import Event, Ticket

State = InboundEmail.State
What = LetterStep.What

# Russian in KOI8-R under the label of another charset, as old mail programs sent it.
MISLABELLED = (
    b"From: Carla <carla@customer.example>\r\nTo: billing@desk.example\r\n"
    b"Message-ID: <old@customer.example>\r\nSubject: "
    + "Счёт".encode("koi8-r")
    + b"\r\nContent-Type: text/plain; charset=iso-8859-7\r\n\r\n"
    + "Где счёт за октябрь?".encode("koi8-r")
    + b"\r\n"
)


@pytest.fixture
def in_quarantine(mailbox, monkeypatch):
    """A letter of Carla's that could not be understood, although it can be now."""
    row = inbound.receive(mailbox, letter("Де рахунок?", subject="Рахунок"))
    monkeypatch.setattr(ledger, "understand", lambda _row: 1 / 0)
    inbound.handle(row.pk)
    monkeypatch.undo()
    row.refresh_from_db()
    assert row.state == State.FAILED
    return row


@pytest.fixture
def at_hosting(hosting):
    return Mailbox.objects.create(name="Hosting", address="h@desk.example", department=hosting)


def steps(row: InboundEmail) -> list[tuple[str, object, str]]:
    return [(step.what, step.actor, step.detail) for step in row.steps.all()]


@pytest.mark.parametrize("state", State)
def test_every_state_has_a_word_for_commands(state):
    assert inbound.outcome_of(InboundEmail(state=state)) in inbound.Outcome


def test_leads_see_letters_of_their_departments(arrives, at_hosting, root, grace, ada, carla, bo):
    ours, theirs = arrives(letter()), arrives(letter(), at=at_hosting)

    def seen(user):
        return set(InboundEmail.objects.visible_to(user))

    assert seen(root) == {ours, theirs}
    assert seen(grace) == {ours}
    assert seen(ada) == seen(carla) == seen(bo) == set()


def test_what_was_done_with_a_letter_stands_in_its_history(in_quarantine, grace):
    inbound.run_again(in_quarantine, by=grace)

    assert steps(in_quarantine) == [
        (What.BROKE, None, "ZeroDivisionError: division by zero"),
        (What.AGAIN, grace, ""),
        (What.UNDERSTOOD, None, ""),
    ]
    assert [step.state for step in in_quarantine.steps.all()] == ["failed", "failed", "ticket"]


def test_run_again_a_letter_is_understood(in_quarantine, grace):
    row = inbound.run_again(in_quarantine, by=grace)

    assert (row.state, row.error) == (State.TICKET, "")
    assert row.ticket.subject == "Рахунок"
    assert row.recipients == "billing@desk.example"


def test_a_letter_that_is_on_a_ticket_is_read_again_there(arrives, grace):
    row = arrives(letter("Де рахунок?", subject="Рахунок"))
    message = row.ticket.messages.get()
    row.ticket.messages.update(text="read badly", html="<p>read badly</p>")

    inbound.run_again(row, by=grace)

    message.refresh_from_db()
    assert message.text == "Де рахунок?"
    assert Ticket.objects.get().messages.count() == 1
    assert steps(row)[-1] == (What.REREAD, grace, "utf-8")


def test_a_letter_held_back_goes_through_when_it_is_released(in_quarantine, grace):
    in_quarantine.state, in_quarantine.handled_at = State.HELD, timezone.now()
    in_quarantine.save()

    row = inbound.run_again(in_quarantine, by=grace)

    assert row.state == State.TICKET
    assert (What.RELEASED, grace, "") in steps(row)


def test_a_letter_that_kills_who_reads_it_is_left_to_the_worker(mailbox, grace):
    row = inbound.receive(mailbox, letter())
    InboundEmail.objects.update(tries=6)
    inbound.handle(row.pk)
    row.refresh_from_db()
    assert (row.state, row.was_broken_off) == (State.FAILED, True)

    assert inbound.look_into(row) is None
    inbound.run_again(row, by=grace)

    assert not Ticket.objects.exists()
    assert inbound.to_sweep() == [row.pk]
    inbound.handle(row.pk)
    assert Ticket.objects.exists()


def test_many_are_run_again_and_counted(in_quarantine, arrives, grace):
    done = arrives(letter())
    before = done.steps.count()

    tally = inbound.run_all_again([in_quarantine, done], by=grace)

    assert (tally.done, tally.broken, tally.later) == (1, 0, 0)
    assert done.steps.count() == before


def test_a_letter_is_ignored_with_a_reason(in_quarantine, grace):
    with pytest.raises(DeskError):
        inbound.ignore(in_quarantine, by=grace, reason="  ")

    inbound.ignore(in_quarantine, by=grace, reason="An advertisement")

    in_quarantine.refresh_from_db()
    assert (in_quarantine.state, in_quarantine.reason) == (State.IGNORED, "An advertisement")
    assert steps(in_quarantine)[-1] == (What.IGNORED, grace, "An advertisement")
    assert inbound.to_sweep() == []


def test_what_became_a_ticket_is_not_ignored(arrives, grace):
    row = arrives(letter())

    with pytest.raises(DeskError):
        inbound.ignore(row, by=grace, reason="Too late")


def by_hand(row, by, department, **fields):
    written = {"customer": "carla@customer.example", "subject": "Рахунок", "text": "Де рахунок?"}
    return inbound.make_ticket(row, by=by, department=department, **{**written, **fields})


def test_a_ticket_is_made_by_hand_and_its_customer_hears_of_it(in_quarantine, grace, billing):
    ticket = by_hand(in_quarantine, grace, billing, name="Carla Bondar")

    in_quarantine.refresh_from_db()
    message = ticket.messages.get()
    assert (ticket.customer.name, message.author) == ("Carla Bondar", ticket.customer)
    assert (message.text, message.why) == ("Де рахунок?", "by_hand")
    assert (in_quarantine.state, in_quarantine.ticket) == (State.TICKET, ticket)
    assert steps(in_quarantine)[-1] == (What.BY_HAND, grace, f"#{ticket.number}")
    assert OutboundEmail.objects.get().recipient == "carla@customer.example"
    with pytest.raises(DeskError):
        by_hand(in_quarantine, grace, billing)


def test_answers_to_a_ticket_made_by_hand_find_it(in_quarantine, arrives, grace, billing):
    ticket = by_hand(in_quarantine, grace, billing)
    in_quarantine.refresh_from_db()

    answer = arrives(letter("Ще одне", In_Reply_To=f"<{in_quarantine.letter_id}>"))

    assert answer.ticket == ticket


def test_a_letter_that_cannot_be_read_goes_with_its_ticket(
    in_quarantine, grace, billing, monkeypatch
):
    monkeypatch.setattr("mailgateway.inbound.rereading.parsed_of", lambda *_args, **_more: 1 / 0)

    ticket = by_hand(in_quarantine, grace, billing)

    file = ticket.messages.get().attachments.get()
    assert file.name == f"{in_quarantine.pk}.eml"
    with file.file.open("rb") as stored:
        assert stored.read() == bytes(in_quarantine.raw)


def test_what_a_machine_wrote_is_not_answered_when_it_becomes_a_ticket(arrives, grace, billing):
    row = arrives(bounce_of("unknown@elsewhere.example", "carla@customer.example"))
    assert (row.state, row.ticket) == (State.BOUNCE, None)

    by_hand(row, grace, billing)

    assert not OutboundEmail.objects.exists()


def test_only_those_who_answer_for_a_letter_handle_it(in_quarantine, ada, linus, carla, billing):
    for somebody in (ada, linus, carla):
        with pytest.raises(PermissionDenied):
            inbound.run_again(in_quarantine, by=somebody)
        with pytest.raises(PermissionDenied):
            inbound.ignore(in_quarantine, by=somebody, reason="No")
        with pytest.raises(PermissionDenied):
            by_hand(in_quarantine, somebody, billing)


def test_a_lead_makes_tickets_in_departments_of_their_own(in_quarantine, grace, hosting):
    with pytest.raises(PermissionDenied):
        by_hand(in_quarantine, grace, hosting)


def test_a_letter_is_shown_in_the_charset_somebody_chose(arrives, ada):
    row = arrives(MISLABELLED)
    message = row.ticket.messages.get()
    message.text, row.ticket.subject = "garbled", "garbled"
    message.save()
    row.ticket.save()

    inbound.read_again(row, by=ada, charset="mac-cyrillic")
    message.refresh_from_db()
    assert message.text == "Где счёт за октябрь?".encode("koi8-r").decode("mac-cyrillic")

    assert inbound.read_again(row, by=ada, charset="koi8-r")

    message.refresh_from_db()
    row.refresh_from_db()
    assert (message.text, message.ticket.subject) == ("Где счёт за октябрь?", "Счёт")
    assert message.reading["charset"] == "koi8-r"
    assert row.subject == "Счёт"
    told = message.events.filter(kind=Event.Kind.REREAD).last()
    assert told.details["charset_before"] == "mac-cyrillic"


def test_an_answer_read_again_leaves_the_subject_of_its_ticket(arrives, ticket, ada):
    row = arrives(letter("Де він?", subject=f"Інше [#{ticket.number}]"))
    assert row.ticket == ticket

    inbound.read_again(row, by=ada, charset="windows-1251")

    ticket.refresh_from_db()
    assert ticket.subject == "Не прийшов рахунок за жовтень"


def test_a_letter_is_read_again_where_its_message_stands_now(arrives, ticket, ada):
    row = arrives(letter("Друга справа", subject=f"Re: [#{ticket.number}]"))
    message = ticket.messages.get(pk=row.message_pk)
    other = actions.split_ticket(ticket, messages=[message], subject="Друга", by=ada)

    inbound.read_again(row, by=ada, charset="windows-1251")

    assert other.events.filter(kind=Event.Kind.REREAD).exists()


def test_a_made_up_charset_is_refused(arrives, ada):
    with pytest.raises(DeskError, match="klingon"):
        inbound.read_again(arrives(letter()), by=ada, charset="klingon")


def test_a_letter_without_a_message_cannot_be_read_again(arrives, grace):
    row = arrives(bounce_of("unknown@elsewhere.example", "carla@customer.example"))

    with pytest.raises(DeskError, match="by hand"):
        inbound.run_again(row, by=grace)


def test_when_it_takes_too_long_the_worker_gets_the_rest(in_quarantine, grace, monkeypatch):
    monkeypatch.setattr("mailgateway.inbound.byhand.PATIENCE", -1.0)

    tally = inbound.run_all_again([in_quarantine], by=grace)

    assert (tally.done, tally.later) == (0, 1)
    assert inbound.to_sweep() == [in_quarantine.pk]
