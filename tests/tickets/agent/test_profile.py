"""An agent's own page."""

import pytest

from departments.actions import join_department
from departments.models import User, signature_of


def filled(**changes):
    return {
        "shown_name": "Ada",
        "language": "de",
        "time_zone": "Europe/Berlin",
        "theme": "dark",
        "after_sending": "stay",
        "plays_sound": "on",
        "uses_shortcuts": "on",
        "signature_billing": "З повагою\n{agent}",
        **changes,
    }


def test_an_agent_decides_about_name_language_time_colours_sound_and_keys(enter, ada):
    answer = enter(ada).post("/agent/profile/", filled(shown_name="Ада"), follow=True)

    ada.refresh_from_db()
    assert (ada.shown_name, ada.language, ada.time_zone) == ("Ада", "de", "Europe/Berlin")
    assert (ada.theme, ada.plays_sound, ada.uses_shortcuts) == ("dark", True, True)
    text = answer.content.decode()
    assert '<html lang="de" data-theme="dark"' in text
    assert 'data-sound-url="' in text


def test_keys_can_be_switched_off(enter, ada):
    browser = enter(ada)
    browser.post("/agent/profile/", filled(uses_shortcuts=""))

    assert 'data-shortcuts="off"' in browser.get("/agent/").content.decode()


def test_every_department_has_its_signature(enter, ada, billing, hosting):
    join_department(ada, hosting)
    browser = enter(ada)

    browser.post("/agent/profile/", filled(signature_hosting="Ada, Hosting"))

    assert signature_of(ada, billing) == "З повагою\nAda"
    assert signature_of(ada, hosting) == "Ada, Hosting"


def test_without_a_signature_of_ones_own_the_departments_stands(enter, ada, billing):
    page = enter(ada).get("/agent/profile/")
    assert 'placeholder="{agent}' in page.content.decode()

    enter(ada).post("/agent/profile/", filled(signature_billing="", language="en"))

    assert signature_of(ada, billing) == "Ada\nBilling"


@pytest.mark.parametrize(
    "wrong", [{"language": "tlh"}, {"time_zone": "Mars/Olympus"}, {"theme": "pink"}]
)
def test_what_does_not_exist_is_refused_and_the_rest_is_kept(enter, ada, wrong):
    answer = enter(ada).post("/agent/profile/", filled(shown_name="Нова", **wrong))

    assert answer.status_code == 422
    assert 'value="Нова"' in answer.content.decode()
    ada.refresh_from_db()
    assert ada.shown_name == "Ada"


def test_nothing_else_of_a_person_can_be_changed_here(enter, ada):
    enter(ada).post(
        "/agent/profile/", filled(is_superuser="on", is_staff="on", email="root@desk.example")
    )

    ada.refresh_from_db()
    assert (ada.is_superuser, ada.is_staff, ada.email) == (False, False, "ada@desk.example")


def test_it_is_a_page_for_agents(enter, carla, ada):
    assert enter(carla).get("/agent/profile/").status_code == 403
    assert enter(carla).post("/agent/profile/", filled()).status_code == 403
    assert User.objects.get(pk=carla.pk).theme == "system"
