"""Who sees which tickets, messages and files [S14]."""

import pytest
from django.contrib.auth.models import AnonymousUser

from departments.models import Organisation
from tickets import actions
from tickets.attachments import IncomingFile
from tickets.models import Attachment, Message, Ticket


@pytest.fixture
def note(ticket, ada):
    return actions.add_note(
        ticket,
        by=ada,
        body="Пільговик",
        files=[IncomingFile("secret.txt", b"for us", "text/plain")],
    )


@pytest.mark.parametrize(
    ("who", "works", "owns"),
    [
        ("carla", False, True),
        ("mallory", False, False),
        ("ada", True, False),
        ("grace", True, False),
        ("linus", False, False),
        ("bo", False, False),
        ("root", True, False),
    ],
)
def test_the_table_of_who_sees_a_ticket(ticket, who, works, owns, request):
    user = request.getfixturevalue(who)

    assert Ticket.objects.workable_by(user).exists() is works
    assert Ticket.objects.of_customer(user).exists() is owns
    assert Ticket.objects.visible_to(user).exists() is (works or owns)


def test_nobody_sees_nothing(ticket):
    nobody = AnonymousUser()

    assert not Ticket.objects.visible_to(nobody).exists()
    assert not Message.objects.readable_by(nobody).exists()
    assert not Attachment.objects.readable_by(nobody).exists()


def test_notes_and_their_files_stay_with_us(ticket, note, carla, ada):
    assert note in Message.objects.readable_by(ada)
    assert note not in Message.objects.readable_by(carla)
    assert Attachment.objects.readable_by(ada).count() == 1
    assert Attachment.objects.readable_by(carla).count() == 0


def test_an_agent_who_is_a_customer_elsewhere_reads_no_notes_there(hosting, ada, linus):
    mine = actions.open_ticket(
        customer=ada, by=ada, subject="My site", body="is down", department=hosting
    )
    actions.add_note(mine, by=linus, body="colleague")

    assert Ticket.objects.visible_to(ada).filter(pk=mine.pk).exists()
    assert not Ticket.objects.workable_by(ada).filter(pk=mine.pk).exists()
    assert Message.objects.readable_by(ada).filter(ticket=mine).count() == 1


def test_a_reply_shows_itself_only_once_it_cannot_be_taken_back(ticket, ada, carla, settings):
    settings.DESK_UNDO_SECONDS = 30
    reply = actions.reply_to_ticket(ticket, by=ada, body="Soon")

    assert reply not in Message.objects.readable_by(carla)
    assert reply in Message.objects.readable_by(ada)


def test_people_in_copy_see_it_and_agents_who_follow_elsewhere_do_not(ticket, mallory, linus, ada):
    actions.follow_ticket(ticket, who=mallory, by=ada, in_copy=True)

    assert Ticket.objects.of_customer(mallory).get() == ticket
    with pytest.raises(actions.NotAmongAgents):
        actions.follow_ticket(ticket, who=linus, by=ada)


def test_colleagues_see_each_others_tickets_only_where_the_organisation_shares_them(
    ticket, carla, mallory
):
    akme = Organisation.objects.create(name="Akme")
    for person in (carla, mallory):
        person.organisation = akme
        person.save()

    assert not Ticket.objects.of_customer(mallory).exists()

    akme.shares_tickets = True
    akme.save()
    mallory.refresh_from_db()

    assert Ticket.objects.of_customer(mallory).get() == ticket


def test_spam_is_nobodys(ticket, ada, carla):
    actions.mark_as_spam(ticket, by=ada)

    assert not Ticket.objects.of_customer(carla).exists()
    assert Ticket.objects.workable_by(ada).exists()
