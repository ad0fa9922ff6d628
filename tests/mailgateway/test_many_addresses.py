"""A person who writes from several addresses is one person."""

import pytest
from allauth.account.models import EmailAddress

from departments.models import ReturnedMail, User
from mailgateway.addresses import make_letter_id
from mailgateway.models import OutboundEmail
from tests.letters import bounce_of, letter
from tickets.actions import follow_ticket, merge_people, open_ticket, reply_to_ticket

HOME = "carla@home.example"


@pytest.fixture
def home(carla):
    return EmailAddress.objects.create(user=carla, email=HOME, verified=True)


def test_a_letter_from_any_of_them_is_the_customers(arrives, ticket, home):
    row = arrives(letter("Досі немає.", sender=HOME, subject=f"Re: [#{ticket.pk}] Рахунок"))

    assert row.ticket == ticket
    assert ticket.messages.get(pk=row.message_pk).from_customer
    assert not User.objects.filter(email=HOME).exists()


def test_a_new_matter_from_any_of_them_is_theirs_too(arrives, home, carla):
    row = arrives(letter("Інше", sender=f"Carla at home <{HOME}>", subject="Інше"))

    assert row.ticket.customer == carla


def test_ones_own_second_address_in_cc_is_nobody_else(arrives, home, carla):
    row = arrives(letter("Інше", sender=carla.email, subject="Інше", Cc=HOME))

    assert not row.ticket.followers.exists()


def test_letters_to_somebody_merged_away_find_who_they_are(arrives, ticket, carla, root, ada):
    karla = User.objects.create_user("karla@old.example", name="Карла")
    old = open_ticket(customer=karla, by=karla, subject="Пароль", body="Забула")
    merge_people(karla, into=carla, by=root)
    our_id = f"<{make_letter_id(old.pk, None, 'desk.example')}>"

    answer = arrives(letter("Дякую", sender="karla@old.example", In_Reply_To=our_id))
    fresh = arrives(letter("Нове", sender="karla@old.example", subject="Нове"))

    assert answer.ticket == old
    assert old.messages.get(pk=answer.message_pk).from_customer
    assert fresh.ticket.customer == carla


def test_an_address_that_nobody_proved_is_somebody_else(arrives, ticket, carla):
    EmailAddress.objects.create(user=carla, email=HOME)

    row = arrives(letter("Чуже", sender=HOME, subject="Чуже"))

    assert row.ticket.customer != carla


def test_a_letter_that_a_trusted_server_vouches_for_proves_it(arrives, ticket, carla, mailbox):
    EmailAddress.objects.create(user=carla, email=HOME)
    mailbox.trusted_authserv_ids = "mx.desk.example"
    mailbox.save()
    vouched = "mx.desk.example; dmarc=pass header.from=home.example"

    row = arrives(letter("Це я", sender=HOME, Authentication_Results=vouched))

    assert row.ticket.customer == carla
    assert EmailAddress.objects.get(email=HOME).verified


def test_a_letter_does_not_open_a_password_that_somebody_chose(arrives, carla, mailbox):
    """Whoever signed up with an address of others has to type the code that was mailed there."""
    EmailAddress.objects.create(user=carla, email=carla.email, primary=True)
    mailbox.trusted_authserv_ids = "mx.desk.example"
    mailbox.save()
    vouched = "mx.desk.example; dmarc=pass header.from=customer.example"

    arrives(letter("Це я", sender=carla.email, Authentication_Results=vouched))

    assert not EmailAddress.objects.get(email=carla.email).verified


def test_who_takes_part_by_another_address_is_not_named_as_missing(
    arrives, ticket, mallory, home, ada
):
    EmailAddress.objects.create(user=mallory, email="mal@home.example", verified=True)
    follow_ticket(ticket, who=mallory, by=ada, in_copy=True)
    subject = f"Re: [#{ticket.pk}] Рахунок"

    row = arrives(letter("Ще", sender=HOME, subject=subject, Cc="mal@home.example, x@y.example"))

    message = ticket.messages.get(pk=row.message_pk)
    assert message.reading["copies"] == ["x@y.example"]


def test_letters_that_come_back_from_any_of_them_are_noted(arrives, ticket, home, ada, carla):
    reply_to_ticket(ticket, by=ada, body="Here")
    sent = OutboundEmail.objects.get(kind="replied")
    OutboundEmail.objects.filter(pk=sent.pk).update(recipient=HOME, state="sent")

    arrives(bounce_of(sent.letter_id, HOME))

    assert ReturnedMail.objects.get().person == carla
