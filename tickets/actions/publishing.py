"""An answer that others will ask for as well becomes an article."""

from typing import Final

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

import knowledge.actions
from departments.models import User, addresses_of
from helpdesk.lib.errors import DeskError
from helpdesk.lib.language import guess_language
from helpdesk.lib.pictures import drawn_for_pages
from knowledge.models import Article, ArticleText, Section
from tickets import events
from tickets.answers import for_everybody, without_names
from tickets.models import Event, Message, Ticket
from tickets.permissions import can_work_on, require

LONGEST_TITLE: Final = 150


@transaction.atomic
def draft_article(message: Message, *, by: User) -> ArticleText:
    """A draft of an article with what this answer says, in its language: without quotations,
    signature, greeting, and the customer's name. An answer becomes one article: asked once more,
    that one is given."""
    ticket = Ticket.objects.locked(message.ticket)
    require(can_work_on(by, ticket))
    if message.kind != Message.Kind.REPLY or message.from_customer or message.withdrawn_at:
        raise DeskError(_("Only answers of ours become articles."))
    page = reverse("agent:ticket", args=[ticket.number])
    origin = f"{page}?message={message.pk}#message-{message.pk}"
    if made := ArticleText.objects.filter(article__origin=origin).first():
        return made
    section = _section_for(ticket)
    names = {ticket.customer.name, *addresses_of(User.objects.filter(pk=ticket.customer_id))}
    text = knowledge.actions.start_article(
        section,
        language=_language_of(message, ticket),
        title=without_names(ticket.subject, names)[:LONGEST_TITLE],
        origin=origin,
        by=by,
    )
    text = knowledge.actions.save_text(
        text.article,
        language=text.language,
        title=text.title,
        html=_with_pictures(for_everybody(message.html, names), message, text.article, by),
        seen=text.version,
        by=by,
    )
    events.record(
        ticket,
        Event.Kind.ARTICLE,
        by=by,
        message=message,
        title=text.title,
        article=text.article_id,
        language=text.language,
    )
    return text


def _section_for(ticket: Ticket) -> Section:
    shelves = Section.objects.filter(is_active=True)
    found = shelves.filter(category__isnull=False, category=ticket.category_id).first()
    section = found or shelves.first()
    if section is None:
        raise DeskError(_("There are no sections for articles yet; administrators make them."))
    return section


def _language_of(message: Message, ticket: Ticket) -> str:
    return (
        guess_language(message.text)
        or ticket.language
        or ticket.customer.language
        or settings.LANGUAGE_CODE
    )


def _with_pictures(html: str, message: Message, article: Article, by: User) -> str:
    """`html` with copies of the pictures of `message`: readers may not see those of the ticket."""
    for one in message.attachments.all():
        address = f'src="{one.get_absolute_url()}"'
        if not one.is_picture or address not in html:
            continue
        with one.file.open("rb") as source:
            drawn = drawn_for_pages(source.read())
        if drawn is not None:
            kept = knowledge.actions.keep_picture(article, drawn, name=one.name, by=by)
            html = html.replace(address, f'src="{kept.get_absolute_url()}"')
    return html
