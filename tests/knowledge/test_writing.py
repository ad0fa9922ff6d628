"""Agents write, leads publish, and nobody loses what somebody else wrote."""

import pytest
from django.core.exceptions import PermissionDenied

from helpdesk.lib.errors import DeskError
from knowledge import actions
from knowledge.actions import ChangedMeanwhile
from knowledge.addresses import slug_of
from knowledge.models import Article, ArticleText, Section

HOSTILE = (
    '<p onclick="steal()">Text <script>steal()</script><a href="javascript:steal()">link</a></p>'
    '<img src="https://elsewhere.example/pixel.png"><iframe src="https://x.example"></iframe>'
    '<img src="/files/help/00000000-0000-0000-0000-000000000000/">'
    '<style>p{position:fixed}</style><form action="https://x.example"><input name="pass"></form>'
)


def new(client, **data):
    given = {"title": "Mailboxes", "language": "en", "section": Section.objects.get().pk}
    return client.post("/agent/help/new/", given | {"audience": "everybody"} | data)


def test_an_agent_writes_and_a_lead_publishes(shelf, ada, grace, enter):
    opened = new(enter(ada))
    path = opened.headers["Location"]
    client = enter(ada)
    said = {"title": "Mailboxes", "html": "<p>Open <strong>Mail</strong></p>"}
    client.post(path, said | {"version": 1})
    refused = client.post(path, said | {"html": "<p>x</p>", "version": 2, "then": "publish"})
    assert refused.status_code == 403
    assert client.get("/help/mail/mailboxes/").status_code == 404

    changed = {"title": "Mailboxes", "html": "<p>Open it</p>", "version": 3, "then": "publish"}
    enter(grace).post(path, changed)

    text = ArticleText.objects.get()
    assert (text.updated_by, text.published_by) == (grace, grace)
    assert "<p>Open it</p>" in client.get("/help/mail/mailboxes/").content.decode()
    assert "Published" in client.get(path).content.decode()


def test_a_preview_shows_what_was_saved_and_publishes_that(write, ada, grace, enter):
    text = write("Mailboxes", "<h1>Where</h1><p>See https://example.org</p>")
    path = f"/agent/help/{text.article_id}/en/"

    shown = enter(ada).get(f"{path}preview/").content.decode()
    assert "<h2>Where</h2>" in shown
    assert '<a href="https://example.org"' in shown
    assert "publication/" not in shown

    actions.save_text(text.article, language="en", title="M", html="<p>Other</p>", seen=1, by=ada)
    late = enter(grace).post(f"{path}publication/", {"version": "1"})
    assert late.status_code == 409
    assert not ArticleText.objects.get().is_published


def test_who_saves_second_sees_what_the_first_wrote(write, ada, grace, enter):
    text = write("Mailboxes", "Old")
    path = f"/agent/help/{text.article_id}/en/"
    enter(grace).post(path, {"title": "Mailboxes", "html": "<p>By Grace</p>", "version": 1})

    client = enter(ada)
    clash = client.post(path, {"title": "Mailboxes", "html": "<p>By Ada</p>", "version": 1})
    page = clash.content.decode()
    assert clash.status_code == 409
    assert "Grace Melnyk has changed this text meanwhile" in page
    assert "By Grace" in page
    assert "By Ada" in page
    assert '<input type="hidden" name="version" value="2">' in page
    assert ArticleText.objects.get().html == "<p>By Grace</p>"

    client.post(path, {"title": "Mailboxes", "html": "<p>By Ada</p>", "version": 2})
    assert ArticleText.objects.get().html == "<p>By Ada</p>"


def test_two_who_begin_the_same_language_do_not_overwrite_each_other(write, ada, grace):
    article = write("Mailboxes").article
    actions.save_text(article, language="de", title="Postfach", html="<p>a</p>", seen=0, by=ada)

    with pytest.raises(ChangedMeanwhile):
        actions.save_text(article, language="de", title="Fach", html="<p>b</p>", seen=0, by=grace)


def test_without_scripts_a_text_keeps_its_formatting_until_it_is_changed(write, ada, enter):
    text = write("Mailboxes", "<ul><li>One</li><li>Two</li></ul>")
    path = f"/agent/help/{text.article_id}/en/"
    client = enter(ada)
    body = client.get(path).context["form"].initial["body"]

    client.post(path, {"title": "Boxes", "body": body.replace("\n", "\r\n"), "version": 1})
    text.refresh_from_db()
    assert (text.title, text.html) == ("Boxes", "<ul><li>One</li><li>Two</li></ul>")

    client.post(path, {"title": "Boxes", "body": "Three\r\n\r\nFour", "version": 2})
    text.refresh_from_db()
    assert text.html == "<p>Three</p><p>Four</p>"


def test_hostile_html_is_cleaned_on_the_way_in(write, grace, enter):
    text = write("Mailboxes", HOSTILE)
    actions.publish_text(text, seen=1, by=grace)

    page = enter(grace).get("/help/mail/mailboxes/").content.decode()
    shown = page.partition('class="article__text"')[2].partition("</article>")[0]

    assert "Text" in shown
    for trace in ("onclick", "steal", "elsewhere", "iframe", "00000000", "fixed", "pass"):
        assert trace not in shown


def test_an_empty_text_is_not_published(write, grace):
    text = write("Mailboxes", "<p> </p>")

    with pytest.raises(DeskError, match="nothing to publish"):
        actions.publish_text(text, seen=1, by=grace)


def test_who_reads_a_published_article_is_decided_by_leads(publish, shelf, ada, grace):
    article = publish("Mailboxes", audience="agents").article
    place = {"section": shelf, "slug": "boxes", "audience": "everybody", "order": 5}

    with pytest.raises(PermissionDenied):
        actions.place_article(article, **place, by=ada)
    actions.place_article(article, **place, by=grace)

    article.refresh_from_db()
    assert (article.slug, article.audience) == ("boxes", "everybody")


def test_a_lead_moves_an_article_on_its_page(publish, grace, enter):
    article = publish("Mailboxes").article
    other = Section.objects.create(slug="domains", name={"en": "Domains"})

    enter(grace).post(
        f"/agent/help/{article.pk}/place/",
        {"section": other.pk, "slug": "boxes", "audience": "everybody", "order": 5},
    )

    assert enter(grace).get("/help/domains/boxes/").status_code == 200


@pytest.mark.parametrize("who", ["carla", "bo"])
def test_who_does_not_work_here_writes_nothing(write, shelf, who, request):
    stranger, text = request.getfixturevalue(who), write("Mailboxes")
    given = {"language": "en", "title": "Mine", "by": stranger}

    for act in (
        lambda: actions.start_article(shelf, **given),
        lambda: actions.save_text(text.article, html="", seen=1, **given),
        lambda: actions.publish_text(text, seen=1, by=stranger),
        lambda: actions.withdraw_text(text, by=stranger),
        lambda: actions.delete_article(text.article, by=stranger),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_an_agent_neither_publishes_nor_withdraws(publish, write, ada):
    for act in (
        lambda: actions.publish_text(write("Mailboxes"), seen=1, by=ada),
        lambda: actions.withdraw_text(publish("Domains"), by=ada),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_only_what_nobody_reads_is_deleted(publish, grace, ada):
    text = publish("Mailboxes")
    with pytest.raises(DeskError, match="Withdraw it first"):
        actions.delete_article(text.article, by=grace)

    actions.withdraw_text(text, by=grace)
    actions.delete_article(text.article, by=ada)
    assert not Article.objects.exists()


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Як змінити версію PHP?", "iak-zminyty-versiiu-php"),
        ("Почему счёт не пришёл", "pochemu-schet-ne-pryshel"),
        ("Größe des Postfachs", "groesse-des-postfachs"),
        ("???", "article"),
        ("word " * 30, "-".join(["word"] * 14)),
    ],
)
def test_addresses_are_made_of_titles(db, title, name):
    assert slug_of(title) == name


def test_a_second_article_of_the_same_title_has_an_address_of_its_own(write):
    write("Mailboxes")
    write("Mailboxes")

    assert [one.slug for one in Article.objects.order_by("pk")] == ["mailboxes", "mailboxes-2"]


def test_what_was_typed_when_the_session_ended_waits_behind_the_sign_in(write, ada, client):
    text = write("Mailboxes", "Old")
    path = f"/agent/help/{text.article_id}/en/"
    said = {"title": "Boxes", "html": "<p>Long text</p>", "version": 1}
    assert "/login/?next=" in client.post(path, said).headers["Location"]

    client.force_login(ada)
    page = client.get(path).content.decode()

    assert 'value="Boxes"' in page
    assert "&lt;p&gt;Long text&lt;/p&gt;" in page
    assert client.get(path).content.decode().count("Long text") == 0


def test_the_address_follows_the_title_until_somebody_reads_it(write, ada, grace):
    text = write("Mailboxes")
    said = {"language": "en", "html": "<p>So</p>", "by": ada}
    text = actions.save_text(text.article, title="Mailbox", seen=1, **said)
    assert Article.objects.get().slug == "mailbox"

    actions.publish_text(text, seen=2, by=grace)
    actions.save_text(text.article, title="Letterbox", seen=2, **said)
    assert Article.objects.get().slug == "mailbox"


def test_the_list_shows_the_state_of_each_language_and_is_filtered(publish, write, ada, enter):
    text = publish("Mailboxes")
    write("Postfächer", language="de", article=text.article)
    write("Domains", "About records")
    client = enter(ada)

    def listed(query):
        rows = client.get(f"/agent/help/?{query}").context["rows"]
        return [text.title for _article, text in rows]

    assert listed("") == ["Domains", "Mailboxes"]
    assert "de · draft" in " ".join(client.get("/agent/help/").content.decode().split())
    assert listed("q=records") == ["Domains"]
    assert listed("state=published") == ["Mailboxes"]
    assert listed("state=draft") == ["Domains", "Mailboxes"]
    assert listed("missing=de") == ["Domains"]
    assert listed("missing=uk&state=published&q=boxes") == ["Mailboxes"]


def test_an_article_of_a_language_we_do_not_speak_is_not_there(write, ada, enter):
    article = write("Mailboxes").article

    assert enter(ada).get(f"/agent/help/{article.pk}/fr/").status_code == 404
