"""What somebody wrote into a form on another site."""

import pytest

from departments.actions import vouch_for
from departments.models import DeskSettings, Organisation, User
from tickets.actions import SentAlready, TooMuchWritten, Writing, open_by_form
from tickets.models import EmbeddedForm, FormPost

WRITING = Writing(
    address="olha@customer.example", name="Olha", subject="Basket", body="It is empty.", stamp="a"
)


@pytest.fixture
def form(billing):
    return EmbeddedForm.objects.create(
        name="Shop", origins=["https://shop.example"], most_per_hour=4
    )


def wrote(**changes):
    return Writing(**{**WRITING.__dict__, **changes})


def test_a_newcomer_becomes_a_person_who_has_a_ticket(form):
    ticket = open_by_form(form, writing=WRITING)

    assert (ticket.customer.name, ticket.customer.language) == ("Olha", "en")
    assert not ticket.customer.has_usable_password()
    message = ticket.messages.get()
    assert (ticket.channel, message.channel, message.why) == ("form", "form", "form")
    assert message.reading == {"form": "Shop", "signed": ""}
    assert ticket.events.get().actor == ticket.customer


def test_who_was_switched_off_hears_nothing_and_stays_so(form, bo):
    ticket = open_by_form(form, writing=wrote(address=bo.email))

    assert ticket.customer == bo
    assert (ticket.status, ticket.assignee) == ("new", None)
    bo.refresh_from_db()
    assert not bo.is_active


def test_a_stamp_is_good_for_one_text(form):
    first = open_by_form(form, writing=WRITING)

    assert open_by_form(form, writing=WRITING) == first
    with pytest.raises(SentAlready):
        open_by_form(form, writing=wrote(body="Something else"))


@pytest.mark.parametrize(("stamped", "most"), [(True, 4), (False, 2)])
def test_a_form_takes_so_much_in_an_hour(form, stamped, most):
    for number in range(most):
        stamp = str(number) if stamped else ""
        open_by_form(form, writing=wrote(address=f"a{number}@x.example", stamp=stamp))

    with pytest.raises(TooMuchWritten):
        open_by_form(form, writing=wrote(stamp="b" if stamped else ""))
    assert not User.objects.filter(email=WRITING.address).exists()


def test_a_desk_for_people_it_knows_hears_them_and_their_colleagues_alone(form, carla):
    DeskSettings(writers="known").save()
    vouch_for(carla)
    Organisation.objects.create(name="Akme", domains=["akme.example"])

    assert open_by_form(form, writing=wrote(address=carla.email, stamp="b")).customer == carla
    assert open_by_form(form, writing=wrote(address="new@akme.example", stamp="c"))
    assert open_by_form(form, writing=WRITING) is None
    assert not User.objects.filter(email=WRITING.address).exists()
    # Sent once more, strangers are told the same as everybody.
    with pytest.raises(SentAlready):
        open_by_form(form, writing=wrote(body="Something else"))
    assert FormPost.objects.count() == 3
