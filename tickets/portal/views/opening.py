"""Writing to us for the first time."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from departments.http import SignedInRequest
from departments.models import Category
from helpdesk.lib import kept, multilingual
from tickets import actions
from tickets.portal.forms import NewTicketForm


@require_http_methods(["GET", "HEAD", "POST"])
def new_ticket(request: SignedInRequest) -> HttpResponse:
    """The form for a new ticket."""
    if request.method == "POST":
        form = NewTicketForm(request.POST, request.FILES)
        if form.is_valid():
            ticket = actions.open_ticket(
                customer=request.user, by=request.user, **form.cleaned_data
            )
            messages.success(request, _("Thank you! We have got it and will answer soon."))
            return redirect("portal:ticket", ticket.number)
    else:
        typed = kept.take(request)
        # An address may name topic and product: /tickets/new/?category=3
        form = NewTicketForm(initial=typed or request.GET.dict())
        if typed:
            messages.info(request, _("You were signed out meanwhile. Here is what you had typed."))
    context = {"form": form, "evidence": _evidence(form["category"].value())}
    status = 422 if form.is_bound else 200
    return render(request, "portal/new_ticket.html", context, status=status)


@require_GET
def evidence(request: SignedInRequest) -> HttpResponse:
    """The part of the page that says what helps us, for the topic just chosen."""
    chosen = _evidence(request.GET.get("category", ""))
    return render(request, "portal/partials/_evidence.html", {"evidence": chosen})


def _evidence(chosen: object) -> list[tuple[Category, str]]:
    """(category, what helps us) of the chosen one, or of all while none is chosen."""
    categories = Category.objects.filter(is_active=True, department__is_active=True)
    number = str(chosen or "")
    if number.isdecimal() and number.isascii() and len(number) < 19:
        categories = categories.filter(pk=int(number))
    texts = [(one, multilingual.pick(one.wanted_evidence)) for one in categories]
    return [(one, text) for one, text in texts if text.strip()]
