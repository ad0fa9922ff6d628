"""Pictures of articles: drawn anew, and seen by exactly those who may read the article."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from helpdesk.lib.errors import DeskError
from knowledge import actions
from knowledge.models import Picture
from tests.tickets.test_attachments import picture

SECRET = "Camera of Carla"


def photo(width=3000, height=200):
    """What a camera makes: large, turned, and with words beside it."""
    image = Image.new("RGB", (width, height), "teal")
    about = Image.Exif()
    about[0x010E], about[0x0112] = SECRET, 6
    stream = io.BytesIO()
    image.save(stream, "JPEG", exif=about)
    return stream.getvalue()


@pytest.fixture
def shown(write, ada, grace):
    """`shown(audience)`: the picture of a published article."""

    def publish(audience="everybody"):
        text = write("Mailboxes", audience=audience)
        upload = SimpleUploadedFile("Скриня.png", picture())
        kept = actions.add_picture(text.article, upload, by=ada)
        html = f'<p>See <img src="{kept.get_absolute_url()}"></p>'
        text = actions.save_text(
            text.article, language="en", title="Mailboxes", html=html, seen=1, by=ada
        )
        actions.publish_text(text, seen=2, by=grace)
        return kept

    return publish


def readers(kept, clients):
    return {
        name
        for name, client in clients.items()
        if client.get(kept.get_absolute_url()).status_code == 200
    }


@pytest.mark.parametrize(
    ("audience", "allowed"),
    [
        ("everybody", {"nobody", "carla", "ada"}),
        ("signed_in", {"carla", "ada"}),
        ("agents", {"ada"}),
    ],
)
def test_a_picture_is_seen_by_who_reads_its_article(shown, carla, ada, enter, audience, allowed):
    kept = shown(audience)

    assert readers(kept, {"nobody": Client(), "carla": enter(carla), "ada": enter(ada)}) == allowed


def test_pictures_of_drafts_are_seen_by_agents_only(shown, write, carla, ada, grace, enter):
    kept = shown()
    clients = {"nobody": Client(), "carla": enter(carla), "ada": enter(ada)}
    spare = actions.add_picture(kept.article, SimpleUploadedFile("b.png", picture()), by=ada)
    assert readers(spare, clients) == {"ada"}

    actions.withdraw_text(kept.article.texts.get(), by=grace)
    assert readers(kept, clients) == {"ada"}


def test_it_comes_with_its_name_and_never_as_a_page(shown):
    kept = shown()
    answer = Client().get(kept.get_absolute_url())

    assert answer.headers["Content-Type"] == "image/webp"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    page = Client().get("/help/mail/mailboxes/").content.decode()
    assert 'alt="Скриня.png"' in page


def test_a_photo_is_upright_smaller_and_without_what_the_camera_wrote(write, ada, enter):
    article = write("Mailboxes").article
    assert SECRET.encode() in photo()

    answer = enter(ada).post(
        f"/agent/help/{article.pk}/pictures/", {"file": SimpleUploadedFile("a.jpg", photo())}
    )

    assert answer.status_code == 201
    kept = Picture.objects.get()
    assert (kept.width, kept.height) == (107, 1600)
    assert answer.json()["url"] == kept.get_absolute_url()
    with kept.file.open("rb") as file:
        assert SECRET.encode() not in file.read()


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"), ("a.png", b"<html>"), ("a.png", b"")],
)
def test_what_is_no_picture_is_refused_with_a_sentence(write, ada, enter, name, content):
    article = write("Mailboxes").article
    client = enter(ada)

    answer = client.post(
        f"/agent/help/{article.pk}/pictures/", {"file": SimpleUploadedFile(name, content)}
    )
    assert answer.status_code == 422
    assert answer.json()["sentence"]
    kept = client.post(
        f"/agent/help/{article.pk}/en/",
        {
            "title": "Typed",
            "html": "<p>Typed</p>",
            "version": 1,
            "picture": SimpleUploadedFile(name, content + b"x"),
        },
    )
    assert kept.status_code == 422
    assert "Typed" in kept.content.decode()
    assert not Picture.objects.exists()


def test_a_picture_that_was_not_used_is_forgotten_and_one_that_is_stays(shown, ada, enter):
    kept = shown()
    spare = actions.add_picture(kept.article, SimpleUploadedFile("b.png", picture()), by=ada)
    for one in (kept, spare):
        enter(ada).post(f"/agent/help/{kept.article_id}/pictures/{one.token}/removal/")

    assert list(Picture.objects.all()) == [kept]


def test_a_picture_of_another_article_is_not_borrowed(shown, write, grace):
    kept = shown("agents")
    text = write("Another", f'<p>See</p><img src="{kept.get_absolute_url()}">')

    assert "img" not in text.html


def test_an_article_holds_only_so_many(write, ada, monkeypatch):
    monkeypatch.setattr(actions, "MOST_PICTURES", 1)
    article = write("Mailboxes").article
    actions.add_picture(article, SimpleUploadedFile("a.png", picture()), by=ada)

    with pytest.raises(DeskError, match="at most 1"):
        actions.add_picture(article, SimpleUploadedFile("b.png", picture()), by=ada)


def test_without_scripts_a_picture_comes_with_the_form(write, ada, enter):
    text = write("Mailboxes")

    enter(ada).post(
        f"/agent/help/{text.article_id}/en/",
        {
            "title": "Mailboxes",
            "body": "Do this, then that.",
            "version": 1,
            "picture": SimpleUploadedFile("a.png", picture()),
        },
    )

    text.refresh_from_db()
    assert Picture.objects.get().get_absolute_url() in text.html
    assert text.html.startswith("<p>Do this, then that.</p>")
