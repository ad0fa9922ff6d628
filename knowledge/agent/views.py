"""The list of articles, a new one, and where one stands."""

from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Max, Q
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from departments.http import SignedInRequest, agent_required
from knowledge import actions
from knowledge.agent.forms import FilterForm, NewArticleForm, PlaceForm
from knowledge.models import Article, ArticleText, Section
from knowledge.permissions import can_place

PAGE: Final = 50
CURRENT: Final = {"current_view": "articles"}


@agent_required
@require_GET
def articles(request: SignedInRequest) -> HttpResponse:
    """All articles, those changed last first, with the state of each language."""
    form = FilterForm(request.GET)
    rows = (
        Article.objects.filter(pk__in=form.found())
        .select_related("section")
        .prefetch_related("texts")
        .annotate(
            changed_at=Max("texts__updated_at"),
            yes=Count("votes", filter=Q(votes__helped=True), distinct=True),
            no=Count("votes", filter=Q(votes__helped=False), distinct=True),
        )
        .order_by("-changed_at", "-pk")
    )
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    query = QueryDict(mutable=True)
    query.update({name: str(one) for name, one in request.GET.items() if name in form.fields})
    context = {
        "form": form,
        "page": page,
        "rows": [(one, main_text(list(one.texts.all()))) for one in page.object_list],
        "languages": [code for code, _name in settings.LANGUAGES],
        "query": query.urlencode(),
    }
    return render(request, "articles/articles.html", context | CURRENT)


@agent_required
@require_http_methods(["GET", "POST"])
def new_article(request: SignedInRequest) -> HttpResponse:
    """Title, language and place; then one writes."""
    form = NewArticleForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        text = actions.start_article(**form.cleaned_data, by=request.user)
        return redirect("articles:text", text.article_id, text.language)
    context = {"form": form, "has_sections": Section.objects.filter(is_active=True).exists()}
    status = 422 if form.is_bound else 200
    return render(request, "articles/new.html", context | CURRENT, status=status)


@agent_required
@require_http_methods(["GET", "POST"])
def place(request: SignedInRequest, pk: int) -> HttpResponse:
    """Section, address, readers and order."""
    # A copy of its own: a form that fails must not rename the article in the page's head.
    article = get_object_or_404(Article.objects.select_related("section"), pk=pk)
    form = PlaceForm(
        request.POST if request.method == "POST" else None,
        instance=Article.objects.get(pk=pk),
    )
    if form.is_valid():
        actions.place_article(article, **form.cleaned_data, by=request.user)
        messages.success(request, _("Saved."))
        return redirect("articles:text", pk, main_text(list(article.texts.all())).language)
    context: dict[str, Any] = {
        "form": form,
        "article": article,
        "text": main_text(list(article.texts.all())),
        "may_place": can_place(request.user, article),
    }
    status = 422 if form.is_bound else 200
    return render(request, "articles/place.html", context | CURRENT, status=status)


@agent_required
@require_POST
def deletion(request: SignedInRequest, pk: int) -> HttpResponse:
    """Forget one that nobody reads."""
    article = get_object_or_404(Article, pk=pk)
    actions.delete_article(article, by=request.user)
    messages.success(request, _("The article is deleted."))
    return redirect("articles:articles")


def main_text(texts: list[ArticleText]) -> ArticleText:
    """By which of its texts an article is called: in the reader's language, in the desk's, else the
    first."""
    wanted = [(get_language() or "").partition("-")[0], settings.LANGUAGE_CODE]
    return min(
        texts,
        key=lambda one: wanted.index(one.language) if one.language in wanted else len(wanted),
    )
