"""Files of customers: ahead of the form, with it, kept when it comes back or the session ends."""

import re

from django.core.files.uploadedfile import SimpleUploadedFile

from departments.models import DeskSettings
from tests.tickets.portal.test_new_ticket import TYPED, URL, picture
from tickets import actions
from tickets.actions import drafting
from tickets.attachments import IncomingFile
from tickets.models import Ticket, Upload

LOG = IncomingFile("журнал.txt", b"64 bytes from 10.0.0.1", "text/plain")


def text_file(name="a.txt", content=b"ping"):
    return SimpleUploadedFile(name, content)


def tokens(page):
    """What the page would send back of the files that lie beside its text."""
    return re.search(r'name="uploads"[^>]*value="([^"]*)"', page.text).group(1)


def test_a_file_goes_ahead_and_the_ticket_takes_it(enter, carla, billing):
    browser = enter(carla)
    came = browser.post("/files/", {"file": picture()})
    assert came.status_code == 201
    assert browser.get(f"{came.json()['url']}small/")["Content-Type"] == "image/webp"

    browser.post(URL, {**TYPED, "uploads": came.json()["token"]})

    file = Ticket.objects.get().messages.get().attachments.get()
    assert (str(file.token), file.name) == (came.json()["token"], "знімок.png")
    assert not Upload.objects.exists()


def test_it_may_be_for_a_ticket_of_ones_own(enter, carla, mallory, ticket):
    for who, status in ((carla, 201), (mallory, 404)):
        answer = enter(who).post(f"/files/?ticket={ticket.number}", {"file": text_file()})
        assert answer.status_code == status


def test_nobody_sees_or_sends_what_somebody_else_has_laid_there(enter, carla, mallory, billing):
    upload = actions.upload_file(LOG, by=carla)
    browser = enter(mallory)

    assert browser.get(upload.get_absolute_url()).status_code == 404
    assert browser.get(f"{upload.get_absolute_url()}small/").status_code == 404
    assert browser.post(f"{upload.get_absolute_url()}removal/").status_code == 404
    page = browser.post(URL, {**TYPED, "uploads": upload.token})
    assert page.status_code == 422
    assert LOG.name not in page.text
    assert Upload.objects.get().owner == carla


def test_customers_have_less_room_than_agents(enter, carla, billing, monkeypatch):
    carla.language = "en"
    carla.save()
    monkeypatch.setattr(drafting, "MOST_BYTES_OF_CUSTOMERS", 5)
    browser = enter(carla)

    first, second = (browser.post("/files/", {"file": text_file()}) for _n in range(2))

    assert first.status_code == 201
    assert "wait unsent" in second.json()["sentence"]


def test_the_good_files_of_a_form_with_mistakes_stay_with_it(enter, carla, billing):
    browser = enter(carla)
    files = [picture(), text_file("drawing.svg", b"<svg/>"), text_file("log.txt")]

    page = browser.post(URL, {**TYPED, "subject": "", "files": files})

    assert page.status_code == 422
    assert "drawing.svg" in page.text
    assert [one.name for one in Upload.objects.all()] == ["знімок.png", "log.txt"]
    again = browser.post(URL, {**TYPED, "subject": " ", "uploads": tokens(page)})
    assert tokens(again) == tokens(page)
    browser.post(URL, {**TYPED, "uploads": tokens(again)})
    stored = Ticket.objects.get().messages.get().attachments.all()
    assert [one.name for one in stored] == ["знімок.png", "log.txt"]


def test_what_is_ticked_stays_behind(enter, carla, billing):
    kept = actions.upload_file(LOG, by=carla)
    left = actions.upload_file(IncomingFile("b.txt", b"b", "text/plain"), by=carla)

    sent = {**TYPED, "uploads": f"{kept.token},{left.token}", "dropped": [str(left.token)]}
    enter(carla).post(URL, sent)

    assert Ticket.objects.get().messages.get().attachments.get().name == LOG.name


def test_the_files_of_an_answer_that_was_refused_stay_with_it(enter, carla, ticket):
    browser = enter(carla)
    url = f"/tickets/{ticket.number}/answers/"
    files = [picture(), text_file("page.pdf", b"<html>")]

    page = browser.post(url, {"body": "Ось знімок", "files": files})

    assert page.status_code == 422
    assert "Ось знімок" in page.text
    browser.post(url, {"body": "", "uploads": tokens(page)})
    assert ticket.messages.latest("pk").attachments.get().name == "знімок.png"


def test_too_many_files_are_kept_as_far_as_they_fit(enter, carla, billing):
    files = [text_file(f"{at}.txt") for at in range(25)]

    page = enter(carla).post(URL, {**TYPED, "files": files})

    assert page.status_code == 422
    assert TYPED["body"] in page.text
    assert Upload.objects.count() == 20


def test_a_file_that_is_too_large_gives_the_text_back(enter, carla, billing, settings):
    settings.DESK_MAX_FILE_MB = 1
    film = text_file("film.txt", b"x" * (1024 * 1024 + 1))

    page = enter(carla).post(URL, {**TYPED, "files": [film, text_file()]})

    assert page.status_code == 422
    assert "film.txt" in page.text
    assert TYPED["body"] in page.text
    assert Upload.objects.get().name == "a.txt"


def test_files_that_went_ahead_outlive_the_session(client, carla, mallory, billing):
    upload = actions.upload_file(LOG, by=carla)
    client.post(URL, {**TYPED, "uploads": upload.token})

    client.force_login(carla)
    page = client.get(URL)

    assert tokens(page) == str(upload.token)
    assert LOG.name in page.text


def test_files_that_came_to_a_session_that_had_ended_are_named(client, carla, billing):
    carla.language = "en"
    carla.save()
    client.post(URL, {**TYPED, "files": [picture(), text_file("log.txt")]})

    client.force_login(carla)
    page = client.get(URL).text

    assert "could not be kept. Choose them once more, please: знімок.png, log.txt" in page
    assert not Upload.objects.exists()


def test_the_form_says_which_files_are_taken(enter, carla, billing, django_assert_max_num_queries):
    DeskSettings(file_kinds=["png", "text"]).save()
    carla.language = "en"
    carla.save()
    browser = enter(carla)

    with django_assert_max_num_queries(10):
        page = browser.get(URL)

    assert 'accept="image/png,text/plain,.txt,.log,.csv"' in page.text
    assert "PNG and plain text; each up to 25 MB." in page.text
    assert len(page.content) < 40 * 1024


def test_an_administrator_ticks_them(enter, root):
    browser = enter(root)
    address = "/admin/departments/desksettings/1/change/"
    browser.get("/admin/departments/desksettings/")
    form = browser.get(address).context["adminform"].form
    sent = {name: form[name].value() for name in form.fields} | {"file_kinds": ["png", "webp"]}

    browser.post(address, sent)

    assert DeskSettings.current().file_kinds == ["png", "webp"]
    none = browser.post(address, sent | {"file_kinds": []})
    assert none.status_code == 200
    assert DeskSettings.current().file_kinds == ["png", "webp"]
