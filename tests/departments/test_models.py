"""What people and places know about themselves."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import translation

from departments.models import (
    Agent,
    ApiToken,
    Category,
    Department,
    Holiday,
    Membership,
    OpeningHours,
    OpeningSlot,
    User,
    signature_of,
)

KYIV = ZoneInfo("Europe/Kyiv")


def test_without_a_signature_of_her_own_ada_signs_as_her_department_does(ada, billing):
    assert signature_of(ada, billing) == "Ada\nBilling"


def test_a_signature_speaks_the_language_of_the_reader(ada, billing):
    with translation.override("uk"):
        assert signature_of(ada, billing) == "Ada\nБухгалтерія"


def test_ada_signs_differently_in_each_department(ada, billing, hosting):
    Membership.objects.filter(user=ada, department=billing).update(signature="Yours, {agent}")
    Membership.objects.create(user=ada, department=hosting)

    assert signature_of(ada, billing) == "Yours, Ada"
    assert signature_of(ada, hosting) == ""


def test_a_name_with_braces_in_it_is_only_a_name(ada, billing):
    ada.shown_name = "{0.password}"
    ada.save()

    assert signature_of(ada, billing) == "{0.password}\nBilling"


def test_somebody_who_does_not_work_there_signs_as_the_department(root, billing):
    assert signature_of(root, billing) == "Root\nBilling"


def test_a_department_without_hours_works_around_the_clock(billing):
    assert billing.calendar().is_open(datetime(2026, 11, 22, 3, tzinfo=KYIV))


def test_a_department_keeps_its_hours_and_holidays(billing):
    hours = OpeningHours.objects.create(name="Office", time_zone="Europe/Kyiv")
    OpeningSlot.objects.create(hours=hours, weekday=0, opens=time(9), closes=time(12))
    OpeningSlot.objects.create(hours=hours, weekday=0, opens=time(13), closes=time(18))
    Holiday.objects.create(hours=hours, date=date(2026, 11, 30))
    Holiday.objects.create(hours=hours, date=date(2026, 12, 7), opens=time(9), closes=time(10))
    billing.opening_hours = hours

    calendar = billing.calendar()

    assert calendar.is_open(datetime(2026, 11, 23, 14, tzinfo=KYIV))
    assert not calendar.is_open(datetime(2026, 11, 23, 12, 30, tzinfo=KYIV))
    assert not calendar.is_open(datetime(2026, 11, 30, 14, tzinfo=KYIV))
    assert calendar.is_open(datetime(2026, 12, 7, 9, 30, tzinfo=KYIV))
    assert not calendar.is_open(datetime(2026, 12, 7, 14, tzinfo=KYIV))


def test_hours_are_read_in_two_queries(billing, django_assert_num_queries):
    hours = OpeningHours.objects.create(name="Office")
    OpeningSlot.objects.create(hours=hours, weekday=0, opens=time(9), closes=time(12))

    with django_assert_num_queries(2):
        hours.calendar()


def test_a_stretch_cannot_end_before_it_begins_but_may_end_at_midnight(db):
    OpeningSlot(weekday=0, opens=time(9), closes=time(0)).clean()
    with pytest.raises(ValidationError):
        OpeningSlot(weekday=0, opens=time(9), closes=time(9)).clean()


@pytest.mark.parametrize("zone", ["Mars/Base", "", "../etc/passwd", "Europe"])
def test_a_time_zone_must_exist(db, zone):
    with pytest.raises(ValidationError):
        OpeningHours(name="Office", time_zone=zone).full_clean()


def test_an_address_has_one_owner_whatever_its_case(carla):
    with pytest.raises(IntegrityError):
        User(email="CARLA@customer.example").save()


def test_customers_see_the_name_an_agent_shows_them(ada, carla):
    assert ada.public_name == "Ada"
    assert carla.public_name == "Carla Bondar"
    assert User(email="help@desk.example").public_name == "help"


def test_agents_are_those_who_belong_somewhere_each_once(ada, carla, billing, hosting):
    Membership.objects.create(user=ada, department=hosting)

    assert [agent.pk for agent in Agent.agents.all()] == [ada.pk]


def test_roles_count_only_while_one_is_here(ada, grace, bo, root, carla):
    assert [user.is_agent for user in (ada, grace, bo, root, carla)] == [
        True,
        True,
        False,
        True,
        False,
    ]
    assert [user.is_lead for user in (ada, grace, bo, root, carla)] == [
        False,
        True,
        False,
        True,
        False,
    ]


def test_only_one_department_receives_what_belongs_nowhere(billing):
    with pytest.raises(IntegrityError):
        Department.objects.create(name="Second", slug="second", is_triage=True)


def test_what_belongs_nowhere_goes_to_the_department_chosen_for_it(hosting, billing):
    assert Department.triage() == billing


def test_a_department_that_is_switched_off_receives_nothing(hosting, billing):
    billing.is_active = False
    billing.save()

    assert Department.triage() == hosting


def test_a_desk_without_departments_says_so(db):
    with pytest.raises(Department.DoesNotExist):
        Department.triage()


def test_the_secret_of_an_api_token_is_not_stored(ada):
    token, secret = ApiToken.issue(ada, "script")

    assert ApiToken.objects.get(digest=ApiToken.digest_of(secret)) == token
    assert secret not in str(ApiToken.objects.values_list().get())
    assert secret.startswith(token.hint)


def test_a_category_is_named_in_the_language_of_the_reader(billing):
    category = Category.objects.create(
        slug="money", department=billing, name={"uk": "Гроші", "en": "Money"}
    )

    with translation.override("uk"):
        assert str(category) == "Гроші"
    with translation.override("de"):
        assert str(category) == "Money"
