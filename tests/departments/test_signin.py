"""Getting in: by password or by a mailed code, and what strangers can learn from the door."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.test import Client
from django.urls import reverse

from departments.actions import prove_address, retire_agent, welcome_customer
from departments.models import Organisation, User
from tickets.actions import add_address, merge_people, vouch_for_address

CODE = re.compile(r"^ {4}(\S+)$", re.M)


@pytest.fixture
def oksana(db):
    """She wrote a letter; she has neither a password nor an address row."""
    return welcome_customer("oksana@customer.example", name="Оксана", language="uk")


def code_in_letter() -> str:
    return CODE.search(mail.outbox[-1].body)[1]


def ask_for_code(client, address, **extra):
    return client.post(reverse("account_request_login_code"), {"email": address, **extra})


def type_code(client, code, **extra):
    return client.post(reverse("account_confirm_login_code"), {"code": code, **extra})


def who(client):
    request = type("Request", (), {"session": client.session})
    return get_user(request)


def page_without_secrets(response) -> str:
    return re.sub(r'(name="csrfmiddlewaretoken" value|X-CSRFToken)[^>]*', "", response.text)


def test_a_stranger_is_shown_the_way_in(db, client):
    response = client.get("/")

    assert response.url == "/account/login/?next=/"
    page = client.get(response.url)
    assert page.status_code == 200
    assert reverse("account_request_login_code") + "?next=%2F" in page.text


def test_carla_signs_in_with_her_password_once_her_address_is_proved(client, carla):
    EmailAddress.objects.create(user=carla, email=carla.email, verified=True, primary=True)

    response = client.post(
        reverse("account_login"), {"login": "Carla@customer.example", "password": "correct horse"}
    )

    assert response.url == reverse("home")
    assert who(client) == carla


def test_a_password_alone_does_not_prove_an_address(client, carla):
    client.post(reverse("account_login"), {"login": carla.email, "password": "correct horse"})

    assert not who(client).is_authenticated
    client.post(reverse("account_email_verification_sent"), {"code": code_in_letter()})
    assert who(client) == carla


def test_somebody_known_by_mail_signs_in_by_one_code_only(client, oksana):
    ask_for_code(client, oksana.email)
    assert len(mail.outbox) == 1
    assert mail.outbox[0].to == [oksana.email]

    type_code(client, code_in_letter())

    assert who(client) == oksana
    assert len(mail.outbox) == 1
    row = EmailAddress.objects.get(user=oksana)
    assert (row.email, row.verified, row.primary) == (oksana.email, True, True)


def test_the_letter_with_the_code_has_both_forms_and_the_code_in_its_subject(client, oksana):
    ask_for_code(client, oksana.email)

    letter = mail.outbox[0]
    assert code_in_letter() in letter.subject
    assert code_in_letter() in letter.alternatives[0].content


def test_somebody_known_by_mail_chooses_a_password_by_code(client, oksana):
    client.post(reverse("account_reset_password"), {"email": oksana.email})
    client.post(reverse("account_confirm_password_reset_code"), {"code": code_in_letter()})
    client.post(
        reverse("account_complete_password_reset"),
        {"password1": "a rather long one", "password2": "a rather long one"},
    )

    response = client.post(
        reverse("account_login"), {"login": oksana.email, "password": "a rather long one"}
    )

    assert response.url == reverse("home")
    assert who(client) == oksana
    assert len(mail.outbox) == 1


def test_asking_for_a_code_alone_proves_nothing(client, oksana):
    ask_for_code(client, oksana.email)
    client.post(reverse("account_reset_password"), {"email": oksana.email})

    assert not EmailAddress.objects.filter(verified=True).exists()
    assert not who(client).is_authenticated


def test_three_wrong_codes_are_the_end_of_a_code(client, oksana):
    ask_for_code(client, oksana.email)
    right = code_in_letter()
    for _n in range(3):
        type_code(client, "WRONG1")

    type_code(client, right)

    assert not who(client).is_authenticated


def test_codes_are_not_sent_without_end(oksana):
    for _n in range(6):
        ask_for_code(Client(), oksana.email)

    assert len(mail.outbox) == 3


def test_passwords_cannot_be_tried_without_end(client, carla):
    EmailAddress.objects.create(user=carla, email=carla.email, verified=True, primary=True)
    for number in range(6):
        client.post(reverse("account_login"), {"login": carla.email, "password": f"guess {number}"})

    client.post(reverse("account_login"), {"login": carla.email, "password": "correct horse"})

    assert not who(client).is_authenticated


def test_whoever_mistyped_the_address_starts_again(client, oksana):
    ask_for_code(client, "oxana@customer.example")
    page = client.get(reverse("account_confirm_login_code")).text
    assert reverse("account_logout") in page

    client.post(reverse("account_logout"), {"next": reverse("account_request_login_code")})
    ask_for_code(client, oksana.email)
    type_code(client, code_in_letter())

    assert who(client) == oksana


def test_a_code_of_another_browser_opens_nothing(client, oksana):
    ask_for_code(client, oksana.email)
    other = Client()
    ask_for_code(other, "nobody@elsewhere.example")

    type_code(other, CODE.search(mail.outbox[0].body)[1])

    assert not who(other).is_authenticated


@pytest.mark.parametrize(
    ("url", "field", "next_page"),
    [
        ("account_request_login_code", "email", "account_confirm_login_code"),
        ("account_reset_password", "email", "account_confirm_password_reset_code"),
    ],
)
def test_the_door_does_not_say_who_is_known(oksana, bo, url, field, next_page):
    pages = []
    for address in (oksana.email, bo.email, "nobody@elsewhere.example"):
        client = Client()
        response = client.post(reverse(url), {field: address})
        assert response.url == reverse(next_page)
        page = page_without_secrets(client.get(response.url))
        pages.append(page.replace(address, "ADDRESS"))

    assert pages[0] == pages[1] == pages[2]
    assert len(mail.outbox) == 3


SIGNUP = {"name": "Somebody", "password1": "a rather long one", "password2": "a rather long one"}


def test_signing_up_says_the_same_about_known_and_unknown_addresses(oksana, bo):
    pages = []
    for address in (oksana.email, bo.email, "new@elsewhere.example"):
        client = Client()
        response = client.post(reverse("account_signup"), {**SIGNUP, "email": address})
        assert response.url == reverse("account_email_verification_sent")
        pages.append(page_without_secrets(client.get(response.url)).replace(address, "ADDRESS"))

    assert pages[0] == pages[1] == pages[2]
    assert User.objects.filter(email=oksana.email).count() == 1
    oksana.refresh_from_db()
    assert oksana.name == "Оксана"
    assert not oksana.has_usable_password()


def test_signing_up_takes_as_long_for_known_addresses_as_for_unknown_ones(oksana, settings):
    settings.PASSWORD_HASHERS = ["tests.departments.test_signin.CountingHasher"]

    def hashed_for(address):
        before = CountingHasher.count
        Client().post(reverse("account_signup"), {**SIGNUP, "email": address})
        return CountingHasher.count - before

    assert hashed_for(oksana.email) == hashed_for("new@elsewhere.example") == 1


class CountingHasher(MD5PasswordHasher):
    """Says how often a password was hashed: nothing else here takes long."""

    count = 0

    def encode(self, password, salt):
        CountingHasher.count += 1
        return super().encode(password, salt)


def test_a_new_customer_signs_up_with_a_proved_address(db, client):
    akme = Organisation.objects.create(name="Akme", domains=["akme.example"])
    client.post(
        reverse("account_signup"),
        {**SIGNUP, "email": "Olena@akme.example"},
        headers={"Accept-Language": "de"},
    )
    assert not who(client).is_authenticated

    client.post(reverse("account_email_verification_sent"), {"code": code_in_letter()})

    olena = who(client)
    assert (olena.email, olena.name) == ("olena@akme.example", "Somebody")
    assert (olena.language, olena.organisation) == ("de", akme)


def test_a_password_chosen_by_a_stranger_dies_when_the_owner_proves_the_address(db, client):
    Client().post(reverse("account_signup"), {**SIGNUP, "email": "victim@customer.example"})
    victim = User.objects.get()

    ask_for_code(client, victim.email)
    type_code(client, code_in_letter())

    assert who(client) == victim
    stranger = Client()
    stranger.post(
        reverse("account_login"), {"login": victim.email, "password": SIGNUP["password1"]}
    )
    assert not who(stranger).is_authenticated


def test_bo_has_left_and_cannot_come_in_by_password(client, bo):
    EmailAddress.objects.create(user=bo, email=bo.email, verified=True, primary=True)

    client.post(reverse("account_login"), {"login": bo.email, "password": "correct horse"})

    assert not who(client).is_authenticated


def test_bo_has_left_and_gets_no_code(client, bo):
    ask_for_code(client, bo.email)

    assert CODE.search(mail.outbox[0].body) is None


def test_a_code_that_came_before_somebody_left_is_worth_nothing(client, ada):
    ask_for_code(client, ada.email)
    retire_agent(ada)

    type_code(client, code_in_letter())

    assert not who(client).is_authenticated


def test_whoever_leaves_is_out_at_once(enter, ada):
    browser = enter(ada)
    assert browser.get(reverse("account_profile")).status_code == 200

    retire_agent(ada)

    assert browser.get(reverse("account_profile")).status_code == 302


def test_after_signing_in_one_comes_to_the_page_one_wanted(client, oksana):
    ask_for_code(client, oksana.email, next="/tickets/new/")

    response = type_code(client, code_in_letter(), next="/tickets/new/")

    assert response.url == "/tickets/new/"


def test_nobody_is_led_to_a_foreign_site(client, oksana):
    ask_for_code(client, oksana.email, next="https://evil.example/")

    response = type_code(client, code_in_letter(), next="https://evil.example/")

    assert response.url == reverse("home")


def test_one_signs_in_by_any_proved_address(client, oksana):
    EmailAddress.objects.create(user=oksana, email="oksana@home.example", verified=True)

    ask_for_code(client, "oksana@home.example")
    type_code(client, code_in_letter())

    assert who(client) == oksana
    oksana.refresh_from_db()
    assert oksana.email == "oksana@customer.example"


@pytest.mark.parametrize("url", ["account_request_login_code", "account_reset_password"])
def test_an_address_that_an_agent_mistyped_lets_its_owner_into_nothing(client, oksana, url):
    EmailAddress.objects.create(user=oksana, email="oxana@stranger.example", verified=False)

    client.post(reverse(url), {"email": "oxana@stranger.example"})

    [letter] = mail.outbox
    assert CODE.search(letter.body) is None
    assert "no account" in letter.body


def test_a_code_to_an_address_of_somebody_merged_away_opens_the_one_account(
    client, oksana, root, billing
):
    olena = welcome_customer("olena@customer.example", name="Олена")
    merge_people(olena, into=oksana, by=root)

    ask_for_code(client, "olena@customer.example")
    type_code(client, code_in_letter())

    assert who(client) == oksana


@pytest.fixture
def mistaken(db):
    """Agents put down one and the same mistyped address as further ones of eight customers; its
    owner became a person of her own in between."""
    people = [User.objects.create_user(f"{number}@made.example") for number in range(9)]
    olena = people.pop(4)
    for one in people:
        EmailAddress.objects.create(user=one, email=one.email, verified=True, primary=True)
        EmailAddress.objects.create(user=one, email=olena.email, verified=False)
    return olena


def test_the_owner_of_a_mistyped_address_comes_in_as_herself(client, mistaken):
    ask_for_code(client, mistaken.email)
    type_code(client, code_in_letter())

    assert who(client) == mistaken
    assert EmailAddress.objects.get(email=mistaken.email, verified=True).user == mistaken


def test_the_owner_of_a_mistyped_address_chooses_her_own_password(client, mistaken):
    client.post(reverse("account_reset_password"), {"email": mistaken.email})
    code = {"code": code_in_letter()}
    client.post(reverse("account_confirm_password_reset_code"), code)
    twice = dict.fromkeys(("password1", "password2"), "correct horse battery")
    client.post(reverse("account_complete_password_reset"), twice)

    changed = [one for one in User.objects.all() if one.check_password(twice["password1"])]
    assert changed == [mistaken]


@pytest.mark.parametrize("how", ["proved", "vouched", "merged"])
def test_a_password_of_a_sign_up_that_nobody_proved_stays_shut(client, carla, root, billing, how):
    """A stranger signed up with Carla's address before she wrote, and waits for another proof."""
    EmailAddress.objects.create(user=carla, email=carla.email, primary=True)
    if how == "merged":
        merge_people(welcome_customer("carla@home.example"), into=carla, by=root)
    else:
        row = add_address(carla, address="carla@home.example", by=root)
        prove_address(row.email) if how == "proved" else vouch_for_address(row, by=root)
    login = {"login": "carla@home.example", "password": "correct horse"}

    client.post(reverse("account_login"), login)

    assert not who(client).is_authenticated
    ask_for_code(client, login["login"])
    type_code(client, code_in_letter())
    assert who(client) == carla
