"""Handing out the pictures of articles to whoever may read them, and never as a page of ours."""

from typing import Final

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from knowledge.models import Article, Picture

LOCKED: Final = "default-src 'none'; sandbox"


@login_not_required
@require_GET
def picture(request: HttpRequest, token: str) -> HttpResponseBase:
    """The picture behind `token`; 404 for everybody who may not read what it stands in."""
    readable = Picture.objects.readable_by(request.user).select_related("article")
    found = get_object_or_404(readable, token=token)
    response = FileResponse(found.file.open("rb"), content_type=found.content_type)
    response.headers["Content-Security-Policy"] = LOCKED
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    # No cache between us and the reader keeps what may be withdrawn or meant for few.
    is_public = found.is_shown and found.article.audience == Article.Audience.EVERYBODY
    age = 3600 if is_public else 60
    response.headers["Cache-Control"] = f"private, max-age={age}"
    return response
