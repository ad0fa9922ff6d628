"""The tags that draw small signs: what they say, in which language, and that they escape."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django import forms
from django.template import Context
from django.test import RequestFactory
from django.utils import timezone, translation

from helpdesk.lib.templates import tight
from helpdesk.templatetags import ui

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def said(moment, language="en"):
    with time_machine.travel(NOW, tick=False), translation.override(language):
        return ui.ago(moment)


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        (timedelta(seconds=-20), "just now"),
        (timedelta(minutes=-5), "5 min ago"),
        (timedelta(minutes=-119), "1 hr ago"),
        (timedelta(hours=-23, minutes=-59), "23 hr ago"),
        (timedelta(days=-6), "6 days ago"),
        (timedelta(minutes=40), "in 40 min"),
    ],
)
def test_a_moment_is_told_as_a_distance(gap, words):
    assert words in said(NOW + gap).replace(".", "")


def test_a_moment_is_told_in_the_readers_language():
    assert "vor 3 Std." in said(NOW - timedelta(hours=3), "de")
    assert "3 год тому" in said(NOW - timedelta(hours=3), "uk")


def test_a_moment_older_than_a_week_is_a_date_and_is_left_alone_by_the_script():
    told = said(NOW - timedelta(days=8), "de")
    assert "22.02.2026" in told
    assert "data-ago" not in told


def test_a_moment_carries_the_exact_time_of_the_readers_zone():
    with timezone.override("Europe/Kyiv"):
        told = said(NOW - timedelta(hours=1), "uk")
    assert 'datetime="2026-03-02T13:00:00+02:00"' in told
    assert "13:00" in told


def test_no_moment_says_nothing():
    assert ui.ago(None) == ""


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Carla Bondar", "CB"),
        ("Олена Іванівна Шевчук", "ОШ"),
        ("carla@akme.test", "C"),
        ("(guest) Mallory", "M"),
        ("", ""),
        ("   ", ""),
    ],
)
def test_initials_are_the_first_and_the_last_word(name, letters):
    assert ui.initials(name) == letters


def test_a_face_keeps_its_colour_whatever_the_case_of_the_address():
    one = ui.avatar(SimpleNamespace(public_name="Ada", email="Ada@desk.test"))
    two = ui.avatar(SimpleNamespace(public_name="Ada L.", email="ada@desk.test"))
    assert one["hue"] == two["hue"]
    assert 0 <= one["hue"] < ui.FACES


def test_nobody_has_no_letters_and_a_nameless_person_has_a_question_mark():
    assert ui.avatar(None)["initials"] == ""
    assert ui.avatar(SimpleNamespace(public_name="…", email=""))["initials"] == "?"


def test_an_icon_with_a_label_is_a_picture_and_without_one_is_silent():
    assert 'role="img" aria-label="Attachment"' in ui.icon("clip", "Attachment")
    assert 'aria-hidden="true"' in ui.icon("clip")
    assert "icon--small" in ui.icon("clip", size="small")


def test_labels_are_escaped():
    assert "<b>" not in ui.icon("clip", "<b>")
    assert "<b>" not in ui.status_dot("new", "<b>")


def test_a_state_is_a_shape_with_a_name():
    dot = ui.status_dot("waiting", "Waiting for customer")

    assert 'class="dot dot--waiting"' in dot
    assert 'role="img" title="Waiting for customer"' in dot


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 bytes"), (1, "1 byte"), (812, "812 bytes"), (1010, "1 KB"), (421_888, "412 KB")],
)
def test_small_files_are_told_in_bytes_and_kilobytes(size, words):
    assert ui.file_size(size).replace("\xa0", " ") == words


def test_large_files_are_told_with_one_decimal_in_the_readers_way():
    assert ui.file_size(1_572_864).replace("\xa0", " ") == "1.5 MB"
    with translation.override("de"):
        assert ui.file_size(1_572_864).replace("\xa0", " ") == "1,5 MB"


def test_the_theme_is_the_persons_then_the_sessions_then_the_systems():
    request = RequestFactory().get("/")
    assert ui.theme(Context({"request": request})) == "system"
    request.session = {"theme": "dark"}
    assert ui.theme(Context({"request": request})) == "dark"
    request.user = SimpleNamespace(theme="light")
    assert ui.theme(Context({"request": request})) == "light"


def test_a_theme_that_nobody_offers_is_the_systems():
    request = RequestFactory().get("/")
    request.session = {"theme": "loud"}
    assert ui.theme(Context({"request": request})) == "system"
    assert ui.theme(Context({})) == "system"


def test_a_field_knows_which_frame_it_wants():
    class Sample(forms.Form):
        subject = forms.CharField()
        files = forms.FileField()
        agree = forms.BooleanField()
        score = forms.ChoiceField(choices=[("1", "1")], widget=forms.RadioSelect)

    kinds = [ui.field_kind(field) for field in Sample()]
    assert kinds == ["line", "files", "check", "choices"]


def test_a_page_is_sent_without_what_only_its_writers_need():
    source = """{# takes: person #}
{% load i18n ui %}

<p>
  {% if person %}
    <b>{{ person }}</b>
  {% endif %}
  writes
</p>
"""
    sent = "{% load i18n ui %}<p>\n{% if person %}<b>{{ person }}</b>\n{% endif %}writes\n</p>\n"

    assert tight(source) == sent
