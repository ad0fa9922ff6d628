"""What a browser would forget of a form that comes back or waits behind the sign-in: its files."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from departments.models import User
from helpdesk.lib.errors import DeskError
from tickets import actions
from tickets.models import Ticket
from tickets.portal.forms import FilesForm

SENT = "sent"
"""Marks a message that says so: the browser need not keep what was typed any longer (typed.js)."""


def keep_files(form: FilesForm, *, by: User, ticket: Ticket | None = None) -> None:
    """The good files that came with `form` lie beside its text when it comes back."""
    kept = []
    for file in form.loose:
        try:
            kept.append(actions.upload_file(file, by=by, ticket=ticket))
        except DeskError as refusal:
            form.add_error("files", str(refusal))
            break
    form.put_beside(kept)


def say_what_waited(request: HttpRequest, typed: Mapping[str, str]) -> None:
    """Tell whoever was signed out meanwhile that their text is here, and which files are not."""
    messages.info(request, _("You were signed out meanwhile. Here is what you had typed."))
    if lost := [said for name, said in typed.items() if name.endswith("files")]:
        messages.warning(
            request,
            _("These files could not be kept. Choose them once more, please: %(names)s")
            % {"names": ", ".join(lost)},
        )
