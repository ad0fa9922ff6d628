"""The pages of one's own account, and those before the door."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.test import Client
from django.urls import reverse

from departments.models import person_at

CODE = re.compile(r"^ {4}(\S+)$", re.M)


def code_in_letter() -> str:
    return CODE.search(mail.outbox[-1].body)[1]


def sign_in(client, person):
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    client.post(reverse("account_login"), {"login": person.email, "password": "correct horse"})


def test_another_address_counts_once_it_is_proved_and_may_become_the_main_one(client, carla):
    sign_in(client, carla)

    client.post(reverse("account_email"), {"email": "carla@new.example", "action_add": ""})
    carla.refresh_from_db()
    assert carla.email == "carla@customer.example"
    client.post(reverse("account_email_verification_sent"), {"code": code_in_letter()})

    assert person_at("carla@new.example") == carla
    client.post(reverse("account_email"), {"email": "carla@new.example", "action_primary": ""})

    carla.refresh_from_db()
    assert carla.email == "carla@new.example"
    assert person_at("carla@customer.example") == carla
    page = client.get(reverse("account_email")).text
    assert "carla@customer.example" in page
    assert "carla@new.example" in page


def test_an_address_that_is_not_the_main_one_can_be_removed(client, carla):
    sign_in(client, carla)
    EmailAddress.objects.create(user=carla, email="carla@old.example", verified=True)

    client.post(reverse("account_email"), {"email": "carla@old.example", "action_remove": ""})

    assert person_at("carla@old.example") is None


def test_nobody_can_take_an_address_of_somebody_else(client, carla, mallory):
    sign_in(client, mallory)

    client.post(reverse("account_email"), {"email": carla.email, "action_add": ""})
    if found := CODE.search(mail.outbox[-1].body if mail.outbox else ""):
        client.post(reverse("account_email_verification_sent"), {"code": found[1]})

    mallory.refresh_from_db()
    assert mallory.email == "mallory@elsewhere.example"
    assert not EmailAddress.objects.filter(user=mallory, email=carla.email).exists()


BEFORE_THE_DOOR = [
    "account_login",
    "account_signup",
    "account_request_login_code",
    "account_inactive",
    "account_reset_password",
    "account_password_reset_completed",
]
BEHIND_THE_DOOR = [
    "account_profile",
    "account_email",
    "account_change_password",
    "account_logout",
    "mfa_index",
]


@pytest.mark.parametrize("name", BEFORE_THE_DOOR)
@pytest.mark.parametrize("language", ["uk", "ru", "en", "de"])
def test_the_pages_before_the_door_open_for_everybody(db, client, name, language):
    page = client.get(reverse(name), headers={"Accept-Language": language})

    assert page.status_code == 200
    assert f'lang="{language}"' in page.text


@pytest.mark.parametrize("name", BEHIND_THE_DOOR)
def test_the_pages_behind_the_door_open_for_their_person(enter, carla, name):
    assert enter(carla).get(reverse(name)).status_code == 200


def test_carla_changes_her_name_and_language(enter, carla):
    browser = enter(carla)

    browser.post(
        reverse("account_profile"),
        {"name": "Carla B.", "language": "de", "time_zone": "Europe/Berlin"},
    )

    carla.refresh_from_db()
    assert (carla.name, carla.language, carla.time_zone) == ("Carla B.", "de", "Europe/Berlin")
    assert 'lang="de"' in browser.get(reverse("account_profile")).text


def test_a_profile_with_mistakes_comes_back_and_changes_nothing(enter, carla):
    response = enter(carla).post(
        reverse("account_profile"), {"name": "", "language": "xx", "time_zone": "Mars/Base"}
    )

    assert response.status_code == 422
    carla.refresh_from_db()
    assert carla.name == "Carla Bondar"


def test_ada_guards_her_account_with_a_second_factor(client, ada):
    sign_in(client, ada)
    client.post(reverse("account_reauthenticate"), {"password": "correct horse"})
    page = client.get(reverse("mfa_activate_totp"))
    assert "data:image/svg+xml" in page.text
    secret = page.context["form"].secret
    code = totp.format_hotp_value(
        totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time()))
    )
    client.post(reverse("mfa_activate_totp"), {"code": code})
    assert client.get(reverse("mfa_index")).status_code == 200
    codes = client.get(reverse("mfa_view_recovery_codes"))
    assert codes.status_code == 200
    [first, *_others] = codes.context["unused_codes"]
    assert client.get(reverse("mfa_generate_recovery_codes")).status_code == 200
    assert client.get(reverse("mfa_deactivate_totp")).status_code == 200

    other = Client()
    response = other.post(
        reverse("account_login"), {"login": ada.email, "password": "correct horse"}
    )
    assert response.url == reverse("mfa_authenticate")
    assert other.get("/").status_code == 302
    assert other.get(reverse("mfa_authenticate")).status_code == 200
    other.post(reverse("mfa_authenticate"), {"code": first})
    assert other.get("/").status_code == 200


def test_what_is_dangerous_asks_for_the_password_once_more(enter, carla):
    browser = enter(carla)

    response = browser.get(reverse("mfa_activate_totp"))

    assert response.url.startswith(reverse("account_reauthenticate"))
    assert browser.get(response.url).status_code == 200


def test_somebody_without_a_password_chooses_one(client, carla):
    carla.set_unusable_password()
    carla.save()
    client.force_login(carla)

    assert client.get(reverse("account_set_password")).status_code == 200
    client.post(
        reverse("account_set_password"),
        {"password1": "a rather long one", "password2": "a rather long one"},
    )

    carla.refresh_from_db()
    assert carla.check_password("a rather long one")


def test_one_field_says_itself_what_is_wrong_and_a_form_of_many_counts(client, carla):
    asked = client.post("/account/login/code/", {"email": "no address"}).text
    refused = client.post("/account/login/", {"login": carla.email, "password": "x"}).text
    signup = client.post("/account/signup/", {"email": "no address"}).text

    assert "field__error" in asked
    assert "to be put right" not in asked
    assert 'class="errors" role="alert"' in refused
    assert "to be put right" not in refused
    assert "4 things are to be put right" in signup


def test_what_a_password_must_be_is_one_sentence(client):
    page = client.get("/account/signup/").text

    assert "8 characters or more; not your name, not digits alone, nothing common." in page
    assert "<ul>" not in page
