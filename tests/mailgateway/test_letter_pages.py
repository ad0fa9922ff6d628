"""The ledger on the agents' side: its list, one letter, and the letter behind a message."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from mailgateway import inbound
from mailgateway.addresses import make_reply_address
from mailgateway.agent.listing import SIZE
from mailgateway.models import InboundEmail, Mailbox
from tests.letters import bounce_of, letter
from tickets import actions
from tickets.models import Ticket

State = InboundEmail.State
LIST = reverse("letters:letters")


@pytest.fixture
def lead(enter, grace):
    return enter(grace)


@pytest.fixture
def at_hosting(hosting):
    return Mailbox.objects.create(name="Hosting", address="h@desk.example", department=hosting)


def row_of(mailbox, **fields) -> InboundEmail:
    values = {"raw": b"x", "sha256": "", "size": 1, "state": State.FAILED, **fields}
    return InboundEmail.objects.create(mailbox=mailbox, **values)


def shown(answer) -> list[int]:
    return [one.pk for one in answer.context["page"].letters]


def test_leads_see_the_newest_letter_first(lead, mailbox, at_hosting):
    old, new = row_of(mailbox, subject="Old"), row_of(mailbox, subject="New")
    row_of(at_hosting, subject="Theirs")

    page = lead.get(LIST)

    assert shown(page) == [new.pk, old.pk]
    assert "Theirs" not in page.content.decode()


@pytest.mark.parametrize(
    "wanted",
    [
        "state=failed",
        "state=waiting",
        "address=CARLA@customer",
        "address=accounts@desk",
        "since=2026-11-20",
        "until=2026-11-20",
        "mailbox={mailbox}",
    ],
)
def test_the_list_is_filtered(enter, root, mailbox, at_hosting, wanted):
    day = datetime(2026, 11, 20, 12, tzinfo=UTC)
    row = row_of(
        mailbox,
        sender="carla@customer.example",
        recipients="billing@desk.example accounts@desk.example",
        received_at=day,
    )
    day_beside = day - timedelta(days=1) if "since" in wanted else day + timedelta(days=1)
    row_of(at_hosting, sender="mallory@x.example", state=State.TICKET, received_at=day_beside)

    page = enter(root).get(f"{LIST}?{wanted.format(mailbox=mailbox.pk)}")

    assert shown(page) == [row.pk]


@pytest.mark.parametrize("wrong", ["since=tomorrow", "address=no", "state=lost", "mailbox=0"])
def test_a_filter_that_cannot_be_understood_is_answered_with_a_sentence(lead, mailbox, wrong):
    row_of(mailbox)

    page = lead.get(f"{LIST}?{wrong}")

    assert shown(page) == []
    assert 'id="refusal"' in page.content.decode()


def test_pages_follow_one_another_without_gap_or_repetition(lead, mailbox):
    now = timezone.now()
    rows = [
        row_of(mailbox, received_at=now - timedelta(minutes=n // 3)) for n in range(SIZE * 2 + 5)
    ]
    found, after = [], ""
    while True:
        page = lead.get(f"{LIST}?after={after}")
        found += shown(page)
        after = page.context["page"].after
        if not after:
            break

    assert len(found) == len(set(found)) == len(rows)
    assert shown(lead.get(f"{LIST}?after=nonsense")) == found[:SIZE]


def test_a_page_costs_the_same_however_many_letters_there_are(lead, mailbox):
    def costs() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            lead.get(LIST)
        assert not [one["sql"] for one in asked if '"raw"' in one["sql"]]
        return len(asked)

    row_of(mailbox)
    few = costs()
    for _number in range(20):
        row_of(mailbox)

    assert costs() == few


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        ("", "letter_by_time"),
        ("state=ignored", "letter_by_state"),
        ("mailbox={mailbox}", "letter_by_mailbox"),
        ("address=carla@customer", "letter_by_part"),
        ("since=2026-01-03&until=2026-01-03", "letter_by_time"),
        ("state=waiting", "letter_waiting|letter_by_state"),
    ],
)
def test_no_filter_reads_the_whole_ledger(enter, root, mailbox, at_hosting, wanted, index):
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    many = [
        InboundEmail(
            mailbox=mailbox if n % 100 == 0 else at_hosting,
            raw=b"x",
            sha256="",
            size=1,
            state=State.IGNORED if n % 200 == 0 else State.TICKET,
            sender="carla@customer.example" if n % 500 == 0 else f"person-{n}@x.example",
            recipients="billing@desk.example",
            received_at=begin + timedelta(minutes=n),
        )
        for n in range(6000)
    ]
    InboundEmail.objects.bulk_create(many)
    row_of(mailbox)
    with connection.cursor() as cursor:
        # What the autovacuum does in time: the planner knows the rows, the index is in order.
        cursor.execute("REINDEX INDEX letter_by_part")
        cursor.execute("ANALYZE mailgateway_inboundemail")
    client = enter(root)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(f"{LIST}?{wanted.format(mailbox=mailbox.pk)}").status_code == 200
    (sql,) = [
        one["sql"] for one in asked if "ORDER BY" in one["sql"] and "received_at" in one["sql"]
    ]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert re.search(index, plan), plan
    assert "Seq Scan on mailgateway_inboundemail" not in plan


def test_an_empty_list_says_what_would_be_here(lead, mailbox):
    assert "No letters yet" in lead.get(LIST).content.decode()


def test_the_navigation_counts_what_waits_for_its_leads(enter, grace, ada, mailbox, at_hosting):
    row_of(mailbox)
    row_of(mailbox, state=State.HELD)
    row_of(mailbox, state=State.TICKET)
    row_of(at_hosting)
    link = re.compile(r'href="/agent/letters/".*?</a>', re.DOTALL)

    (line,) = link.findall(enter(grace).get(reverse("agent:queue")).content.decode())

    assert re.search(r'counter">2<', line)
    assert not link.search(enter(ada).get(reverse("agent:queue")).content.decode())


def test_a_page_of_a_letter_says_what_was_read_and_what_happened(lead, arrives):
    row = arrives(
        letter(
            "Де рахунок?",
            subject="Рахунок",
            Cc="Mallory <mallory@elsewhere.example>",
            files=[("Акт.txt", "text/plain", b"1 = 1")],
        )
    )

    text = lead.get(reverse("letters:letter", args=[row.pk])).content.decode()

    for said in (
        "Carla Bondar carla@customer.example",
        "Mallory mallory@elsewhere.example",
        "Рахунок",
        "utf-8 · certain",
        "Акт.txt",
        "Де рахунок?",
        f"#{row.ticket.number}",
        "Understood: became a ticket",
        "Content-Type: multipart/mixed",
    ):
        assert said in text, said


def test_a_letter_that_breaks_its_reader_still_has_a_page(lead, mailbox, monkeypatch):
    row = row_of(mailbox, raw=b"Subject: <script>\n\n\xff", size=20, error="ValueError")
    monkeypatch.setattr("mailgateway.inbound.rereading.parsed_of", lambda *_a, **_k: 1 / 0)

    text = lead.get(reverse("letters:letter", args=[row.pk])).content.decode()

    assert "Nothing is read of this letter" in text
    assert "Subject: &lt;script&gt;" in text


def test_no_page_shows_the_address_that_lets_an_agent_answer(lead, arrives, ticket, ada):
    secret = make_reply_address(
        "billing@desk.example", ticket=ticket.pk, user=ada.pk, today=timezone.localdate()
    )
    row = arrives(letter("Готово", sender=ada.email, to=secret))
    assert row.ticket == ticket

    text = lead.get(reverse("letters:letter", args=[row.pk])).content.decode()

    assert secret not in text
    assert row.recipients == "billing@desk.example"


@pytest.mark.parametrize("act", ["letter", "again", "ticket"])
def test_letters_of_other_departments_are_not_found(lead, at_hosting, act):
    row = row_of(at_hosting)
    address = reverse(f"letters:{act}", args=[row.pk])

    answer = lead.post(address) if act == "again" else lead.get(address)

    assert answer.status_code == 404
    chosen = {"letters": [row.pk], "act": "ignore", "reason": "No"}
    assert lead.post(reverse("letters:handling"), chosen).status_code == 404
    row.refresh_from_db()
    assert row.state == State.FAILED


def waiting(mailbox, **fields) -> InboundEmail:
    row = inbound.receive(mailbox, letter("Де рахунок?", subject="Рахунок", **fields))
    InboundEmail.objects.filter(pk=row.pk).update(state=State.FAILED, error="KeyError")
    row.refresh_from_db()
    return row


def test_a_letter_is_run_again_from_its_page(lead, mailbox):
    row = waiting(mailbox)

    page = lead.post(reverse("letters:again", args=[row.pk]), follow=True)

    row.refresh_from_db()
    assert row.state == State.TICKET
    assert "The letter was read again." in page.content.decode()


def test_chosen_letters_are_run_again_together(lead, mailbox):
    rows = [waiting(mailbox), waiting(mailbox)]
    back = f"{LIST}?state=waiting"

    page = lead.post(
        reverse("letters:handling"),
        {"letters": [row.pk for row in rows], "act": "again", "next": back},
        follow=True,
    )

    assert "2 of 2 letters were understood." in page.content.decode()
    assert page.redirect_chain[-1][0] == back
    assert Ticket.objects.count() == 2


def test_chosen_letters_are_ignored_once_the_reason_is_known(lead, mailbox, grace):
    rows = [waiting(mailbox), waiting(mailbox)]
    chosen = {"letters": [row.pk for row in rows], "act": "ignore"}

    asked = lead.post(reverse("letters:handling"), {**chosen, "reason": " "})
    assert asked.status_code == 422
    assert asked.content.decode().count('name="letters"') == 2

    lead.post(reverse("letters:handling"), {**chosen, "reason": "An advertisement"})
    assert set(InboundEmail.objects.values_list("state", "reason")) == {
        (State.IGNORED, "An advertisement")
    }


@pytest.mark.parametrize("away", ["https://elsewhere.example/", "//elsewhere.example"])
def test_a_form_leads_to_no_other_site(lead, mailbox, away):
    answer = lead.post(reverse("letters:handling"), {"act": "again", "next": away})

    assert answer.headers["Location"] == LIST


def test_the_form_of_a_ticket_begins_with_what_can_be_read(lead, mailbox):
    row = waiting(mailbox)

    form = lead.get(reverse("letters:ticket", args=[row.pk])).context["form"]

    assert form.initial["customer"] == "carla@customer.example"
    assert form.initial["name"] == "Carla Bondar"
    assert form.initial["text"] == "Де рахунок?"


def test_where_nothing_can_be_read_the_form_has_the_bytes(lead, mailbox, monkeypatch):
    row = row_of(mailbox, raw="Де рахунок?".encode("koi8-u"), size=12, error="ValueError")
    monkeypatch.setattr("mailgateway.inbound.rereading.parsed_of", lambda *_a, **_k: 1 / 0)

    form = lead.get(reverse("letters:ticket", args=[row.pk])).context["form"]

    assert form.initial["text"] == "Де рахунок?"


def test_a_ticket_is_made_by_hand(lead, mailbox, billing):
    row = waiting(mailbox)
    path = reverse("letters:ticket", args=[row.pk])
    said = {
        "customer": "carla@customer.example",
        "subject": "Рахунок",
        "text": "Де рахунок?",
        "department": billing.pk,
    }

    wrong = lead.post(path, {**said, "customer": "nobody"})
    assert (wrong.status_code, Ticket.objects.count()) == (422, 0)

    answer = lead.post(path, said)

    ticket = Ticket.objects.get()
    assert answer.headers["Location"] == reverse("agent:ticket", args=[ticket.number])
    assert "Written down by hand" in lead.get(answer.headers["Location"]).content.decode()


def test_agents_fetch_the_letter_behind_a_message_as_it_came(enter, ada, arrives):
    row = arrives(b"From: carla@customer.example\r\nSubject: \xff\xfe\r\n\r\n<script>\r\n")

    answer = enter(ada).get(reverse("letters:raw_of_message", args=[row.message_pk]))

    assert answer.content == bytes(row.raw)
    assert answer.headers["Content-Type"] == "message/rfc822"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{row.pk}.eml"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert enter(ada).get(reverse("letters:raw_of_message", args=[999999])).status_code == 404


def test_what_an_agent_wrote_by_mail_is_fetched_by_no_colleague(enter, ada, grace, arrives, ticket):
    secret = make_reply_address(
        "billing@desk.example", ticket=ticket.pk, user=grace.pk, today=timezone.localdate()
    )
    row = arrives(letter("Готово", sender=grace.email, to=secret))
    assert ticket.messages.get(pk=row.message_pk).author == grace
    path = reverse("letters:raw_of_message", args=[row.message_pk])

    assert enter(ada).get(path).status_code == 403
    assert enter(grace).get(path).status_code == 200


def test_a_letter_without_a_message_is_fetched_by_its_leads_alone(enter, ada, grace, arrives):
    row = arrives(bounce_of("unknown@elsewhere.example", "carla@customer.example"))
    path = reverse("letters:raw", args=[row.pk])

    assert enter(ada).get(path).status_code == 403
    assert enter(grace).get(path).status_code == 200


def test_a_message_is_looked_at_in_another_charset_and_kept(enter, ada, arrives):
    words = "Где счёт за октябрь?"
    row = arrives(
        b"From: carla@customer.example\r\nSubject: Hi\r\n"
        b"Content-Type: text/plain; charset=mac-cyrillic\r\n\r\n" + words.encode("koi8-r")
    )
    inbound.read_again(row, by=ada, charset="mac-cyrillic")
    browser, path = enter(ada), reverse("letters:reading", args=[row.message_pk])
    ticket = reverse("agent:ticket", args=[row.ticket.number])
    assert path in browser.get(ticket).content.decode()

    assert words in browser.get(f"{path}?charset=koi8-r").content.decode()
    assert words not in browser.get(ticket).content.decode()

    answer = browser.post(path, {"charset": "koi8-r"})
    assert answer.headers["Location"] == f"{ticket}#message-{row.message_pk}"
    text = browser.get(ticket).content.decode()
    assert words in text
    assert "read the letter as koi8-r instead of mac-cyrillic" in text


def test_a_made_up_charset_is_not_found(enter, ada, arrives):
    row = arrives(letter())
    path = reverse("letters:reading", args=[row.message_pk])

    assert enter(ada).get(f"{path}?charset=klingon").status_code == 404


def test_what_was_typed_here_offers_no_charset(enter, ada, ticket):
    actions.add_note(ticket, by=ada, body="Typed")

    assert (
        reverse("letters:reading", args=[ticket.messages.last().pk])
        not in enter(ada).get(reverse("agent:ticket", args=[ticket.number])).content.decode()
    )
