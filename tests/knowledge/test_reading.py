"""Readers find what is published for them, in their language, and nothing else."""

import re

import pytest
from django.test import Client

from knowledge.actions import publish_text, save_text, withdraw_text
from knowledge.models import Article, Section

EVERYWHERE = ["/help/", "/help/mail/", "/help/?q=secret", "/sitemap.xml"]


def page(path, client=None, **headers):
    return (client or Client()).get(path, headers=headers)


def said(path, client=None, **headers):
    return page(path, client, **headers).content.decode()


def test_a_visitor_reads_without_signing_in(publish):
    publish("How to add a mailbox", "Open <b>Mail</b> in the panel.")

    assert "How to add a mailbox" in said("/help/")
    assert "How to add a mailbox" in said("/help/mail/")
    shown = said("/help/mail/how-to-add-a-mailbox/")
    assert "Open <b>Mail</b> in the panel." in shown


@pytest.mark.parametrize("path", [*EVERYWHERE, "/help/mail/secret-plans/"])
def test_a_draft_leaks_nowhere(publish, write, carla, enter, path):
    publish("Something public")
    write("Secret plans", "secret")

    for client in (Client(), enter(carla)):
        assert "ecret plans" not in said(path, client)


@pytest.mark.parametrize("path", [*EVERYWHERE, "/help/mail/secret-plans/"])
def test_a_withdrawn_article_is_gone(publish, grace, path):
    publish("Something public")
    withdraw_text(publish("Secret plans", "secret"), by=grace)

    assert "ecret plans" not in said(path)


@pytest.mark.parametrize(
    ("audience", "readers"),
    [
        ("everybody", {"nobody", "carla", "ada"}),
        ("signed_in", {"carla", "ada"}),
        ("agents", {"ada"}),
    ],
)
def test_who_reads_an_article(publish, carla, ada, enter, audience, readers):
    publish("Something public")
    publish("Secret plans", "secret", audience=audience)
    clients = {"nobody": Client(), "carla": enter(carla), "ada": enter(ada)}

    for path in EVERYWHERE[:3]:
        found = {name for name, client in clients.items() if "Secret plans" in said(path, client)}
        assert found == readers, path
    answers = {
        name
        for name, client in clients.items()
        if page("/help/mail/secret-plans/", client).status_code == 200
    }
    assert answers == readers
    assert ("secret-plans" in said("/sitemap.xml", clients["ada"])) == (audience == "everybody")


def test_a_shelf_that_is_switched_off_hides_its_articles(publish):
    publish("Secret plans", "secret")
    Section.objects.update(is_active=False)

    for path in EVERYWHERE:
        assert "ecret plans" not in said(path)
    assert page("/help/mail/secret-plans/").status_code == 404


def test_readers_see_what_was_published_until_the_next_text_is(publish, ada, grace):
    text = publish("Old title", "Old words")
    text = save_text(
        text.article, language="en", title="New title", html="<p>New words</p>", seen=1, by=ada
    )

    shown = said("/help/mail/old-title/")
    assert "Old words" in shown
    assert "New words" not in shown
    assert "New title" not in said("/help/?q=new")
    publish_text(text, seen=2, by=grace)
    assert "New words" in said("/help/mail/old-title/")


def test_several_languages_stand_under_one_address(publish, settings):
    settings.DESK_URL = "https://desk.example"
    text = publish("How to add a mailbox", "Open Mail.")
    publish("Як додати скриньку", "Відкрийте пошту.", language="uk", article=text.article)
    path = "/help/mail/how-to-add-a-mailbox/"

    ukrainian = page(path, **{"accept-language": "uk"})
    assert "Відкрийте пошту" in ukrainian.content.decode()
    assert ukrainian.headers["Content-Language"] == "uk"
    german = page(path, **{"accept-language": "de"})
    assert "Open Mail" in german.content.decode()
    assert german.headers["Content-Language"] == "en"
    asked = said(f"{path}?lang=uk", **{"accept-language": "de"})
    assert "Відкрийте пошту" in asked
    assert '<html lang="uk"' in asked
    address = f"https://desk.example{path}"
    assert f'<link rel="canonical" href="{address}?lang=uk">' in asked
    assert re.findall(r'hreflang="([\w-]+)" href="([^"]*)">', asked)[:3] == [
        ("uk", f"{address}?lang=uk"),
        ("en", f"{address}?lang=en"),
        ("x-default", address),
    ]
    assert "Deutsch" in asked


def test_agents_are_offered_to_write_what_is_missing(publish, ada, carla, enter):
    article = publish("How to add a mailbox").article
    path = "/help/mail/how-to-add-a-mailbox/"

    assert f'href="/agent/help/{article.pk}/de/"' in said(path, enter(ada))
    assert "/agent/help/" not in said(path, enter(carla))


def test_an_article_is_found_under_the_shelf_it_stood_on_before(publish):
    publish("How to add a mailbox")
    Section.objects.create(slug="domains", name={"en": "Domains"})

    answer = page("/help/domains/how-to-add-a-mailbox/?lang=de")

    assert answer.status_code == 301
    assert answer.headers["Location"] == "/help/mail/how-to-add-a-mailbox/?lang=de"


def test_search_engines_get_each_language_once(publish, settings):
    settings.DESK_URL = "https://desk.example"
    text = publish("How to add a mailbox")
    publish("Як додати скриньку", language="uk", article=text.article)
    publish("Only in English")

    listed = re.findall(r"<loc>https://desk.example([^<]*)</loc>", said("/sitemap.xml"))
    assert listed == [
        "/help/mail/how-to-add-a-mailbox/?lang=en",
        "/help/mail/how-to-add-a-mailbox/?lang=uk",
        "/help/mail/only-in-english/",
    ]
    assert 'hreflang="x-default"' in said("/sitemap.xml")
    robots = said("/robots.txt")
    assert "Allow: /help/\n" in robots
    assert "Disallow: /\n" in robots
    assert "Sitemap: https://desk.example/sitemap.xml" in robots


def test_pages_tell_search_engines_what_to_keep(publish):
    publish("How to add a mailbox", "Open Mail.")
    publish("Known to customers", audience="signed_in")

    article = said("/help/mail/how-to-add-a-mailbox/")
    assert '<meta name="description" content="Open Mail.">' in article
    assert "noindex" not in article
    assert "noindex" in said("/help/?q=mailbox")


def test_an_article_asks_little_of_the_database(
    publish, carla, enter, django_assert_max_num_queries
):
    text = publish("How to add a mailbox")
    publish("Як додати скриньку", language="uk", article=text.article)
    for number in range(30):
        publish(f"Another one {number}")
    client = enter(carla)

    with django_assert_max_num_queries(10):
        article = client.get("/help/mail/how-to-add-a-mailbox/")
    with django_assert_max_num_queries(10):
        client.get("/help/")
    assert len(article.content) < 40_000
    assert Article.objects.count() == 31
