"""What agents fill in: where an article stands, what it says, and the filter of their list."""

from typing import Any, Final

from django import forms
from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from helpdesk.lib import html as html_door
from knowledge.models import Article, ArticleText, Section

LONGEST: Final = 200_000
"""Letters of an article; its HTML may take twice as many."""


def _as_inputs(form: forms.BaseForm) -> None:
    for field in form.fields.values():
        field.widget.attrs.setdefault("class", "input")


class NewArticleForm(forms.Form):
    """`start_article`."""

    title = forms.CharField(
        label=_("Title"),
        max_length=150,
        help_text=_("As a reader would ask: “How do I change the password of my mailbox?”"),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    section = forms.ModelChoiceField(
        Section.objects.filter(is_active=True), label=_("Section"), empty_label=None
    )
    audience = forms.ChoiceField(label=_("Who may read it"), choices=Article.Audience)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "article-%s")
        initial = {"language": (get_language() or "").partition("-")[0]}
        super().__init__(*args, **{**kwargs, "initial": initial | (kwargs.get("initial") or {})})
        _as_inputs(self)


class PlaceForm(forms.ModelForm):
    """`place_article`: everything but the texts."""

    class Meta:
        model = Article
        fields = ("section", "audience", "slug", "order")
        help_texts = {
            "slug": _("Links to the old name lead nowhere once it is changed."),
            "order": _("Lower numbers stand first in their section."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "auto_id": "article-%s"})
        _as_inputs(self)


class TextForm(forms.Form):
    """`save_text`. With the editor `html` comes; without scripts the plain text in `body` alone,
    and as long as nobody touches it the text keeps its formatting."""

    slug = "article"
    writes_plain = False
    has_headings = True

    title = forms.CharField(label=_("Title"), max_length=150)
    body = forms.CharField(label=_("Text"), max_length=LONGEST, required=False, strip=False)
    html = forms.CharField(max_length=2 * LONGEST, required=False, strip=False)

    def __init__(
        self, *args: Any, text: ArticleText, kept: dict[str, str] | None = None, **kwargs: Any
    ) -> None:
        """`kept` is what was typed before somebody had to sign in again."""
        self.text, self.newest = text, (kept or {}).get("version", "")
        stands = {
            "title": text.title,
            "html": text.html,
            "body": html_door.to_text(text.html),
        }
        initial = stands | (kept or {})
        super().__init__(*args, **{**kwargs, "initial": initial, "auto_id": "article-%s"})
        _as_inputs(self)

    @property
    def version(self) -> str:
        """Which version stands in it: as the page says, or the newest once somebody else's was
        shown."""
        if self.newest or not self.is_bound:
            return self.newest or str(self.text.version if self.text.pk else 0)
        return str(self.data.get("version", ""))

    @property
    def written(self) -> str:
        """The text as HTML, to be cleaned by the verb."""
        data = self.cleaned_data
        if data["html"]:
            return str(data["html"])
        body = data["body"].replace("\r\n", "\n")
        is_same = body.split() == html_door.to_text(self.text.html).split()
        return self.text.html if is_same else html_door.from_text(body)


class FilterForm(forms.Form):
    """The list of articles, narrowed."""

    STATES: Final = [
        ("", _("in any state")),
        ("published", _("published")),
        ("draft", _("not published yet")),
        ("news", _("with changes to publish")),
    ]

    q = forms.CharField(label=_("Words"), required=False, max_length=100)
    section = forms.ModelChoiceField(
        Section.objects.all(), label=_("Section"), required=False, empty_label=_("all sections")
    )
    state = forms.ChoiceField(label=_("State"), choices=STATES, required=False)
    missing = forms.ChoiceField(
        label=_("Language"),
        choices=[
            ("", _("all languages")),
            *((code, _("not written: %s") % code) for code, _name in settings.LANGUAGES),
        ],
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "auto_id": "filter-%s"})
        _as_inputs(self)

    def found(self) -> QuerySet[Article]:
        """Those that fit; what is not understood narrows nothing."""
        given = self.cleaned_data if self.is_valid() else {}
        rows = Article.objects.all()
        for word in given.get("q", "").split():
            texts = ArticleText.objects.filter(Q(title__icontains=word) | Q(html__icontains=word))
            rows = rows.filter(Q(slug__icontains=word) | Q(texts__in=texts))
        if section := given.get("section"):
            rows = rows.filter(section=section)
        if state := given.get("state"):
            texts = ArticleText.objects.all()
            rows = rows.filter(
                texts__in={
                    "published": texts.filter(published_at__isnull=False),
                    "draft": texts.filter(published_at__isnull=True),
                    "news": texts.exclude(version=F("published_version")),
                }[state]
            )
        if language := given.get("missing"):
            rows = rows.exclude(texts__language=language)
        return rows.distinct()

    @property
    def is_used(self) -> bool:
        """Is anything narrowed?"""
        return any(self.data.get(name) for name in self.fields)
