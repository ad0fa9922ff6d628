"""Articles: what is written, what of it readers see, its pictures, and whether it helped."""

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from departments.models import Category, User
from helpdesk.lib import multilingual

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

Reader = User | AnonymousUser


class Section(models.Model):
    """A shelf of articles. It is switched off, never deleted while something stands on it."""

    slug = models.SlugField(_("short name in addresses"), max_length=60, unique=True)
    name = multilingual.MultilingualField(pgettext_lazy("of a thing", "name"))
    about = multilingual.MultilingualField(
        _("in a sentence"), blank=True, help_text=_("Stands below the name.")
    )
    category = models.ForeignKey(
        Category,
        verbose_name=_("category"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="sections",
        help_text=_("Whoever writes to us about it is offered these articles first."),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=100)
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("Otherwise its articles are hidden from readers.")
    )

    class Meta:
        ordering = ["order", "slug"]
        verbose_name = _("section of the help pages")
        verbose_name_plural = _("sections of the help pages")

    def __str__(self) -> str:
        return multilingual.pick(self.name) or self.slug

    def get_absolute_url(self) -> str:
        """Its page for readers."""
        return reverse("help:section", args=[self.slug])

    @property
    def sentence(self) -> str:
        """What stands below its name, in the reader's language."""
        return multilingual.pick(self.about)


class ArticleQuerySet(models.QuerySet["Article"]):
    """Questions about many articles."""

    def readable_by(self, reader: Reader) -> "ArticleQuerySet":
        """Those of which at least one language is published, for whom they are meant."""
        return self.filter(
            models.Exists(
                ArticleText.objects.filter(
                    article=models.OuterRef("pk"), published_at__isnull=False
                )
            ),
            section__is_active=True,
            audience__in=audiences_of(reader),
        )

    def titled(self, language: str) -> "ArticleQuerySet":
        """With `title` and `language` of the published text that a reader of `language` gets; in
        their order on the shelf."""
        fitting = ArticleText.objects.filter(
            article=models.OuterRef("pk"), published_at__isnull=False
        ).order_by(preference(language), "language")
        return self.annotate(
            title=models.Subquery(fitting.values("public_title")[:1]),
            language=models.Subquery(fitting.values("language")[:1]),
        ).order_by("order", "title")


def audiences_of(reader: Reader) -> list[str]:
    """Whose articles `reader` may read."""
    if not isinstance(reader, User):
        return [Article.Audience.EVERYBODY]
    if not reader.is_agent:
        return [Article.Audience.EVERYBODY, Article.Audience.SIGNED_IN]
    return list(Article.Audience)


def preference(language: str, field: str = "language") -> models.Case:
    """Order of texts: in the reader's `language`, in the desk's, in any other."""
    return models.Case(
        models.When(**{field: language}, then=0),
        models.When(**{field: settings.LANGUAGE_CODE}, then=1),
        default=2,
        output_field=models.SmallIntegerField(),
    )


class Article(models.Model):
    """One matter under one address, in one or more languages."""

    class Audience(models.TextChoices):
        """Who may read it once it is published."""

        EVERYBODY = "everybody", _("everybody")
        SIGNED_IN = "signed_in", _("people who have signed in")
        AGENTS = "agents", _("agents only")

    section = models.ForeignKey(
        Section, verbose_name=_("section"), on_delete=models.PROTECT, related_name="articles"
    )
    # One for all sections, so that an address still leads here when the article has moved.
    slug = models.SlugField(_("short name in addresses"), max_length=80, unique=True)
    audience = models.CharField(
        _("who may read it"), max_length=9, choices=Audience, default=Audience.EVERYBODY
    )
    order = models.PositiveSmallIntegerField(_("order"), default=100)
    # Where agents find what it was made of: a path of this desk.
    origin = models.CharField(max_length=200, blank=True, editable=False)
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("begun by")
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ArticleQuerySet.as_manager()

    if TYPE_CHECKING:
        texts: "RelatedManager[ArticleText]"
        pictures: "RelatedManager[Picture]"
        votes: "RelatedManager[Vote]"

    class Meta:
        ordering = ["order", "slug"]
        verbose_name = _("article")
        verbose_name_plural = _("articles")

    def __str__(self) -> str:
        return self.slug

    def get_absolute_url(self) -> str:
        """Its one address for readers, whatever their language."""
        return reverse("help:article", args=[self.section.slug, self.slug])


class ArticleTextQuerySet(models.QuerySet["ArticleText"]):
    """Questions about texts."""

    def readable_by(self, reader: Reader) -> "ArticleTextQuerySet":
        """Published ones of articles that are meant for `reader`."""
        return self.filter(
            published_at__isnull=False,
            article__section__is_active=True,
            article__audience__in=audiences_of(reader),
        )


class ArticleText(models.Model):
    """An article in one language: `title` and `html` as agents write on it, and beside them what
    was published last. Readers, search and sitemap know the published half only."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    title = models.CharField(_("title"), max_length=150)
    html = models.TextField(blank=True)
    # How often it was saved: whoever saves says which state they saw.
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(_("changed"), default=timezone.now)
    updated_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("changed by")
    )

    public_title = models.CharField(max_length=150, blank=True)
    public_html = models.TextField(blank=True)
    public_text = models.TextField(blank=True)
    words = SearchVectorField(null=True, editable=False)
    published_version = models.PositiveIntegerField(default=0)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    published_by = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("published by"),
    )

    objects = ArticleTextQuerySet.as_manager()

    class Meta:
        ordering = ["article", "language"]
        verbose_name = _("text of an article")
        verbose_name_plural = _("texts of articles")
        constraints = [
            models.UniqueConstraint(fields=["article", "language"], name="one_text_per_language")
        ]
        indexes = [GinIndex(fields=["words"], name="article_by_words")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_published(self) -> bool:
        """Can it be read by whom it is meant for?"""
        return self.published_at is not None

    @property
    def has_news(self) -> bool:
        """Is there something written that readers do not see yet?"""
        return self.version != self.published_version

    @property
    def beginning(self) -> str:
        """Its first words, for lists and search engines: at most 160 characters."""
        text = " ".join(self.public_text.split())
        return text if len(text) <= BEGINNING else f"{text[:BEGINNING].rpartition(' ')[0]}…"


BEGINNING = 160


def picture_path(picture: "Picture", name: str) -> str:
    """Where its file lies; nothing of the name that came with it."""
    return f"articles/{picture.token.hex[:2]}/{picture.token.hex}"


class PictureQuerySet(models.QuerySet["Picture"]):
    """Questions about pictures."""

    def readable_by(self, reader: Reader) -> "PictureQuerySet":
        """All for agents, for they write; for others those that stand in what they may read."""
        if isinstance(reader, User) and reader.is_agent:
            return self
        return self.filter(
            is_shown=True,
            article__section__is_active=True,
            article__audience__in=audiences_of(reader),
        )


class Picture(models.Model):
    """A picture of an article, drawn anew when it came, so that it holds nothing but itself."""

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="pictures")
    file = models.FileField(upload_to=picture_path, max_length=200)
    name = models.CharField(max_length=150)
    content_type = models.CharField(max_length=20)
    size = models.PositiveIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    # Does it stand in a published text?
    is_shown = models.BooleanField(default=False)

    objects = PictureQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = _("picture of an article")
        verbose_name_plural = _("pictures of articles")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Where those who may read the article fetch it."""
        return f"/files/help/{self.token}/"


class Vote(models.Model):
    """Whether an article helped a reader. Who has not signed in stays unknown: only their session
    remembers that this vote is theirs."""

    article = models.ForeignKey(
        Article, on_delete=models.CASCADE, related_name="votes", verbose_name=_("article")
    )
    person = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("person"),
    )
    language = models.CharField(_("language"), max_length=10)
    helped = models.BooleanField(_("helped"))
    comment = models.CharField(_("what was missing"), max_length=1000, blank=True)
    voted_at = models.DateTimeField(_("date"), default=timezone.now)

    class Meta:
        ordering = ["-voted_at"]
        verbose_name = _("opinion of a reader")
        verbose_name_plural = _("opinions of readers")
        constraints = [
            models.UniqueConstraint(fields=["article", "person"], name="one_vote_per_person")
        ]

    def __str__(self) -> str:
        return f"{self.article}: {'+' if self.helped else '−'}"
