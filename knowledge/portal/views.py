"""Reading, finding, and saying whether it helped. Nobody needs to sign in for what everybody may
read, and no page needs a script."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Final, ParamSpec, cast

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db.models import Count, F, QuerySet, Window
from django.db.models.functions import RowNumber
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, get_language_info, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from departments.http import place_of
from departments.models import User
from helpdesk.lib.errors import DeskError
from knowledge import actions, search
from knowledge.models import Article, ArticleText, Section, Vote
from knowledge.portal.addresses import alternates, canonical
from knowledge.portal.forms import OpinionForm

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

ON_HOME: Final = 5
BESIDE: Final = 5
LONGEST_QUESTION: Final = 200
VOTES_AN_HOUR: Final = 60
"""From one place of the network, behind which a whole company may sit."""
OWN_VOTES: Final = "votes"
LANGUAGES: Final = [code for code, _name in settings.LANGUAGES]


class TooManyVotes(DeskError):
    """A script votes without end."""

    status = 429


def in_asked_language(view: View[P]) -> View[P]:
    """The whole page in the language that `?lang=` names, so that search engines find one language
    under one address; else in the reader's."""

    @wraps(view)
    def in_language(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        asked = request.GET.get("lang", "")
        with override(asked if asked in LANGUAGES else get_language()):
            response = view(request, *args, **kwargs)
            response.headers.setdefault("Content-Language", _language())
            return response

    return cast(View[P], in_language)


@login_not_required
@require_GET
@in_asked_language
def home(request: HttpRequest) -> HttpResponse:
    """All sections with their first articles, or what is found of `q`."""
    text = " ".join(request.GET.get("q", "").split())[:LONGEST_QUESTION]
    if text:
        found = search.find(text, by=request.user, language=_language())
        context = {"text": text, "found": found, "language": _language()}
        return render(request, "help/found.html", context)
    numbered = (
        Article.objects.readable_by(request.user)
        .titled(_language())
        .annotate(
            place=Window(RowNumber(), partition_by=F("section"), order_by=["order", "title"]),
            together=Window(Count("pk"), partition_by=F("section")),
        )
        .filter(place__lte=ON_HOME)
        .select_related("section")
        .order_by("section__order", "section__slug", "place")
    )
    shelves: dict[Section, list[Article]] = {}
    for one in numbered:
        shelves.setdefault(one.section, []).append(one)
    return render(request, "help/home.html", {"shelves": shelves, "language": _language()})


@login_not_required
@require_GET
@in_asked_language
def section(request: HttpRequest, section: str) -> HttpResponse:
    """Everything on one shelf that the reader may read."""
    found = get_object_or_404(Section, slug=section, is_active=True)
    articles = list(_in_section(request, found))
    if not articles:
        raise Http404
    context = {"section": found, "articles": articles, "language": _language()}
    return render(request, "help/section.html", context)


@login_not_required
@require_GET
@in_asked_language
def article(request: HttpRequest, section: str, article: str) -> HttpResponse:
    """One article, in the reader's language where it is written in it. Under the name of another
    section it is found as well, and leads to where it stands now."""
    texts = _texts(request, article)
    found = texts[0].article
    if found.section.slug != section:
        query = request.GET.urlencode()
        return redirect(f"{found.get_absolute_url()}{query and '?'}{query}", permanent=True)
    return _shown(request, texts, OpinionForm())


@login_not_required
@require_POST
@in_asked_language
def opinion(request: HttpRequest, section: str, article: str) -> HttpResponse:
    """Take "yes" or "no", and what was missing."""
    texts = _texts(request, article)
    form, found = OpinionForm(request.POST), texts[0].article
    if not form.is_valid():
        return _shown(request, texts, form, status=422)
    _limit_votes(request)
    own = request.session.get(OWN_VOTES, {})
    by = request.user if isinstance(request.user, User) else None
    vote = actions.vote(
        found,
        helped=form.cleaned_data["helped"],
        comment=form.cleaned_data["comment"],
        language=texts[0].language,
        by=by,
        earlier=own.get(str(found.pk)),
    )
    if by is None:
        request.session[OWN_VOTES] = {**own, str(found.pk): vote.pk}
    query = request.GET.urlencode()
    return redirect(f"{found.get_absolute_url()}{query and '?'}{query}#opinion")


def _texts(request: HttpRequest, article: str) -> list[ArticleText]:
    """What the reader may read of an article, the language that fits them best first. Raises
    Http404 if that is nothing."""
    texts = list(
        ArticleText.objects.readable_by(request.user)
        .filter(article__slug=article)
        .select_related("article__section")
        .defer("html", "words")
    )
    if not texts:
        raise Http404
    wanted = [_language(), settings.LANGUAGE_CODE]
    return sorted(
        texts,
        key=lambda one: wanted.index(one.language) if one.language in wanted else len(wanted),
    )


def _shown(
    request: HttpRequest, texts: list[ArticleText], form: OpinionForm, status: int = 200
) -> HttpResponse:
    """The page of an article in the first of `texts`."""
    text, found = texts[0], texts[0].article
    written = {one.language: one for one in texts}
    context = {
        "article": found,
        "text": text,
        "written": [(code, _own_name(code)) for code in LANGUAGES if code in written],
        "missing": [(code, _own_name(code)) for code in LANGUAGES if code not in written],
        "language": _language(),
        "beside": _in_section(request, found.section).exclude(pk=found.pk)[:BESIDE],
        "own": _own_vote(request, found),
        "form": form,
        "is_public": found.audience == Article.Audience.EVERYBODY,
        "canonical": canonical(found, text.language, written),
        "alternates": alternates(found, [code for code in LANGUAGES if code in written]),
    }
    response = render(request, "help/article.html", context, status=status)
    response.headers["Content-Language"] = text.language
    return response


def _in_section(request: HttpRequest, section: Section) -> QuerySet[Article]:
    return (
        Article.objects.readable_by(request.user)
        .filter(section=section)
        .titled(_language())
        .select_related("section")
    )


def _own_vote(request: HttpRequest, article: Article) -> Vote | None:
    """What this reader said of it before."""
    if isinstance(request.user, User):
        return article.votes.filter(person=request.user).first()
    key = request.session.get(OWN_VOTES, {}).get(str(article.pk))
    return article.votes.filter(pk=key, person=None).first() if key else None


def _limit_votes(request: HttpRequest) -> None:
    """Raise TooManyVotes where one place votes more than `VOTES_AN_HOUR` times."""
    key = f"help:votes:{place_of(request)}"
    cache.add(key, 0, 3600)
    if cache.incr(key) > VOTES_AN_HOUR:
        raise TooManyVotes(_("Those were many opinions at once. Please come again in an hour."))


def _own_name(language: str) -> str:
    return str(get_language_info(language)["name_local"]).capitalize()


def _language() -> str:
    return (get_language() or settings.LANGUAGE_CODE).partition("-")[0]
