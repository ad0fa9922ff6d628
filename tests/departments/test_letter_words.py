"""Which words a letter takes, and which ones no administrator can save."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from departments import letters
from departments.models import LetterText
from tests.conftest import person


def worded(kind, body, *, subject="S", language="en", **fields):
    text = LetterText(kind=kind, language=language, subject=subject, body=body, **fields)
    text.full_clean()
    text.save()
    return text


def test_a_department_reads_no_words_of_another_nor_of_another_letter(billing, hosting):
    worded("solved", "Of Billing", department=billing)
    worded("reopened", "Open again")

    shipped = letters.shipped("solved", "en").body
    assert letters.words_of("solved", hosting).body == shipped
    assert letters.words_of("solved").body == shipped
    assert letters.words_of("solved", billing).body == "Of Billing"
    assert letters.words_of("reopened", billing).body == "Open again"


def test_a_variety_of_a_language_reads_the_words_of_the_language(db):
    worded("solved", "Gelöst", language="de")

    with translation.override("de-at"):
        assert letters.words_of("solved").body == "Gelöst"


def test_what_must_not_be_left_out_does_not_stand_in_the_subject_alone(db):
    with pytest.raises(ValidationError) as refused:
        worded("login_code", "Your code is above.", subject="{code}")

    assert list(refused.value.message_dict) == ["body"]


def test_a_letter_about_signing_in_is_worded_for_the_whole_desk_only(billing):
    with pytest.raises(ValidationError) as refused:
        worded("login_code", "{code}", department=billing)

    assert list(refused.value.message_dict) == ["department"]


def test_words_are_saved_tidy(db):
    text = worded("solved", "\r\nDone \r\n\r\n\r\n\r\nBye\u202e", subject="Done\r\nBcc: x")

    assert (text.subject, text.body) == ("Done Bcc: x", "Done\n\nBye")


def test_who_has_no_name_or_one_too_long_is_greeted_without_and_called_by_their_address(db):
    for name in ("", "Win " * 30, "shop.example"):
        values = letters.greeted(person(f"a{len(name)}@customer.example", name), "Desk")
        assert (values["greeting"], values["customer"][0]) == ("Hello,", "a")
    named = letters.greeted(person("b@customer.example", "Dr. Carla J. Bondar-Weiß"), "Desk")
    assert named["greeting"] == "Hello Dr. Carla J. Bondar-Weiß,"
