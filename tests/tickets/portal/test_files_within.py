"""How much and of what kind customers send, by whichever way it comes."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from helpdesk.lib.errors import DeskError
from tests.tickets.portal.test_new_ticket import TYPED, URL
from tests.tickets.test_attachments import picture
from tickets import actions
from tickets.actions import drafting
from tickets.attachments import MAX_FILES, IncomingFile
from tickets.models import Ticket, Upload

MB = 1024 * 1024
LOG = IncomingFile("log.txt", b"ping", "text/plain")


@pytest.fixture(autouse=True)
def english(carla):
    carla.language = "en"
    carla.save()


def text_file(name, size=4):
    return SimpleUploadedFile(name, b"x" * size)


def test_ahead_of_the_form_customers_send_what_the_desk_takes_and_agents_all_we_know(
    enter, carla, ada
):
    for who, status in ((carla, 422), (ada, 201)):
        photo = SimpleUploadedFile("a.webp", picture("WEBP"))
        assert enter(who).post("/files/", {"file": photo}).status_code == status


def test_a_file_may_be_as_large_as_the_desk_says_and_no_larger(enter, carla, billing, settings):
    settings.DESK_MAX_FILE_MB = 1
    browser = enter(carla)

    assert browser.post("/files/", {"file": text_file("a.txt", MB)}).status_code == 201
    refused = browser.post("/files/", {"file": text_file("b.txt", MB + 1)})
    assert refused.json()["sentence"] == "“b.txt” is larger than 1 MB."


def test_of_too_many_large_ones_the_reason_is_said(enter, carla, billing, settings):
    settings.DESK_MAX_FILE_MB = 1
    files = [text_file(f"{number}.txt", MB) for number in range(5)]

    page = enter(carla).post(URL, {**TYPED, "files": files})

    assert page.status_code == 422
    assert "“4.txt” was not taken: all files together are larger than 4 MB." in page.text
    assert not Ticket.objects.exists()


def test_files_ahead_and_files_with_the_form_are_counted_together(enter, carla, billing):
    ahead = [actions.upload_file(LOG, by=carla) for _n in range(MAX_FILES - 1)]
    said = {**TYPED, "uploads": ",".join(str(one.token) for one in ahead)}
    browser = enter(carla)

    page = browser.post(URL, {**said, "files": [text_file("a.txt"), text_file("b.txt")]})

    assert page.status_code == 422
    assert f"At most {MAX_FILES} files fit on one message." in page.text
    assert not Ticket.objects.exists()


def test_customers_lay_less_beside_their_text_than_agents(carla, ada, billing, monkeypatch):
    monkeypatch.setattr(drafting, "MOST_OF_CUSTOMERS", 1)
    for who in (carla, ada, ada):
        actions.upload_file(LOG, by=who)

    with pytest.raises(DeskError, match="wait unsent"):
        actions.upload_file(LOG, by=carla)
    assert Upload.objects.filter(owner=carla).count() == 1


def test_what_only_calls_itself_a_picture_is_a_download(enter, carla, billing):
    page = IncomingFile("a.png", b"<script>alert(1)</script>", "image/png")
    ticket = actions.open_ticket(
        customer=carla, by=carla, subject="s", body="b", files=[page], channel="mail"
    )

    answer = enter(carla).get(ticket.messages.get().attachments.get().get_absolute_url())

    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
