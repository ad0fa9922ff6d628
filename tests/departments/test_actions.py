"""People come, join and leave."""

import pytest

from departments.actions import join_department, organisation_for, retire_agent, welcome_customer
from departments.models import ApiToken, Membership, Organisation, User
from helpdesk.lib.errors import DeskError


def test_a_first_letter_makes_a_customer_who_has_no_password(db):
    person = welcome_customer(" Oksana@Customer.Example ", name=" Оксана ", language="uk")

    assert (person.email, person.name, person.language) == (
        "oksana@customer.example",
        "Оксана",
        "uk",
    )
    assert not person.has_usable_password()
    assert not person.is_agent


def test_the_second_letter_comes_from_the_same_person_whatever_its_case(db):
    first = welcome_customer("oksana@customer.example")

    assert welcome_customer("OKSANA@customer.example") == first
    assert User.objects.count() == 1


def test_what_is_known_is_kept_and_what_is_missing_is_filled_in(db):
    welcome_customer("oksana@customer.example", name="Оксана")

    person = welcome_customer("oksana@customer.example", name="Somebody else", language="uk")

    person.refresh_from_db()
    assert (person.name, person.language) == ("Оксана", "uk")


def test_a_name_without_end_is_cut(db):
    assert len(welcome_customer("a@customer.example", name="x" * 999).name) == 200


def test_a_customer_belongs_to_the_organisation_of_their_domain(db):
    akme = Organisation.objects.create(name="Akme", domains=["akme.example", "akme.test"])

    assert welcome_customer("new@AKME.test").organisation == akme
    assert welcome_customer("new@notakme.test").organisation is None
    assert organisation_for("somebody@sub.akme.test") is None


def test_an_agent_who_writes_a_letter_stays_who_they_are(ada):
    assert welcome_customer("ada@desk.example", name="Other").is_agent
    ada.refresh_from_db()
    assert ada.name == "Ada Kovalenko"
    assert ada.has_usable_password()


def test_whoever_joins_a_department_is_an_agent_at_once(carla, billing):
    assert not carla.is_agent

    join_department(carla, billing)

    assert carla.is_agent
    assert not carla.is_lead


def test_joining_again_changes_the_role(ada, billing):
    join_department(ada, billing, role=Membership.Role.LEAD)

    assert ada.is_lead
    assert Membership.objects.filter(user=ada, department=billing).count() == 1


def test_whoever_leaves_keeps_name_and_place_but_no_key(ada, billing):
    ApiToken.issue(ada, "script")

    retire_agent(ada)

    ada = User.objects.get(pk=ada.pk)
    assert not ada.is_active
    assert not ada.is_agent
    assert ada.name == "Ada Kovalenko"
    assert billing.members.filter(pk=ada.pk).exists()
    assert not ApiToken.objects.exists()


def test_the_last_administrator_cannot_be_switched_off(root):
    with pytest.raises(DeskError, match="last administrator"):
        retire_agent(root)

    root.refresh_from_db()
    assert root.is_active


def test_an_administrator_may_leave_while_another_stays(root):
    User.objects.create_superuser("second@desk.example", "correct horse")

    retire_agent(root)

    assert not root.is_active
