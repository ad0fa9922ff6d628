"""An answer that others will ask for as well becomes a draft of an article."""

import pytest
from django.core.exceptions import PermissionDenied

from departments.models import Category
from helpdesk.lib.errors import DeskError
from knowledge.models import Article, Picture, Section
from tests.tickets.test_attachments import picture
from tickets.actions import add_note, draft_article, reply_to_ticket
from tickets.attachments import IncomingFile
from tickets.models import Body, Event

ANSWER = "Добрий день, Карло!\n\nРахунок лежить у панелі, розділ «Рахунки».\n\nЗ повагою\nАда"


@pytest.fixture
def shelf(db):
    return Section.objects.create(slug="payment", name={"en": "Payment"})


@pytest.fixture
def answer(ticket, ada):
    return reply_to_ticket(ticket, by=ada, body=ANSWER)


def test_the_draft_says_what_the_answer_said_and_leads_back_to_it(answer, ticket, ada, shelf):
    text = draft_article(answer, by=ada)

    assert (text.title, text.language) == (ticket.subject, "uk")
    assert text.html == "<p>Рахунок лежить у панелі, розділ «Рахунки».</p>"
    assert not text.is_published
    assert text.article.section == shelf
    assert text.article.origin == (
        f"/agent/tickets/{ticket.number}/?message={answer.pk}#message-{answer.pk}"
    )
    event = ticket.events.get(kind=Event.Kind.ARTICLE)
    assert (event.actor, event.details["article"]) == (ada, text.article_id)


def test_it_stands_where_articles_of_the_category_stand(answer, ticket, ada, shelf, billing):
    category = Category.objects.create(slug="bill", name={"en": "Bill"}, department=billing)
    other = Section.objects.create(slug="x", name={"en": "X"}, category=category, order=900)
    ticket.category = category
    ticket.save()

    assert draft_article(answer, by=ada).article.section == other


def test_asked_once_more_it_is_the_same_article(answer, ticket, ada, grace, shelf):
    first = draft_article(answer, by=ada)

    assert draft_article(answer, by=grace) == first
    assert Article.objects.count() == 1
    assert ticket.events.filter(kind=Event.Kind.ARTICLE).count() == 1


def test_pictures_come_along_as_copies(ticket, ada, shelf):
    file = IncomingFile("a.png", picture(), "image/png", content_id="a", inline=True)
    body = Body(text="See", html='<p>See <b>this</b> <img src="cid:a"></p>')
    answer = reply_to_ticket(ticket, by=ada, body=body, files=[file])
    answer.refresh_from_db()

    text = draft_article(answer, by=ada)

    kept = Picture.objects.get(article=text.article)
    assert kept.get_absolute_url() in text.html
    assert str(answer.attachments.get().token) not in text.html


def test_only_answers_of_ours_become_articles(ticket, ada, shelf):
    for message in (ticket.messages.get(), add_note(ticket, by=ada, body="Hm")):
        with pytest.raises(DeskError, match="Only answers of ours"):
            draft_article(message, by=ada)


def test_without_a_section_there_is_no_place_for_it(answer, ada):
    with pytest.raises(DeskError, match="no sections"):
        draft_article(answer, by=ada)


@pytest.mark.parametrize("who", ["carla", "mallory", "linus", "bo"])
def test_strangers_may_not(answer, shelf, who, request):
    with pytest.raises(PermissionDenied):
        draft_article(answer, by=request.getfixturevalue(who))


def test_one_click_opens_the_draft(answer, ticket, ada, shelf, enter):
    client = enter(ada)
    page = client.get(f"/agent/tickets/{ticket.number}/").content.decode()
    address = f"/agent/tickets/{ticket.number}/messages/{answer.pk}/article/"
    assert f'formaction="{address}"' in page

    opened = client.post(address, follow=True)

    assert "розділ «Рахунки»" in opened.content.decode()
    assert "made of this answer" in opened.content.decode()
