"""What can happen to articles. Each verb asks permission and changes rows in one transaction."""

from typing import Any, Final

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models import User
from helpdesk.lib import html as html_door
from helpdesk.lib.errors import DeskError
from helpdesk.lib.pictures import Drawn
from helpdesk.lib.vectors import vector
from knowledge.addresses import follows, slug_of
from knowledge.models import Article, ArticleText, Picture, Section, Vote
from knowledge.permissions import can_place, can_publish, can_write, require
from knowledge.pictures import LONGEST_NAME, drawn_of
from knowledge.texts import cleaned

MOST_PICTURES: Final = 60


class ChangedMeanwhile(DeskError):
    """Somebody else saved the text after this page was made; `now` is what stands there."""

    status = 409

    def __init__(self, now: ArticleText) -> None:
        super().__init__(_("Somebody else has changed this text meanwhile."))
        self.now = now


@transaction.atomic
def start_article(
    section: Section,
    *,
    language: str,
    title: str,
    by: User,
    html: str = "",
    audience: str = Article.Audience.EVERYBODY,
    origin: str = "",
) -> ArticleText:
    """A draft in one language. `html` is cleaned; `origin` is the page of this desk that it was
    made of."""
    require(can_write(by))
    article = Article.objects.create(
        section=section,
        slug=slug_of(title),
        audience=audience,
        origin=origin,
        created_by=by,
    )
    return article.texts.create(
        language=language, title=title, html=cleaned(article, html), updated_by=by
    )


@transaction.atomic
def save_text(
    article: Article, *, language: str, title: str, html: str, seen: int, by: User
) -> ArticleText:
    """What is written in `language`, as a draft; readers go on seeing what was published. `seen` is
    the version that the writer had before them, 0 if there was none. Raises ChangedMeanwhile. Until
    somebody reads it, the address of the article follows the title it was made of."""
    require(can_write(by))
    # The article is locked, for the text may not be there yet.
    article = Article.objects.select_for_update().get(pk=article.pk)
    text = article.texts.filter(language=language).select_related("updated_by").first()
    if (text.version if text else 0) != seen:
        raise ChangedMeanwhile(text or ArticleText(article=article, language=language))
    if text is None:
        text = ArticleText(article=article, language=language, version=0)
    clean = cleaned(article, html)
    if text.pk and (text.title, text.html) == (title, clean):
        return text
    if title != text.title and follows(article.slug, text.title) and not _is_read(article):
        article.slug = slug_of(title)
        article.save(update_fields=["slug"])
    text.title, text.html, text.version = title, clean, seen + 1
    text.updated_by, text.updated_at = by, timezone.now()
    text.save()
    return text


@transaction.atomic
def publish_text(text: ArticleText, *, seen: int, by: User) -> ArticleText:
    """Readers see it from now on, as it stands in the version `seen`. Raises ChangedMeanwhile."""
    require(can_publish(by))
    held = ArticleText.objects.select_for_update().get(pk=text.pk)
    if held.version != seen:
        raise ChangedMeanwhile(held)
    plain = html_door.to_text(held.html)
    if not plain.strip() and not html_door.own_pictures(held.html):
        raise DeskError(_("There is nothing to publish yet: write the text first."))
    held.public_title = held.title
    held.public_html = html_door.with_links(held.html)
    held.public_text = plain
    held.published_version = held.version
    held.published_at, held.published_by = timezone.now(), by
    held.save()
    ArticleText.objects.filter(pk=held.pk).update(
        words=vector([("A", held.public_title), ("D", plain)])
    )
    _show_pictures(held.article)
    return held


@transaction.atomic
def withdraw_text(text: ArticleText, *, by: User) -> ArticleText:
    """Readers see it no longer; it is a draft again."""
    require(can_publish(by))
    held = ArticleText.objects.select_for_update().get(pk=text.pk)
    held.public_title = held.public_html = held.public_text = ""
    held.words = held.published_at = held.published_by = None
    held.published_version = 0
    held.save()
    _show_pictures(held.article)
    return held


@transaction.atomic
def place_article(
    article: Article, *, section: Section, slug: str, audience: str, order: int, by: User
) -> None:
    """Where it stands, under which address, and who may read it."""
    require(can_place(by, article))
    article.section, article.slug = section, slug
    article.audience, article.order = audience, order
    article.save(update_fields=["section", "slug", "audience", "order"])


@transaction.atomic
def delete_article(article: Article, *, by: User) -> None:
    """Forget one that nobody reads, with its pictures."""
    require(can_write(by))
    if _is_read(article):
        raise DeskError(_("It is published. Withdraw it first."))
    _forget(list(article.pictures.all()))
    article.delete()


def add_picture(article: Article, upload: "UploadedFile[Any]", *, by: User) -> Picture:
    """A picture for this article. Raises PictureRefused."""
    require(can_write(by))
    return keep_picture(article, drawn_of(upload), name=upload.name or "", by=by)


@transaction.atomic
def keep_picture(article: Article, drawn: Drawn, *, name: str, by: User) -> Picture:
    """The same for one that was drawn already."""
    require(can_write(by))
    if article.pictures.count() >= MOST_PICTURES:
        raise DeskError(_("An article holds at most %d pictures.") % MOST_PICTURES)
    picture = Picture(
        article=article,
        name="".join(char for char in name if char.isprintable())[:LONGEST_NAME],
        content_type=drawn.content_type,
        size=len(drawn.content),
        width=drawn.width,
        height=drawn.height,
        owner=by,
    )
    picture.file.save("picture", ContentFile(drawn.content), save=False)
    picture.save()
    return picture


@transaction.atomic
def discard_picture(picture: Picture, *, by: User) -> None:
    """One that was not put into the text after all; one that stands in a text stays."""
    require(can_write(by))
    texts = picture.article.texts.values_list("html", "public_html")
    if any(str(picture.token) in half for halves in texts for half in halves):
        return
    _forget([picture])


@transaction.atomic
def vote(
    article: Article,
    *,
    helped: bool,
    language: str,
    by: User | None,
    earlier: int | None = None,
    comment: str = "",
) -> Vote:
    """Whether it helped, once for each reader: whoever says it again changes their mind. `earlier`
    is the vote that the session of somebody unknown remembers."""
    # One by one, so that the second of two clicks finds what the first one said.
    Article.objects.select_for_update(no_key=True).get(pk=article.pk)
    votes = article.votes.select_for_update()
    own = votes.filter(person=by) if by else votes.filter(person=None, pk=earlier or 0)
    said = {
        "helped": helped,
        "comment": comment,
        "language": language,
        "voted_at": timezone.now(),
    }
    if own.update(**said):
        return own.get()
    return article.votes.create(person=by, **said)


def _is_read(article: Article) -> bool:
    return article.texts.filter(published_at__isnull=False).exists()


def _show_pictures(article: Article) -> None:
    """Readers get the pictures that stand in what is published, and no others."""
    published = article.texts.filter(published_at__isnull=False)
    shown = {
        token
        for html in published.values_list("public_html", flat=True)
        for token in html_door.own_pictures(html)
    }
    article.pictures.exclude(token__in=shown).update(is_shown=False)
    article.pictures.filter(token__in=shown).update(is_shown=True)


def _forget(pictures: list[Picture]) -> None:
    for one in pictures:
        transaction.on_commit(lambda name=one.file.name: default_storage.delete(name))  # type: ignore[misc]
    Picture.objects.filter(pk__in=[one.pk for one in pictures]).delete()
