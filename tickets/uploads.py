"""Files that come ahead of what somebody writes: customers, guests of a ticket, agents."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from departments.models import User
from helpdesk.lib.errors import DeskError
from helpdesk.lib.keys import key_in
from helpdesk.lib.kinds import KINDS
from helpdesk.lib.passes import holders_too
from tickets import actions, attachments
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
        upload = _taken(request, by, ticket)
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


def _taken(request: HttpRequest, by: User, ticket: Ticket | None) -> Upload:
    files = attachments.accept(request.FILES.getlist("file")[:1], KINDS if by.is_agent else None)
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
