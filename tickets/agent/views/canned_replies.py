"""Canned replies as agents keep them: the list, and everything that can be done with one."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from departments.http import SignedInRequest, agent_required
from departments.models import User
from tickets import actions, forms, placeholders
from tickets.agent.nav import nav_context
from tickets.models import CannedReply, Ticket
from tickets.models.canned_reply import acts_of
from tickets.permissions import can_change_canned

PAGE = 50
USERS_SHOWN = 10


@agent_required
@require_GET
def canned_replies(request: SignedInRequest) -> HttpResponse:
    """Those one sees, filtered."""
    form = forms.CannedFilterForm(request.GET, by=request.user)
    found = form.found().select_related("department", "owner")
    page = Paginator(found.prefetch_related("files"), PAGE).get_page(request.GET.get("page"))
    query = QueryDict(mutable=True)
    query.update({name: str(one) for name, one in request.GET.items() if name in form.fields})
    context = {"form": form, "page": page, "query": query.urlencode()}
    return render(
        request, "agent/canned_replies.html", context | nav_context(request.user, "canned")
    )


@agent_required
@require_http_methods(["GET", "POST"])
def new_canned_reply(request: SignedInRequest) -> HttpResponse:
    """Write one; POST with `preview` only shows it on a ticket."""
    return _edit(request, CannedReply(owner=request.user))


@agent_required
@require_http_methods(["GET", "POST"])
def canned_reply(request: SignedInRequest, pk: int) -> HttpResponse:
    """Read one, or rewrite it if one may."""
    canned = _seen(request.user, pk)
    if request.method == "GET" and not can_change_canned(request.user, canned):
        context = {"canned": canned, **_shown(canned, request, canned)}
        return render(request, "agent/canned_reply.html", context)
    return _edit(request, canned)


def _edit(request: SignedInRequest, canned: CannedReply) -> HttpResponse:
    by, saved = request.user, canned.pk is not None
    if request.method == "POST":
        form = forms.CannedReplyForm(request.POST, request.FILES, instance=canned, by=by)
        if form.is_valid() and "preview" not in request.POST:
            kept = actions.save_canned_reply(form.save(commit=False), by=by, **form.arguments)
            messages.success(request, _("“%(name)s” is saved.") % {"name": kept.title})
            return redirect("agent:canned_replies")
    else:
        form = forms.CannedReplyForm(instance=canned, by=by)
    tried = "preview" in request.POST
    # What is tried need not be right yet: unknown placeholders are what one looks for.
    body = form.fields["body"].clean(form["body"].value()) if tried else canned.body
    draft = CannedReply(body=body)
    context = {
        "form": form,
        "canned": canned if saved else None,
        "explained": placeholders.EXPLAINED.items(),
        **_shown(draft, request, canned if saved else None),
    }
    if tried and form.is_valid():
        given = form.arguments
        context["acts"] = acts_of(
            form.instance, adds=given["adds_tags"], removes=given["removes_tags"]
        )
    status = 200 if tried or not form.is_bound else 422
    return render(request, "agent/canned_reply.html", context, status=status)


def _shown(
    draft: CannedReply, request: SignedInRequest, saved: CannedReply | None
) -> dict[str, Any]:
    """What the page shows beside the form: `draft` on a ticket, and who uses what is `saved`."""
    by = request.user
    mine = Ticket.objects.workable_by(by).select_related("customer", "department", "service")
    typed = str(request.POST.get("sample") or request.GET.get("sample", "")).strip().lstrip("#№ ")
    tickets = mine.defer("words").order_by("-pk")
    if typed.isascii() and typed.isdigit() and len(typed) < 19:
        tickets = tickets.filter(pk=int(typed))
    sample = tickets.first()
    return {
        "sample": sample,
        "preview": placeholders.preview(draft, sample, by) if sample and draft.has_text else None,
        "acts": saved.acts if saved else [],
        "uses": saved.uses.select_related("user")[:USERS_SHOWN] if saved else [],
        "may_change": saved is None or can_change_canned(by, saved),
        **nav_context(by, "canned"),
    }


@agent_required
@require_POST
def copy(request: SignedInRequest, pk: int) -> HttpResponse:
    """A personal copy, opened to be changed."""
    made = actions.copy_canned_reply(_seen(request.user, pk), by=request.user)
    messages.success(request, _("This copy is yours."))
    return redirect("agent:canned_reply", made.pk)


@agent_required
@require_POST
def switch(request: SignedInRequest, pk: int) -> HttpResponse:
    """Offer it no longer, or with `on` again."""
    on = bool(request.POST.get("on"))
    canned = actions.switch_canned_reply(_seen(request.user, pk), on=on, by=request.user)
    said = _("“%(name)s” is offered again.") if on else _("“%(name)s” is switched off.")
    messages.success(request, said % {"name": canned.title})
    return redirect("agent:canned_reply", pk)


@agent_required
@require_POST
def deletion(request: SignedInRequest, pk: int) -> HttpResponse:
    """Forget one that was never used."""
    canned = _seen(request.user, pk)
    actions.delete_canned_reply(canned, by=request.user)
    messages.success(request, _("“%(name)s” is deleted.") % {"name": canned.title})
    return redirect("agent:canned_replies")


def _seen(by: User, pk: int) -> CannedReply:
    return get_object_or_404(CannedReply.objects.seen_by(by), pk=pk)
