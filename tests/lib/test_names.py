"""Names that strangers choose: what nobody sees is taken out, and real names stay whole."""

import time

import pytest
from django.core import mail
from django.db import connection
from django.urls import reverse

from departments.actions import welcome_customer
from departments.models import User
from helpdesk.lib.names import MOST_MARKS, harmless
from tickets import actions
from tickets.models import Ticket

REAL = [
    "Carla Bondar",
    "Оксана Мар'яненко-Ґалаґан",
    "Łukasz Żółć",
    "محمد عبد الله",
    "می\u200cخواهم",  # Persian: the non-joiner is a letter's end
    "שָׁלוֹם בֶּן־דָּוִד",
    "क्\u200dष देवी",  # Hindi: the joiner shapes a letter
    "ශ්\u200dරී ලංකා",
    "Nguyễn Thị Hằng",
    "山田 太郎",
    "김철수",
    "ธนพล ศรีสุข",
    "བསྟན་འཛིན",
    "O’Brien & Söhne GmbH",
    "Рахунок №5 — «терміново» 🙂",
]
TRICKS = [
    ("Ada\u202emoc.live\u202c", "Adamoc.live"),
    ("\u2066Ada\u2069 \u200fRoot\u200e", "Ada Root"),
    ("A\u200bd\u200ca\u200d\ufeff", "Ada"),
    ("A\u00add\u2060a\u034f", "Ada"),
    ("Ada\r\nBcc: all@desk.example", "Ada Bcc: all@desk.example"),
    ("Ada\x00\x1b[31m\x07", "Ada[31m"),
    ("Ada\U000e0041\U000e0042\ufff8\u2065", "Ada"),
    ("  Ada\u00a0\u3000\u2028 Kovalenko ", "Ada Kovalenko"),
    ("\u0301\u0302\u0303", ""),
    ("\u3164\u2800\uffa0", ""),
    ("\u200b\u200d \u202e", ""),
    ("a" + "\u0336" * 500 + "b", "a" + "\u0336" * MOST_MARKS + "b"),
    ("A \u0301da", "A da"),
]


@pytest.mark.parametrize("name", REAL)
def test_real_names_stay_as_they_are(name):
    assert harmless(name) == name


@pytest.mark.parametrize(("typed", "left"), TRICKS)
def test_tricks_leave_nothing_behind(typed, left):
    assert harmless(typed) == left
    assert harmless(left) == left


def test_a_long_name_takes_no_long_time():
    assert harmless("\u202ea\u0301\u200d " * 100_000).startswith("á á")


def test_a_name_of_marks_in_disorder_takes_no_long_time():
    began = time.process_time()
    assert harmless("Ada" + "\u0301\u0323" * 50_000).startswith("Ad\u1ea1")
    assert time.process_time() - began < 1


TURNED = "Ada\u202e \u200bKovalenko"


def test_they_come_in_harmless_by_letter_sign_up_profile_and_update(db, client, enter, carla):
    assert welcome_customer("new@customer.example", name=TURNED).name == "Ada Kovalenko"
    password = {"password1": "a rather long one", "password2": "a rather long one"}
    signup = {"email": "newer@customer.example", "name": TURNED, **password}
    client.post(reverse("account_signup"), signup)
    assert User.objects.get(email="newer@customer.example").name == "Ada Kovalenko"
    enter(carla).post(reverse("account_profile"), {"name": TURNED, "language": "uk"})
    assert User.objects.get(pk=carla.pk).name == "Ada Kovalenko"
    User.objects.filter(pk=carla.pk).update(name=f"{TURNED}!")
    assert User.objects.values_list("name", flat=True).get(pk=carla.pk) == "Ada Kovalenko!"


def test_a_name_that_nobody_sees_is_none(db, client, carla, enter):
    password = {"password1": "a rather long one", "password2": "a rather long one"}
    said = {"email": "x@customer.example", "name": "\u200b\u3164", **password}

    assert "This field is required" in client.post(reverse("account_signup"), said).text
    refused = enter(carla).post(reverse("account_profile"), {"name": "\u202e", "language": "uk"})
    assert refused.status_code == 422
    assert mail.outbox == []
    assert welcome_customer("y@customer.example", name="\u0301").public_name == "y"


def test_what_an_earlier_version_stored_is_shown_harmless(carla, ticket, enter):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE departments_user SET name = %s", [TURNED])
        cursor.execute("UPDATE tickets_ticket SET subject = %s", [f"Invoice {TURNED}"])

    assert str(User.objects.get(pk=carla.pk)) == "Ada Kovalenko"
    page = enter(carla).get(f"/tickets/{ticket.number}/").text
    assert "Invoice Ada Kovalenko" in page
    assert "\u202e" not in page


def test_subjects_are_harmless_as_well(carla, ada, billing):
    ticket = actions.open_ticket(customer=carla, by=carla, subject=f"{TURNED}\n!", body="x")
    assert Ticket.objects.get(pk=ticket.pk).subject == ticket.subject == "Ada Kovalenko !"

    actions.rename_ticket(ticket, subject=f"{TURNED}?", by=ada)
    assert Ticket.objects.get(pk=ticket.pk).subject == "Ada Kovalenko?"
    invisible = actions.open_ticket(customer=carla, by=carla, subject="\u200b", body="x")
    assert invisible.subject == "(no subject)"
