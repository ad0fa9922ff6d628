"""Writing one text: the editor, its pictures, the look before, and publishing."""

from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from departments.http import SignedInRequest, agent_required
from helpdesk.lib import kept
from helpdesk.lib.errors import DeskError
from helpdesk.lib.html import with_links
from helpdesk.lib.keys import key_in
from knowledge import actions
from knowledge.actions import ChangedMeanwhile
from knowledge.agent.forms import TextForm
from knowledge.agent.views import CURRENT
from knowledge.models import Article, ArticleText, Picture
from knowledge.permissions import can_publish
from knowledge.pictures import PictureRefused

COMMENTS_SHOWN: Final = 10


@agent_required
@require_http_methods(["GET", "POST"])
def text(request: SignedInRequest, pk: int, language: str) -> HttpResponse:
    """Write; `then` says what follows: "preview", "publish", or nothing."""
    article, found = _text(pk, language)
    if request.method == "GET":
        form = TextForm(text=found, kept=kept.take(request))
        return _editor(request, article, found, form)
    form = TextForm(request.POST, text=found)
    if not form.is_valid():
        return _editor(request, article, found, form, status=422)
    by, then = request.user, request.POST.get("then", "")
    try:
        html = form.written + _pictures_sent(request, article)
        saved = actions.save_text(
            article,
            language=language,
            title=form.cleaned_data["title"],
            html=html,
            seen=key_in(form.version),
            by=by,
        )
    except ChangedMeanwhile as refusal:
        # What was typed stays; saved once more it replaces what the other one wrote.
        form.newest = str(refusal.now.version if refusal.now.pk else 0)
        return _editor(request, article, found, form, status=409, theirs=refusal.now)
    except PictureRefused as refusal:
        form.add_error(None, str(refusal))
        return _editor(request, article, found, form, status=422)
    if then == "publish":
        actions.publish_text(saved, seen=saved.version, by=by)
        messages.success(request, _("Published."))
    elif then == "preview":
        return redirect("articles:preview", pk, language)
    else:
        messages.success(request, _("Saved."))
    return redirect("articles:text", pk, language)


def _pictures_sent(request: SignedInRequest, article: Article) -> str:
    """Pictures that came with the form, where no script sent them ahead: they stand at its end."""
    added = [
        actions.add_picture(article, upload, by=request.user)
        for upload in request.FILES.getlist("picture")
    ]
    return "".join(f'<p><img src="{one.get_absolute_url()}"></p>' for one in added)


@agent_required
@require_GET
def preview(request: SignedInRequest, pk: int, language: str) -> HttpResponse:
    """As readers would see what is saved."""
    article, found = _text(pk, language)
    if not found.pk:
        raise Http404
    context = {"article": article, "text": found, "html": with_links(found.html)}
    context |= {"may_publish": can_publish(request.user)}
    return render(request, "articles/preview.html", context | CURRENT)


@agent_required
@require_POST
def publication(request: SignedInRequest, pk: int, language: str) -> HttpResponse:
    """Show readers the version that was looked at."""
    _article, found = _text(pk, language)
    if not found.pk:
        raise Http404
    actions.publish_text(found, seen=key_in(request.POST.get("version")), by=request.user)
    messages.success(request, _("Published."))
    return redirect("articles:text", pk, language)


@agent_required
@require_POST
def withdrawal(request: SignedInRequest, pk: int, language: str) -> HttpResponse:
    """Readers see it no longer."""
    _article, found = _text(pk, language)
    if not found.pk:
        raise Http404
    actions.withdraw_text(found, by=request.user)
    messages.success(request, _("It is a draft again."))
    return redirect("articles:text", pk, language)


@agent_required
@require_POST
def pictures(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take the picture `file`: 201 and what the editor needs of it, or a sentence."""
    article = get_object_or_404(Article, pk=pk)
    upload = request.FILES.get("file")
    try:
        if upload is None:
            raise DeskError(_("No file has come."))
        picture = actions.add_picture(article, upload, by=request.user)
    except DeskError as refusal:
        return JsonResponse({"sentence": str(refusal)}, status=422)
    about = {
        "token": str(picture.token),
        "url": picture.get_absolute_url(),
        "type": picture.content_type,
        **{name: getattr(picture, name) for name in ("name", "size", "width", "height")},
    }
    return JsonResponse(about, status=201)


@agent_required
@require_POST
def picture_removal(request: SignedInRequest, pk: int, token: str) -> HttpResponse:
    """One that was not put into the text after all."""
    actions.discard_picture(get_object_or_404(Picture, article=pk, token=token), by=request.user)
    return HttpResponse(status=204)


def _text(pk: int, language: str) -> tuple[Article, ArticleText]:
    """The article and its text in `language`, not saved where nobody has begun it. Raises Http404
    for a language that the desk does not speak."""
    if language not in dict(settings.LANGUAGES):
        raise Http404
    article = get_object_or_404(
        Article.objects.select_related("section", "created_by").prefetch_related("texts"), pk=pk
    )
    found = article.texts.filter(language=language).select_related("updated_by", "published_by")
    return article, found.first() or ArticleText(article=article, language=language)


def _editor(
    request: SignedInRequest,
    article: Article,
    found: ArticleText,
    form: TextForm,
    *,
    status: int = 200,
    theirs: ArticleText | None = None,
) -> HttpResponse:
    texts = {one.language: one for one in article.texts.all()}
    votes = article.votes.all()
    context: dict[str, Any] = {
        "article": article,
        "text": found,
        "form": form,
        "theirs": theirs,
        "languages": [
            (code, str(get_language_info(code)["name_translated"]), texts.get(code))
            for code, _name in settings.LANGUAGES
        ],
        "others": [one for one in texts.values() if one.language != found.language],
        "may_publish": can_publish(request.user),
        "is_read": any(one.is_published for one in texts.values()),
        "helped": votes.filter(helped=True).count(),
        "missed": votes.filter(helped=False).count(),
        "comments": votes.exclude(comment="")[:COMMENTS_SHOWN],
    }
    return render(request, "articles/text.html", context | CURRENT, status=status)
