"""Asking third parties from the page of a ticket."""

import pytest
from django.urls import reverse

from departments.models import User
from tickets import actions
from tickets.models import Message, SideConversation


@pytest.fixture
def url(ticket):
    return reverse("agent:forwards", args=[ticket.number])


def page(ticket, query=""):
    return reverse("agent:ticket", args=[ticket.number]) + query


def test_what_the_customer_said_last_goes_along(ticket, carla, ada, enter, url):
    client, asked = enter(ada), ticket.messages.get()
    text = " ".join(client.get(page(ticket, "?side=1")).content.decode().split())
    assert f'name="messages" value="{asked.pk}" checked' in text

    sent = client.post(
        url,
        {"to": "Print@shop.example; paper@shop.example", "body": "Please", "messages": asked.pk},
    )

    side = SideConversation.objects.get()
    message = side.messages.get()
    assert sent.headers["Location"] == f"{page(ticket)}#message-{message.pk}"
    assert side.addresses == ["print@shop.example", "paper@shop.example"]
    assert "4711" in message.quoted_text
    assert "to print@shop.example, paper@shop.example: only we and they see it" in " ".join(
        client.get(page(ticket)).content.decode().split()
    )


def test_one_goes_on_from_a_message_of_it(ticket, ada, enter, url):
    client = enter(ada)
    client.post(url, {"to": "print@shop.example", "body": "Please"})
    side = SideConversation.objects.get()

    text = client.get(page(ticket, f"?conversation={side.pk}")).content.decode()
    client.post(url, {"side": side.pk, "body": "In A2"})

    assert f'name="side" value="{side.pk}"' in text
    assert "to <b>print@shop.example</b>" in text
    assert [one.text for one in side.messages.all()] == ["Please", "In A2"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"body": "Please"}, "Say to whom"),
        ({"to": "print@", "body": "Please"}, "“print@” is no e-mail address."),
        ({"to": "print@shop.example"}, "Write something first."),
        ({"to": "carla@customer.example", "body": "Please"}, "answer instead"),
    ],
)
def test_what_is_missing_or_wrong_is_said_and_the_text_stays(ticket, ada, enter, url, typed, said):
    answer = enter(ada).post(url, typed)

    text = answer.content.decode()
    assert answer.status_code == 422
    assert said in text
    assert f"{typed.get('body', '')}</textarea>" in text
    assert not SideConversation.objects.exists()
    assert not User.objects.filter(email__contains="print@").exists()


def test_a_conversation_of_another_department_is_none(
    ticket, hosting, ada, linus, carla, enter, url
):
    theirs = actions.open_ticket(
        customer=carla, by=carla, subject="Other", body="Other", department=hosting
    )
    printer = User.objects.create_user("print@shop.example")
    said = actions.forward_ticket(theirs, by=linus, to=[printer], body="Secret")

    answer = enter(ada).post(url, {"side": said.side_id, "body": "Hello"})

    assert answer.status_code == 422
    assert said.side.messages.count() == 1


def test_taken_back_it_stands_in_the_composer_as_before(ticket, ada, enter, url, settings):
    settings.DESK_UNDO_SECONDS = 30
    client = enter(ada)
    client.post(url, {"to": "print@shop.example", "subject": "Poster", "body": "Too quick"})
    message = Message.objects.get(kind="side")

    back = client.post(
        reverse("agent:withdrawal", args=[ticket.number, message.pk]), follow=True
    ).content.decode()

    assert "Too quick</textarea>" in back
    assert 'value="print@shop.example"' in back
    assert 'value="Poster"' in back


def test_those_asked_lately_are_suggested(ticket, ada, grace, enter, url):
    client = enter(ada)
    client.post(url, {"to": "print@shop.example", "body": "Please"})

    assert '<option value="print@shop.example">' in client.get(page(ticket)).content.decode()
    assert "<option value=" + '"print' not in enter(grace).get(page(ticket)).content.decode()


def test_time_spent_is_kept(ticket, ada, enter, url):
    client = enter(ada)
    for name, typed in [
        ("forwards", {"to": "print@shop.example"}),
        ("replies", {}),
        ("notes", {}),
    ]:
        address = reverse(f"agent:{name}", args=[ticket.number])
        client.post(address, {"body": "Said", "minutes_spent": "7", **typed})

    spent = ticket.messages.order_by("pk").values_list("kind", "minutes_spent")
    assert list(spent)[1:] == [("side", 7), ("reply", 7), ("note", 7)]
