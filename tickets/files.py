"""Handing out attachments to whoever may read their message, and never as a page of ours."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from departments.models import User
from helpdesk.lib.kinds import is_text
from helpdesk.lib.passes import holders_too
from tickets.attachments import small_picture
from tickets.guests import own_uploads, readable_files
from tickets.models import Attachment, CannedFile, CannedReply, Upload

SHOWN = frozenset({"image/png", "image/gif", "image/jpeg", "image/webp"})
"""What a browser may show in place; everything else but PDF is a download. Never SVG or HTML."""

LOCKED = "default-src 'none'; sandbox"
# Chromium shows no PDF in a sandbox of the page's policy. Its viewer is one itself: it knows
# neither this desk nor its cookies, and no script of the file reaches them.
PDF_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
PDF_BEGINS = 1024  # bytes in which its mark must stand (ISO 32000-1, annex H, note 13)
TEXT_SHOWN = 256 * 1024
LINES_SHOWN = 4000


@holders_too
@require_GET
def attachment(request: HttpRequest, token: str) -> HttpResponseBase:
    """The file behind `token`, for those who may read its message, or for who sent it ahead of
    one; 404 for everybody else."""
    return _handed_out(request, _found(request, token))


def _found(request: HttpRequest, token: str) -> Attachment | Upload:
    """For those who may read its message, or who sent it ahead of one."""
    found: Attachment | Upload | None = (
        readable_files(request).filter(token=token).first()
        or own_uploads(request).filter(token=token).first()
    )
    if found is None:
        raise Http404
    return found


@require_GET
def canned_file(request: HttpRequest, token: str) -> HttpResponseBase:
    """A file of a canned reply, for agents who see that; 404 for everybody else."""
    by = request.user
    seen = CannedReply.objects.none()
    if isinstance(by, User) and by.is_agent:
        seen = CannedReply.objects.seen_by(by)
    found = get_object_or_404(CannedFile, token=token, canned__in=seen)
    return _handed_out(request, found)


def _handed_out(request: HttpRequest, found: Attachment | CannedFile | Upload) -> HttpResponseBase:
    is_pdf = isinstance(found, Attachment) and found.is_pdf and _begins_as_pdf(found)
    shown = (found.is_picture and found.content_type in SHOWN) or is_pdf
    shown = shown and "download" not in request.GET
    response = FileResponse(
        found.file.open("rb"),
        as_attachment=not shown,
        filename=found.name,
        content_type=found.content_type if shown else "application/octet-stream",
    )
    return _kept_apart(response, PDF_POLICY if shown and is_pdf else LOCKED)


@holders_too
@require_GET
def small(request: HttpRequest, token: str) -> HttpResponseBase:
    """A picture drawn small, for the same people; 404 where none can be drawn."""
    drawn = small_picture(_found(request, token))
    if drawn is None:
        raise Http404
    return _kept_apart(HttpResponse(drawn, content_type="image/webp"), LOCKED)


@holders_too
@never_cache
@require_GET
def text(request: HttpRequest, token: str) -> HttpResponseBase:
    """The beginning of a text as a page of ours, for the same people: its bytes are read like a
    letter's, and nothing in them is markup."""
    found = get_object_or_404(readable_files(request), token=token)
    with found.file.open("rb") as source:
        sample = source.read(TEXT_SHOWN + 1)
    is_cut = len(sample) > TEXT_SHOWN
    if is_cut:
        sample = sample[:TEXT_SHOWN].rpartition(b"\n")[0] or sample[:TEXT_SHOWN]
    context = {
        "file": found,
        "sample": sample if is_text(sample) else None,
        "is_cut": is_cut,
        "most": LINES_SHOWN,
    }
    return render(request, "file.html", context)


def _begins_as_pdf(file: Attachment) -> bool:
    with file.file.open("rb") as source:
        return b"%PDF-" in source.read(PDF_BEGINS)


def _kept_apart(response: HttpResponseBase, policy: str) -> HttpResponseBase:
    """Nothing that comes out of a file is a page of ours."""
    response.headers["Content-Security-Policy"] = policy
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, max-age=86400"
    return response
