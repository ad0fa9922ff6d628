"""The page of a customer: what is known of them, by which addresses, and with whom they are one."""

from collections.abc import Callable
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from departments.addressing import ask_for_proof
from departments.http import SignedInRequest, agent_required
from departments.models import User, person_at
from helpdesk.lib.errors import DeskError
from tickets import actions, forms
from tickets.actions import AddressTaken
from tickets.agent.nav import nav_context
from tickets.agent.paging import SIZES, asked, page_of
from tickets.agent.views.queue import rows_context
from tickets.customers import customers_for, known_in
from tickets.models import PeopleMerge, Ticket
from tickets.permissions import (
    can_decide_for_customer,
    can_edit_customer,
    can_see_customer,
    require,
)


@never_cache
@agent_required
@require_http_methods(["GET", "POST"])
def customer(request: SignedInRequest, pk: int) -> HttpResponse:
    """Everything about one customer; POST: edit what is put down of them. Who was merged into
    somebody is shown as that person."""
    person = _seen(request, pk)
    if person.merged_into is not None:
        return redirect("agent:customer", person.now.pk)
    if request.method != "POST":
        return _show(request, person)
    decides = can_decide_for_customer(request.user, person)
    form = forms.CustomerForm(request.POST, person=person, decides=decides)
    if form.is_valid():
        actions.edit_customer(person, by=request.user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("agent:customer", pk)
    return _show(request, person, form=form, status=422)


@agent_required
@require_POST
def addresses(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put down another address and ask there for a proof. Where it is somebody else's, offer to
    make the two one."""
    person = _seen(request, pk)
    form = forms.AddressForm(request.POST)
    if not form.is_valid():
        return _show(request, person, address_form=form, status=422)
    try:
        row = actions.add_address(person, by=request.user, address=form.cleaned_data["address"])
    except AddressTaken as taken:
        if can_see_customer(request.user, taken.holder):
            messages.info(request, str(taken))
            return redirect(_merge_page(person, taken.holder))
        form.add_error("address", str(taken))
    except DeskError as refusal:
        form.add_error("address", str(refusal))
    else:
        ask_for_proof(row)
        said = _("A letter went to %(address)s. The address counts once its link was followed.")
        messages.success(request, said % {"address": row.email})
        return redirect("agent:customer", pk)
    return _show(request, person, address_form=form, status=422)


@agent_required
@require_POST
def letter(request: SignedInRequest, pk: int, address: int) -> HttpResponse:
    """Ask once more for the proof of an address."""
    person, row = _address(request, pk, address)
    require(can_decide_for_customer(request.user, person))
    if not row.verified:
        ask_for_proof(row)
        messages.success(request, _("A letter went to %(address)s.") % {"address": row.email})
    return redirect("agent:customer", pk)


@agent_required
@require_POST
def vouching(request: SignedInRequest, pk: int, address: int) -> HttpResponse:
    """An administrator knows that an address is the customer's."""
    _person, row = _address(request, pk, address)
    return _done(request, pk, lambda: actions.vouch_for_address(row, by=request.user))


@agent_required
@require_POST
def main_address(request: SignedInRequest, pk: int, address: int) -> HttpResponse:
    """Let our letters go to another address."""
    person, row = _address(request, pk, address)
    return _done(
        request,
        pk,
        lambda: actions.choose_main_address(person, address=row.email, by=request.user),
    )


@agent_required
@require_POST
def removal(request: SignedInRequest, pk: int, address: int) -> HttpResponse:
    """Forget an address."""
    _person, row = _address(request, pk, address)
    return _done(request, pk, lambda: actions.remove_address(row, by=request.user))


@never_cache
@agent_required
@require_http_methods(["GET", "POST"])
def merge(request: SignedInRequest, pk: int) -> HttpResponse:
    """What would go over to this customer from the one with the address `other`; POST does it."""
    into = _seen(request, pk)
    form = forms.MergeCustomerForm(request.POST if request.method == "POST" else request.GET)
    source = _other(request, form)
    if source is None:
        return _show(request, into, merge_form=form, status=422)
    if request.method == "POST":
        return _done(request, pk, lambda: actions.merge_people(source, into=into, by=request.user))
    context = {
        "into": into,
        "source": source,
        "preview": actions.preview_merge(source, into, by=request.user),
        "most": actions.MOST_COUNTED,
        "other_way": _merge_page(source, into),
        **nav_context(request.user),
    }
    return render(request, "agent/customer_merge.html", context)


@agent_required
@require_POST
def merge_undo(request: SignedInRequest, pk: int) -> HttpResponse:
    """The two are not one person after all."""
    one = get_object_or_404(PeopleMerge.objects.select_related("source", "into"), pk=pk)
    _seen(request, one.into_id)

    def undo() -> None:
        kept = actions.undo_merge_people(one, by=request.user)
        if kept:
            numbers = ", ".join(f"#{number}" for number in kept[:20])
            said = _("These tickets belong to somebody else by now and stay there: %(numbers)s")
            messages.info(request, said % {"numbers": numbers})

    return _done(request, one.into_id, undo)


def _show(
    request: SignedInRequest,
    person: Any,
    *,
    form: forms.CustomerForm | None = None,
    address_form: forms.AddressForm | None = None,
    merge_form: forms.MergeCustomerForm | None = None,
    status: int = 200,
) -> HttpResponse:
    reader = request.user
    tickets = Ticket.objects.workable_by(reader).filter(customer=person)
    # By the index of a customer's tickets: the cost of a page is that of its rows.
    page = page_of(tickets, "updated", asked(request.GET, "after"), SIZES[0])
    decides = can_decide_for_customer(reader, person)
    merges = PeopleMerge.objects.filter(into=person, undone_at__isnull=True)
    context = {
        "person": person,
        "known": known_in(person, person),
        "may_edit": decides or can_edit_customer(reader, person),
        "may_decide": decides,
        "form": form or forms.CustomerForm(person=person, decides=decides),
        "address_form": address_form or forms.AddressForm(),
        "merge_form": merge_form or forms.MergeCustomerForm(),
        "merges": merges.select_related("source", "by")[:20],
        **rows_context(request, page),
        **nav_context(reader),
    }
    return render(request, "agent/customer.html", context, status=status)


def _seen(request: SignedInRequest, pk: int) -> Any:
    """The customer with this key; 404 for whoever may not know that there is one."""
    person = get_object_or_404(customers_for(request.user), pk=pk)
    if not can_see_customer(request.user, person.now):
        raise Http404
    return person


def _address(request: SignedInRequest, pk: int, address: int) -> tuple[User, EmailAddress]:
    person = _seen(request, pk)
    rows = EmailAddress.objects.select_related("user")
    return person, get_object_or_404(rows, user=person, pk=address)


def _other(request: SignedInRequest, form: forms.MergeCustomerForm) -> User | None:
    """The customer whose address was typed, if the reader may see them; else the form says so."""
    if not form.is_valid():
        return None
    person = person_at(form.cleaned_data["other"])
    if person is None or not can_see_customer(request.user, person):
        form.add_error("other", _("Nobody with this address has a ticket in your departments."))
        return None
    return person


def _merge_page(into: User, source: User) -> str:
    address = reverse("agent:customer_merge", args=[into.pk])
    return f"{address}?{urlencode({'other': source.email})}"


def _done(request: SignedInRequest, pk: int, verb: Callable[[], object]) -> HttpResponse:
    """Call the verb and show the customer again."""
    try:
        verb()
    except DeskError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Done."))
    return redirect("agent:customer", pk)
