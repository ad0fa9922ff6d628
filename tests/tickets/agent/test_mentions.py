"""Colleagues named in notes: who hears, who does not, and where it stands."""

import pytest
from django.urls import reverse

from departments.actions import join_department
from tickets import actions
from tickets.agent.lists import VIEWS
from tickets.agent.mentioned import with_marks
from tickets.mentions import named_in
from tickets.models import Event, Mention, Notification


@pytest.fixture
def note(ticket, ada, enter):
    client = enter(ada)

    def write(text):
        url = reverse("agent:notes", args=[ticket.number])
        return client.post(url, {"body": text}, follow=True).content.decode()

    return write


def mentions_of(user):
    return list(VIEWS["mentions"].tickets(user))


def test_who_is_named_hears_the_bell_and_finds_it_in_a_list(ticket, ada, grace, note):
    actions.assign_ticket(ticket, to=ada, by=ada)

    page = note("Can you look, @Grace Melnyk?")

    event = ticket.events.get(kind=Event.Kind.NOTED)
    assert event.details["mentions"] == [grace.pk]
    assert Notification.objects.filter(user=grace, event=event).exists()
    assert mentions_of(grace) == [ticket]
    assert '<mark class="mention">@Grace Melnyk</mark>' in page


def test_it_stands_there_until_they_have_said_something(ticket, ada, grace, carla, note):
    note("@Grace Melnyk")
    other = actions.open_ticket(customer=carla, by=carla, subject="Twice", body="Twice")
    actions.merge_tickets(ticket, into=other, by=ada)
    assert mentions_of(grace) == [other]

    actions.add_note(other, by=grace, body="I have looked")

    assert mentions_of(grace) == []
    assert Mention.objects.get().answered_at is not None


def test_who_does_not_work_there_is_not_told_and_that_is_said(ticket, linus, note):
    page = note("Ask @Linus Weber about it")

    assert "Linus Weber does not work in this department and was not told." in page
    assert not Mention.objects.exists()
    assert not Notification.objects.filter(user=linus).exists()
    assert mentions_of(linus) == []


def test_a_mention_gives_no_access(ticket, grace, note, hosting, enter, ada):
    note("@Grace Melnyk")
    grace.memberships.all().delete()
    join_department(grace, hosting)

    assert mentions_of(grace) == []
    assert enter(grace).get(reverse("agent:ticket", args=[ticket.number])).status_code == 404


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@Ada Kovalenko and @grace melnyk", ["Ada Kovalenko", "Grace Melnyk"]),
        ("@Ada Kovalenkova", []),
        ("mail@Ada Kovalenko", []),
        ("@Ada", []),
        ("@Ada Kovalenko, @Ada Kovalenko", ["Ada Kovalenko"]),
        ("no one", []),
    ],
)
def test_a_name_is_whole_or_none(ticket, ada, grace, text, names):
    named = named_in(text, department=ticket.department_id)

    assert [str(one) for one in named.here] == names


def test_the_longest_name_counts(ticket, ada, grace):
    ada.name = "Grace"
    ada.save()

    named = named_in("@Grace Melnyk, @Grace!", department=ticket.department_id)

    assert named.here == (grace, ada)


def test_only_text_is_marked():
    html = '<p>@Ada &amp; Co, <a href="https://x.example/@Ada">@Ada</a> @Adam</p>'

    assert with_marks(html, ["Ada", "Ada & Co"]) == (
        '<p><mark class="mention">@Ada &amp; Co</mark>, <a href="https://x.example/@Ada">'
        '<mark class="mention">@Ada</mark></a> @Adam</p>'
    )
