"""What was read once and is not to be read any more, and votes that are somebody else's."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from knowledge import actions
from knowledge.models import ArticleText, Picture, Section, Vote
from knowledge.search import suggest
from tests.tickets.test_attachments import picture

PATH = "/help/mail/mailboxes/"


@pytest.fixture
def shown(write, ada, grace):
    """The picture of a published article."""
    text = write("Mailboxes")
    kept = actions.add_picture(text.article, SimpleUploadedFile("a.png", picture()), by=ada)
    html = f'<p>See <img src="{kept.get_absolute_url()}"></p>'
    text = actions.save_text(
        text.article, language="en", title="Mailboxes", html=html, seen=1, by=ada
    )
    actions.publish_text(text, seen=2, by=grace)
    return kept


def status(kept: Picture) -> int:
    return Client().get(kept.get_absolute_url()).status_code


def test_the_pictures_of_a_shelf_that_is_switched_off_are_hidden_with_it(shown):
    Section.objects.update(is_active=False)

    assert status(shown) == 404


def test_a_picture_that_the_next_text_leaves_out_is_hidden_when_that_is_published(
    shown, ada, grace
):
    text = actions.save_text(
        shown.article, language="en", title="Mailboxes", html="<p>So</p>", seen=2, by=ada
    )
    assert status(shown) == 200

    actions.publish_text(text, seen=3, by=grace)

    assert status(shown) == 404


def test_a_picture_that_stands_in_a_draft_alone_waits_for_it(shown, write, ada, grace):
    new = actions.add_picture(shown.article, SimpleUploadedFile("b.png", picture()), by=ada)
    html = f'<p>Siehe <img src="{new.get_absolute_url()}"></p>'
    german = write("Postfach", html, language="de", article=shown.article)
    english = actions.save_text(
        shown.article, language="en", title="Mailboxes", html=html, seen=2, by=ada
    )

    # Another language is published meanwhile; the pictures are looked through anew.
    uk = write("Скринька", "Так", language="uk", article=shown.article)
    actions.publish_text(uk, seen=1, by=grace)

    assert (status(shown), status(new)) == (200, 404)
    actions.publish_text(german, seen=german.version, by=grace)
    assert (status(shown), status(new)) == (200, 200)
    actions.publish_text(english, seen=english.version, by=grace)
    assert (status(shown), status(new)) == (404, 200)


def test_what_was_withdrawn_leaves_nothing_to_be_found(publish, grace):
    actions.withdraw_text(publish("Secret plans", "secret"), by=grace)

    held = ArticleText.objects.get()
    assert (held.public_title, held.public_html, held.public_text) == ("", "", "")
    assert held.words is None


def test_pictures_that_few_may_see_are_kept_by_their_browsers_for_a_minute(shown, grace, enter):
    address = shown.get_absolute_url()
    assert Client().get(address).headers["Cache-Control"] == "private, max-age=3600"

    actions.place_article(
        shown.article,
        section=shown.article.section,
        slug="mailboxes",
        audience="agents",
        order=1,
        by=grace,
    )

    assert enter(grace).get(address).headers["Cache-Control"] == "private, max-age=60"


def test_a_session_that_names_the_vote_of_a_person_neither_sees_nor_changes_it(
    publish, carla, enter
):
    article = publish("Mailboxes").article
    enter(carla).post(f"{PATH}opinion/", {"helped": "no", "comment": "Carla's words"})
    stranger = Client()
    session = stranger.session
    session["votes"] = {str(article.pk): Vote.objects.get().pk}
    session.save()

    assert "Thank you for telling us." not in stranger.get(PATH).text
    stranger.post(f"{PATH}opinion/", {"helped": "yes"})
    assert Vote.objects.get(person=carla).helped is False


@pytest.mark.parametrize("path", ["/help/", "/help/mail/", "/help/?q=secret", "/sitemap.xml"])
def test_not_even_the_address_of_a_draft_is_told(publish, write, carla, enter, path):
    publish("Something public")
    write("Secret plans", "secret")

    for client in (Client(), enter(carla)):
        assert "secret-plans" not in client.get(path).text


def test_the_page_of_a_draft_is_not_there(write, carla, ada, enter):
    write("Secret plans", "secret")

    for client in (Client(), enter(carla), enter(ada)):
        assert client.get("/help/mail/secret-plans/").status_code == 404
        assert client.get("/help/mail/").status_code == 404


def test_short_words_in_common_offer_nothing(publish, carla):
    publish("How to get to the panel")

    assert suggest("how to get to the lake", by=carla, language="en") == []
