"""Files that come ahead of what an agent writes."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from departments.http import SignedInRequest, agent_required
from helpdesk.lib.errors import DeskError
from tickets import actions, attachments
from tickets.models import Ticket, Upload


@agent_required
@require_POST
def uploads(request: SignedInRequest) -> HttpResponse:
    """Take the file `file`, for the ticket `ticket` if one is named: 201 and what the composer
    shows of it, or a sentence that says why not."""
    number = request.POST.get("ticket", "")
    ticket = None
    if number:
        key = int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0
        ticket = get_object_or_404(Ticket.objects.workable_by(request.user), pk=key)
    try:
        upload = _taken(request, ticket)
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
        },
        status=201,
    )


def _taken(request: SignedInRequest, ticket: Ticket | None) -> Upload:
    files = attachments.accept(request.FILES.getlist("file")[:1])
    if not files:
        raise DeskError(_("No file has come."))
    return actions.upload_file(files[0], by=request.user, ticket=ticket)


@agent_required
@require_POST
def upload_removal(request: SignedInRequest, token: str) -> HttpResponse:
    """Remove a file that was not sent after all."""
    upload = get_object_or_404(Upload, owner=request.user, token=token)
    actions.discard_upload(upload, by=request.user)
    return HttpResponse(status=204)
