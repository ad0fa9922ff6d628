"""An agent's own page, section by section."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from departments.actions import join_department, show_face
from departments.models import Reason, User, Way, signature_of

PATH = "/agent/profile/"
ABOUT = {"name": "Ada Kovalenko", "shown_name": "Ada", "language": "de", "time_zone": ""}
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1"


def post(browser, section, **fields):
    return browser.post(PATH, {"section": section, **fields})


def picture(size=(300, 200)):
    made = io.BytesIO()
    Image.new("RGB", size, "teal").save(made, "PNG")
    return SimpleUploadedFile("me.png", made.getvalue(), "image/png")


def test_an_agent_says_who_they_are(enter, ada):
    browser = enter(ada)
    about = {"name": "Ада Коваленко", "shown_name": "Ада", "time_zone": "Europe/Berlin"}

    answer = post(browser, "about", **{**ABOUT, **about})

    ada.refresh_from_db()
    assert answer.headers["Location"] == f"{PATH}?saved=about#about"
    assert (ada.name, ada.shown_name) == ("Ада Коваленко", "Ада")
    assert (ada.language, ada.time_zone) == ("de", "Europe/Berlin")
    text = browser.get(PATH, {"saved": "about"}).content.decode()
    assert '<html lang="de"' in text
    assert 'class="section__saved"' in text


def test_one_section_leaves_the_others_alone(enter, ada):
    ada.shown_name, ada.after_sending, ada.undo_seconds = "Ada K.", "list", 30
    ada.turn(Reason.RATED, Way.SOUND, on=True)
    ada.save()

    post(enter(ada), "page", theme="dark", after_sending="next", undo_seconds="60")

    ada.refresh_from_db()
    assert (ada.theme, ada.after_sending, ada.undo_seconds) == ("dark", "next", 60)
    assert (ada.shown_name, ada.uses_shortcuts) == ("Ada K.", True)
    assert ada.hears(Reason.RATED, Way.SOUND)


def test_seconds_of_grace_can_be_left_to_the_desk(enter, ada, settings):
    settings.DESK_UNDO_SECONDS = 10
    browser = enter(ada)
    assert "As the desk (10 seconds)" in browser.get(PATH).content.decode()

    post(browser, "page", theme="system", after_sending="stay", undo_seconds="")

    ada.refresh_from_db()
    assert ada.grace.total_seconds() == 10


def test_keys_can_be_switched_off(enter, ada):
    browser = enter(ada)
    post(browser, "keyboard")

    assert 'data-shortcuts="off"' in browser.get("/agent/").content.decode()


def test_every_reason_and_way_of_being_told_can_be_chosen(enter, ada):
    browser = enter(ada)
    page = browser.get(PATH).content.decode()
    assert re.search(r'value="mine:letter"[^>]* checked>', page)
    assert re.search(r'value="rated:sound"[^>]*"\s*>', page)
    assert "rated:letter" not in page

    post(browser, "notifications", hears=["mine:bell", "mine:sound", "assigned:letter"])

    ada.refresh_from_db()
    wanted = {f"{one}:{way}" for one in Reason for way in Way if ada.hears(one, way)}
    assert wanted == {"mine:bell", "mine:sound", "assigned:letter"}
    assert not ada.wants("escalated")


def test_what_cannot_be_chosen_is_refused(enter, ada):
    assert post(enter(ada), "notifications", hears=["rated:letter"]).status_code == 422
    assert post(enter(ada), "notifications", hears=["all:bell"]).status_code == 422
    ada.refresh_from_db()
    assert ada.turned == []


def test_a_hidden_page_goes_on_asking_for_those_who_want_to_hear_of_it(enter, ada):
    browser = enter(ada)
    assert 'data-live-hidden="1"' in browser.get(PATH).content.decode()

    post(browser, "notifications", hears=["mine:bell", "mine:letter"])

    assert "data-live-hidden" not in browser.get(PATH).content.decode()


def test_every_department_has_its_signature(enter, ada, billing, hosting):
    join_department(ada, hosting)
    browser = enter(ada)

    post(
        browser,
        "signatures",
        signature_billing="З повагою\n{agent}",
        signature_hosting="Ada, Hosting",
    )

    assert signature_of(ada, billing) == "З повагою\nAda"
    assert signature_of(ada, hosting) == "Ada, Hosting"


def test_without_a_signature_of_ones_own_the_departments_stands(enter, ada, billing):
    page = enter(ada).get(PATH).content.decode()
    assert 'placeholder="{agent}' in page
    assert '<div class="signature"><p>Ada<br>Billing</p></div>' in page

    post(enter(ada), "signatures", signature_billing="")

    assert signature_of(ada, billing) == "Ada\nBilling"


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_a_signature_is_shown_before_it_is_kept(enter, ada, billing, headers):
    answer = enter(ada).post(
        PATH,
        {"section": "signatures", "signature_billing": "<b>{agent}</b>", "preview": "1"},
        headers=headers,
    )

    text = answer.content.decode()
    assert '<div class="signature"><p>&lt;b&gt;Ada&lt;/b&gt;</p></div>' in text
    assert ("<html" in text) == (not headers)
    assert signature_of(ada, billing) == "Ada\nBilling"


def test_a_picture_becomes_ones_face_everywhere(enter, ada, carla):
    browser = enter(ada)
    post(browser, "about", face=picture(), **ABOUT)

    ada.refresh_from_db()
    assert f'src="{ada.face_url}"' in browser.get("/agent/").content.decode()
    face = enter(carla).get(ada.face_url)
    assert face.headers["Content-Type"] == "image/jpeg"
    assert "immutable" in face.headers["Cache-Control"]
    assert Image.open(io.BytesIO(face.getvalue())).size == (192, 192)
    assert Client().get(ada.face_url).status_code == 302


def test_a_new_picture_has_a_new_address_and_the_old_one_is_gone(
    enter, ada, django_capture_on_commit_callbacks
):
    show_face(ada, b"old")
    old, browser = ada.face_url, enter(ada)

    with django_capture_on_commit_callbacks(execute=True):
        post(browser, "about", face=picture(), **ABOUT)

    ada.refresh_from_db()
    assert ada.face_url != old
    assert browser.get(old).status_code == 404
    assert browser.get(ada.face_url).status_code == 200


def test_a_picture_can_be_taken_away(enter, ada):
    show_face(ada, b"face")
    browser = enter(ada)
    assert "Take the picture away" in browser.get(PATH).content.decode()

    post(browser, "about", no_face="on", **ABOUT)

    ada.refresh_from_db()
    assert ada.face_url == ""
    assert ">A</span>" in browser.get(PATH).content.decode()


@pytest.mark.parametrize("content", [b"<svg/>", b"GIF89a not a picture", b""])
def test_what_is_no_picture_is_refused_and_the_rest_is_kept(enter, ada, content):
    upload = SimpleUploadedFile("me.png", content, "image/png")

    answer = post(enter(ada), "about", face=upload, **{**ABOUT, "shown_name": "Нова"})

    assert answer.status_code == 422
    assert 'value="Нова"' in answer.content.decode()
    ada.refresh_from_db()
    assert (ada.shown_name, ada.face_url) == ("Ada", "")


@pytest.mark.parametrize(
    ("section", "wrong"),
    [
        ("about", {"language": "tlh"}),
        ("about", {"time_zone": "Mars/Olympus"}),
        ("about", {"name": ""}),
        ("page", {"theme": "pink", "after_sending": "stay"}),
    ],
)
def test_what_does_not_exist_is_refused(enter, ada, section, wrong):
    fields = ABOUT if section == "about" else {}

    answer = post(enter(ada), section, **{**fields, "shown_name": "Нова", **wrong})

    assert answer.status_code == 422
    ada.refresh_from_db()
    assert (ada.shown_name, ada.theme) == ("Ada", "system")


def test_nothing_else_of_a_person_can_be_changed_here(enter, ada):
    rights = {"is_superuser": "on", "is_staff": "on", "email": "root@desk.example"}
    post(enter(ada), "about", **ABOUT, **rights)

    ada.refresh_from_db()
    assert (ada.is_superuser, ada.is_staff, ada.email) == (False, False, "ada@desk.example")


def test_there_is_no_section_of_any_other_name(enter, ada):
    assert post(enter(ada), "rights").status_code == 404


def sign_in(ada, program):
    browser = Client(headers={"User-Agent": program}, REMOTE_ADDR="203.0.113.77")
    browser.force_login(ada)
    return browser


def test_one_sees_where_one_is_signed_in_and_signs_out_there(ada):
    desk, phone, lost = sign_in(ada, FIREFOX), sign_in(ada, SAFARI), sign_in(ada, SAFARI)
    for browser in (phone, lost):
        browser.get(PATH)

    page = desk.get(PATH)

    text = page.content.decode()
    assert "Firefox · Linux" in text
    assert text.count("Safari · iPhone") == 2
    assert "203.0.113.0/24" in text
    assert "203.0.113.77" not in text
    assert [one.is_this for one in page.context["devices"]] == [True, False, False]

    desk.post("/agent/profile/devices/", {"device": page.context["devices"][1].pk})

    assert sorted(one.get("/agent/").status_code for one in (desk, phone, lost)) == [200, 200, 302]

    desk.post("/agent/profile/devices/", {"all": "1"})

    assert [one.get("/agent/").status_code for one in (desk, phone, lost)] == [200, 302, 302]


def test_nobody_signs_out_others(ada, grace):
    hers, mine = sign_in(grace, FIREFOX), sign_in(ada, FIREFOX)
    theirs = hers.get(PATH).context["devices"][0].pk

    mine.post("/agent/profile/devices/", {"device": theirs})
    mine.post("/agent/profile/devices/", {"device": "x"})

    assert hers.get("/agent/").status_code == 200
    assert mine.get("/agent/").status_code == 200


def test_it_is_a_page_for_agents(enter, carla, ada):
    assert enter(carla).get(PATH).status_code == 403
    assert post(enter(carla), "page", theme="dark", after_sending="stay").status_code == 403
    assert User.objects.get(pk=carla.pk).theme == "system"
