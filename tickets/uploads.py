"""Files that come ahead of what somebody writes, or when their session had ended: customers, guests
of a ticket, agents."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from departments.models import User
from helpdesk.lib import kept
from helpdesk.lib.errors import DeskError
from helpdesk.lib.keys import key_in
from helpdesk.lib.kinds import KINDS
from helpdesk.lib.passes import holders_too
from tickets import actions, attachments
from tickets.forms import tokens_in, writer_of
from tickets.guests import guest_at, own_uploads
from tickets.models import Ticket, Upload


@holders_too
@require_POST
def uploads(request: HttpRequest) -> HttpResponse:
    """Take the file `file`, for the ticket that `?ticket=` names if it does: 201 and what the form
    shows of it, or a sentence that says why not. Agents may send all kinds that we know."""
    number = request.GET.get("ticket")
    by = request.user if isinstance(request.user, User) else guest_at(request, key_in(number))
    if by is None:
        raise Http404
    ticket = None
    if number:
        ticket = get_object_or_404(Ticket.objects.visible_to(by), pk=key_in(number))
    try:
        upload = _taken(request.FILES.getlist("file"), by, ticket)
    except DeskError as refusal:
        return JsonResponse({"sentence": str(refusal)}, status=422)
    return JsonResponse(
        {
            "token": str(upload.token),
            "url": upload.get_absolute_url(),
            "name": upload.name,
            "size": upload.size,
            "type": upload.content_type,
            "width": upload.width,
            "height": upload.height,
            "small": upload.shows_small,
        },
        status=201,
    )


def _taken(came: "list[UploadedFile[Any]]", by: User, ticket: Ticket | None) -> Upload:
    files = attachments.accept(came[:1], KINDS if by.is_agent else None)
    if not files:
        raise DeskError(_("No file has come."))
    return actions.upload_file(files[0], by=by, ticket=ticket)


@holders_too
@require_POST
def upload_removal(request: HttpRequest, token: str) -> HttpResponse:
    """Remove a file that was not sent after all."""
    upload = get_object_or_404(own_uploads(request), token=token)
    actions.discard_upload(upload, by=upload.owner)
    return HttpResponse(status=204)


def keep_of_signed_out(request: HttpRequest) -> dict[str, str]:
    """The files of a form that came when its writer's session had ended, as uploads of theirs, to
    be found again behind the sign-in: what the fields of the form say then. A field for files says
    the names of those that could not be kept."""
    said = {}
    owner, ticket = _writer_on_ticket(request)
    for field, files in request.FILES.lists():
        if not field.endswith("files"):
            said[field] = ", ".join(str(file.name) for file in files)
            continue
        beside = field.removesuffix("files") + "uploads"
        here, lost = tokens_in(request.POST.get(beside, "")), []
        for file in files:
            upload = _kept(file, owner, ticket) if len(here) < attachments.MAX_FILES else None
            if upload is None:
                lost.append(str(file.name))
            else:
                here.append(str(upload.token))
        said[beside] = ",".join(here)
        if lost:
            said[field] = ", ".join(lost)
    return said


def _kept(file: "UploadedFile[Any]", owner: User | None, ticket: Ticket | None) -> Upload | None:
    try:
        return _taken([file], owner, ticket) if owner is not None else None
    except DeskError:
        return None


def _writer_on_ticket(request: HttpRequest) -> tuple[User | None, Ticket | None]:
    """Whose form it is, and the ticket that it is about, if it is about one: nobody's, if they may
    not see that."""
    owner = writer_of(request.POST.get(kept.WRITER, ""))
    number = request.resolver_match.kwargs.get("number") if request.resolver_match else None
    if owner is None or number is None:
        return owner, None
    ticket = Ticket.objects.visible_to(owner).filter(pk=number).first()
    return (owner if ticket is not None else None), ticket
