"""Writing to us for the first time."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from departments.http import SignedInRequest
from departments.models import Category, Department
from helpdesk.lib import kept, multilingual
from tickets import actions
from tickets.forms import NewFieldsForm
from tickets.models import CustomField
from tickets.portal.forms import NewTicketForm


@require_http_methods(["GET", "HEAD", "POST"])
def new_ticket(request: SignedInRequest) -> HttpResponse:
    """The form for a new ticket."""
    if request.method == "POST":
        form = NewTicketForm(request.POST, request.FILES)
        fields = _asked(request.POST, is_sent=True)
        if form.is_valid() and fields.is_valid():
            ticket = actions.open_ticket(
                customer=request.user,
                by=request.user,
                fields=fields.values,
                **form.cleaned_data,
            )
            messages.success(request, _("Thank you! We have got it and will answer soon."))
            return redirect("portal:ticket", ticket.number)
    else:
        typed = kept.take(request)
        # An address may name topic and product: /tickets/new/?category=3
        said = typed or request.GET.dict()
        form, fields = NewTicketForm(initial=said), _asked(said)
        if typed:
            messages.info(request, _("You were signed out meanwhile. Here is what you had typed."))
    chosen = _evidence(form["category"].value())
    context = {"form": form, "fields": fields, "evidence": chosen}
    status = 422 if form.is_bound else 200
    return render(request, "portal/new_ticket.html", context, status=status)


@require_GET
def evidence(request: SignedInRequest) -> HttpResponse:
    """The parts of the page that say what helps us and ask for more, for the topic just chosen."""
    chosen = _evidence(request.GET.get("category", ""))
    context = {"evidence": chosen, "fields": _asked(request.GET)}
    return render(request, "portal/partials/_for_topic.html", context)


def _asked(said: Mapping[str, Any], *, is_sent: bool = False) -> NewFieldsForm:
    """The form of the custom fields that customers fill for the topic in `said`."""
    number = _number(said.get("category"))
    topic = Category.objects.filter(pk=number).first() if number else None
    place = topic.department_id if topic else _first_place()
    asked = CustomField.objects.filter(asked_in_portal=True)
    return NewFieldsForm.of(asked.fitting(place, number), said, is_sent=is_sent)


def _first_place() -> int | None:
    """The key of the department that receives what names no topic."""
    try:
        return Department.triage().pk
    except Department.DoesNotExist:
        return None


def _number(typed: object) -> int | None:
    text = str(typed or "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _evidence(chosen: object) -> list[tuple[Category, str]]:
    """(category, what helps us) of the chosen one, or of all while none is chosen."""
    categories = Category.objects.filter(is_active=True, department__is_active=True)
    if number := _number(chosen):
        categories = categories.filter(pk=number)
    texts = [(one, multilingual.pick(one.wanted_evidence)) for one in categories]
    return [(one, text) for one, text in texts if text.strip()]
