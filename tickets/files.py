"""Handing out attachments to whoever may read their message, and never as a page of ours."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_GET

from tickets.models import Attachment, Upload

SHOWN = frozenset({"image/png", "image/gif", "image/jpeg"})
"""What a browser may show in place; everything else is a download. Never SVG or HTML."""


@require_GET
def attachment(request: HttpRequest, token: str) -> HttpResponseBase:
    """The file behind `token`, for those who may read its message, or for who sent it ahead of
    one; 404 for everybody else."""
    found: Attachment | Upload | None = (
        Attachment.objects.readable_by(request.user).filter(token=token).first()
        or Upload.objects.filter(owner=request.user.pk or 0, token=token).first()
    )
    if found is None:
        raise Http404
    shown = found.is_picture and found.content_type in SHOWN and "download" not in request.GET
    response = FileResponse(
        found.file.open("rb"),
        as_attachment=not shown,
        filename=found.name,
        content_type=found.content_type if shown else "application/octet-stream",
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, max-age=86400"
    return response
