"""Custom fields of a ticket that an agent is writing down."""

from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_GET

from departments.http import SignedInRequest, agent_required
from departments.models import User
from tickets.forms import NewFieldsForm
from tickets.models import CustomField
from tickets.permissions import works_in


@agent_required
@require_GET
def new_fields(request: SignedInRequest) -> HttpResponse:
    """The part of the page that asks for the fields of the department and category just chosen,
    with what was typed so far."""
    return render(request, "agent/_new_fields.html", {"fields": asked(request.GET, request.user)})


def asked(data: QueryDict, by: User, *, is_sent: bool = False) -> NewFieldsForm:
    """The form of the fields that belong to the department and category in `data`: with what
    `is_sent`, or only filled with what stands there."""
    department = _key(data.get("department"))
    if department is not None and not works_in(by, department):
        department = None
    fields = CustomField.objects.fitting(department, _key(data.get("category")))
    return NewFieldsForm.of(fields, data, is_sent=is_sent)


def _key(typed: Any) -> int | None:
    text = str(typed or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None
