"""What must be true afterwards. Each function names what is not, one sentence each."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from tests.mail_servers import Dovecot
from tests.torture.house import House
from tests.torture.letters import NUMBER, Sent
from tests.torture.moody_smtp import MoodySmtp

LEDGER = (
    "SELECT l.id, m.address, l.raw, l.state, l.error, l.ticket_id, l.message_pk, l.handled_at"
    " FROM mailgateway_inboundemail l JOIN mailgateway_mailbox m ON m.id = l.mailbox_id"
)
MESSAGES = (
    "SELECT m.id, m.ticket_id, m.text, t.subject, u.email"
    " FROM tickets_message m JOIN tickets_ticket t ON t.id = m.ticket_id"
    " JOIN departments_user u ON u.id = t.customer_id WHERE m.from_customer"
)
FILES = "SELECT message_id, file, sha256, size FROM tickets_attachment"
CONFIRMED = (
    "SELECT ticket_id, count(*) FROM mailgateway_outboundemail WHERE kind = 'received'"
    " GROUP BY ticket_id"
)
ANSWERS = (
    "SELECT letter_id, state, message_id, recipient, last_error"
    " FROM mailgateway_outboundemail WHERE kind = 'replied' ORDER BY id"
)
# How often a letter of this state may have reached the other server.
ALLOWED = {"sent": {1}, "failed": {0}, "uncertain": {0, 1}}
# A process that is killed six times while it reads one letter leaves it to the administrator.
QUARANTINED_OF_A_HUNDRED = 1


@dataclass(frozen=True)
class Row:
    """A letter of the ledger."""

    id: int
    box: str
    raw: bytes
    state: str
    error: str
    ticket: int | None
    message: int | None
    handled: object


def letters_in(house: House, dovecot: Dovecot, sent: Iterable[Sent]) -> list[str]:
    """Every letter stands once, where it belongs; none twice, none nowhere."""
    sent = list(sent)
    rows = [Row(*row) for row in house.rows(LEDGER)]
    by_number: dict[int, list[Row]] = defaultdict(list)
    wrong = []
    for row in rows:
        found = NUMBER.search(bytes(row.raw))
        if found is None:
            wrong.append(f"Row {row.id} of the ledger is no letter of ours.")
        else:
            by_number[int(found[1])].append(row)
    wrong += _counts(dovecot, rows, sent)
    wrong += _each_once(by_number, sent)
    wrong += _each_in_its_place(house, by_number, sent)
    return wrong


def _counts(dovecot: Dovecot, rows: list[Row], sent: list[Sent]) -> list[str]:
    """Server = ledger = what was delivered, mailbox by mailbox."""
    delivered = Counter(box for one in sent for box in one.boxes)
    kept = Counter(row.box for row in rows)
    wrong = []
    for box, count in delivered.items():
        on_server = dovecot.count(box)
        if not count == kept[box] == on_server:
            wrong.append(
                f"{box}: {count} delivered, {on_server} on the server, {kept[box]} in the ledger."
            )
    return wrong


def _each_once(by_number: dict[int, list[Row]], sent: list[Sent]) -> list[str]:
    wrong, quarantined = [], []
    for one in sent:
        rows = by_number[one.number]
        live = [row for row in rows if row.state != "duplicate"]
        if sorted(row.box for row in rows) != sorted(one.boxes):
            wrong.append(f"{one.mark} is in the ledger as {[row.box for row in rows]}.")
        if len(live) != 1:
            wrong.append(f"{one.mark} counts {len(live)} times: {[row.state for row in rows]}.")
            continue
        if live[0].state == "failed":
            if one.kind != "malformed":
                quarantined.append(f"{one.mark}, {one.kind}, is in quarantine: {live[0].error}")
        elif live[0].handled is None:
            wrong.append(f"{one.mark} was not handled: {live[0].state} {live[0].error}")
        if len({(row.ticket, row.message) for row in rows}) > 1:
            wrong.append(f"The copies of {one.mark} stand in different places.")
    if len(quarantined) * 100 > len(sent) * QUARANTINED_OF_A_HUNDRED:
        wrong += quarantined
    return wrong


def _each_in_its_place(
    house: House, by_number: dict[int, list[Row]], sent: list[Sent]
) -> list[str]:
    messages = {row[0]: row[1:] for row in house.rows(MESSAGES)}
    files = defaultdict(list)
    for message, path, sha256, size in house.rows(FILES):
        files[message].append((path, sha256, size))
    confirmed = dict(house.rows(CONFIRMED))
    wrong, explained = [], set()
    tickets = {}
    for one in sent:
        row = next((row for row in by_number[one.number] if row.state != "duplicate"), None)
        if row is None or row.state == "failed":
            continue
        tickets[one.number] = row.ticket
        explained.add(row.message)
        if one.kind == "machine":
            if row.state != "automatic" or row.ticket is not None:
                wrong.append(f"{one.mark} is of a machine and became {row.state}.")
            continue
        if row.message not in messages:
            wrong.append(f"{one.mark} ({row.state}) says nothing on any ticket.")
            continue
        ticket, text, subject, customer = messages[row.message]
        if ticket != row.ticket:
            wrong.append(f"{one.mark}: the ledger says #{row.ticket}, the message #{ticket}.")
        if one.kind == "malformed":
            continue
        if customer != one.sender or one.mark not in text:
            wrong.append(f"{one.mark} of {one.sender} stands on #{ticket} of {customer}.")
        if one.answers is None and one.mark not in subject:
            wrong.append(f"{one.mark} stands on #{ticket}, “{subject}”.")
        if one.answers is not None and tickets.get(one.answers, ticket) != ticket:
            wrong.append(f"{one.mark} answers #{tickets[one.answers]} and stands on #{ticket}.")
        if one.answers is None and confirmed.get(ticket) != 1:
            wrong.append(f"#{ticket} was confirmed {confirmed.get(ticket, 0)} times.")
        wrong += _its_files(house, one, files[row.message])
    wrong += [
        f"Message {pk} on #{row[0]} comes from no letter."
        for pk, row in messages.items()
        if pk not in explained
    ]
    empty = (
        "SELECT id FROM tickets_ticket t WHERE NOT EXISTS"
        " (SELECT FROM tickets_message m WHERE m.ticket_id = t.id)"
    )
    wrong += [f"#{pk} is empty." for (pk,) in house.rows(empty)]
    wrong += [f"#{pk} was confirmed {n} times." for pk, n in confirmed.items() if n > 1]
    return wrong


def _its_files(house: House, one: Sent, stored: list[tuple[str, str, int]]) -> list[str]:
    wanted = [hashlib.sha256(one.file).hexdigest()] if one.file else []
    if [sha256 for _path, sha256, _size in stored] != wanted:
        return [f"{one.mark} has {len(stored)} files, {len(wanted)} belong to it."]
    for path, sha256, _size in stored:
        found = house.files / path
        if not found.exists() or hashlib.sha256(found.read_bytes()).hexdigest() != sha256:
            return [f"The file of {one.mark} is not on the disk as it came: {path}."]
    return []


def answers_out(house: House, smtp: MoodySmtp, wanted: int) -> list[str]:
    """Every answer was delivered once, or is shown as failed or uncertain."""
    kept = Counter(one.letter_id for one in smtp.tries if one.kept)
    wrong = []
    shown = {
        (message, address): state
        for message, address, state in house.rows(
            "SELECT message_id, address, state FROM tickets_delivery"
        )
    }
    answers = house.rows(ANSWERS)
    if len(answers) != wanted:
        wrong.append(f"{wanted} answers were given, {len(answers)} letters stand in the tray.")
    for letter_id, state, message, address, why in answers:
        count = kept[letter_id]
        if count > 1:
            wrong.append(f"{letter_id} to {address} was delivered {count} times ({state}: {why}).")
        if state not in ALLOWED or count not in ALLOWED[state]:
            wrong.append(f"{letter_id} to {address} is {state} and was delivered {count} times.")
        if shown.get((message, address)) != state:
            wrong.append(
                f"{letter_id} is {state}, its message says {shown.get((message, address))}."
            )
    return wrong
