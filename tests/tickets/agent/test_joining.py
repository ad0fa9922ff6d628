"""Before tickets are merged or split, one sees what will happen; afterwards it can be undone."""

import pytest
from django.urls import reverse

from tickets import actions
from tickets.attachments import IncomingFile
from tickets.models import Ticket, TicketLink

LOG = IncomingFile("ping.log", b"64 bytes from", "text/plain")


def page(ticket, name="ticket", *args):
    return reverse(f"agent:{name}", args=[ticket.number, *args])


@pytest.fixture
def other(ticket, carla):
    return actions.open_ticket(customer=carla, by=carla, subject="Ще один лист", body="Ось він")


@pytest.fixture
def browser(ada, enter):
    return enter(ada)


def test_both_tickets_are_shown_and_both_directions(ticket, other, browser):
    text = browser.get(page(ticket, "merge"), {"into": f"#{other.number}"}).content.decode()

    for one in (ticket, other):
        assert one.subject in text
        assert f'action="{page(one, "merge")}"' in text
    assert "Ось він" in text
    assert "The customers differ" not in text
    assert not Ticket.objects.filter(merged_into__isnull=False).exists()


def test_it_warns_where_the_customers_differ(ticket, mallory, browser):
    theirs = actions.open_ticket(customer=mallory, by=mallory, subject="Mine", body="x")

    text = browser.get(page(ticket, "merge"), {"into": theirs.number}).content.decode()

    assert "The customers differ: Carla Bondar and Mallory" in text


def test_other_tickets_of_the_customer_are_offered(ticket, other, mallory, hosting, carla, browser):
    strange = actions.open_ticket(customer=mallory, by=mallory, subject="Not hers", body="x")
    hidden = actions.open_ticket(
        customer=carla, by=carla, subject="Of Hosting", body="x", department=hosting
    )
    text = browser.get(page(ticket, "merge")).content.decode()

    assert f'href="?into={other.number}"' in text
    assert strange.subject not in text
    assert hidden.subject not in text


@pytest.mark.parametrize("typed", ["99999", "x", "{theirs}"])
def test_what_is_not_there_says_so(ticket, carla, hosting, browser, typed):
    theirs = actions.open_ticket(
        customer=carla, by=carla, subject="Secret", body="x", department=hosting
    )

    answer = browser.get(page(ticket, "merge"), {"into": typed.format(theirs=theirs.number)})

    assert answer.status_code == 422
    assert "in your departments" in answer.content.decode()
    assert "Secret" not in answer.content.decode()


def test_a_merge_is_undone_beside_the_ticket(ticket, other, browser):
    browser.post(page(other, "merge"), {"into": ticket.number})
    text = browser.get(page(ticket)).content.decode()
    assert "merged into this one" in text

    browser.post(page(ticket, "link_removal", other.number))

    other.refresh_from_db()
    assert other.merged_into is None
    assert not TicketLink.objects.exists()


def test_what_will_be_split_off_is_shown_with_its_files(ticket, carla, browser):
    actions.reply_to_ticket(ticket, by=carla, body="And the panel?", files=[LOG])
    second = actions.reply_to_ticket(ticket, by=carla, body="It hangs.")
    first = ticket.messages.exclude(pk=second.pk).latest("pk")

    chosen = {"messages": [first.pk], "subject": "Panel"}
    text = browser.get(page(ticket, "split"), chosen).content.decode()
    assert 'value="Panel"' in text
    assert "ping.log" in text
    assert "It hangs." not in text
    since = browser.get(page(ticket, "split"), {"since": first.pk}).content.decode()
    assert "And the panel?" in since
    assert "It hangs." in since
    assert "4711" not in since


def test_nothing_and_everything_cannot_be_split_off(ticket, browser, mallory):
    theirs = actions.open_ticket(customer=mallory, by=mallory, subject="Other", body="Not here")
    wrong = {"messages": [theirs.messages.get().pk, "x"]}
    text = browser.get(page(ticket, "split"), wrong).content.decode()
    assert "Choose messages of this ticket" in text
    assert "Not here" not in text

    everything = {"since": ticket.messages.get().pk}
    assert (
        "At least one message must stay"
        in browser.get(page(ticket, "split"), everything).content.decode()
    )


def test_files_go_with_their_messages_and_come_back(ticket, carla, browser):
    message = actions.reply_to_ticket(ticket, by=carla, body="And the panel?", files=[LOG])
    file = message.attachments.get()
    browser.post(page(ticket, "split"), {"messages": [message.pk], "subject": "Panel"})
    new = Ticket.objects.latest("pk")
    assert file.get_absolute_url() in browser.get(page(new)).content.decode()
    assert file.get_absolute_url() not in browser.get(page(ticket)).content.decode()
    ticket.refresh_from_db()
    assert (ticket.has_files, new.has_files) == (False, True)

    browser.post(page(ticket, "link_removal", new.number))

    assert file.get_absolute_url() in browser.get(page(ticket)).content.decode()
    ticket.refresh_from_db()
    assert ticket.has_files


@pytest.mark.parametrize(
    ("kind", "here", "there"),
    [
        ("related", "related", "related"),
        ("duplicate", "duplicate", "duplicate"),
        ("follow_up", "follow-up", "earlier ticket"),
    ],
)
def test_links_say_what_they_mean_and_can_be_removed(
    ticket, other, ada, browser, kind, here, there
):
    browser.post(page(ticket, "links"), {"to": other.number, "kind": kind})
    assert f'<span class="soft">{here}</span>' in browser.get(page(ticket)).content.decode()
    assert f'<span class="soft">{there}</span>' in browser.get(page(other)).content.decode()

    browser.post(page(other, "link_removal", ticket.number))

    assert not TicketLink.objects.exists()
