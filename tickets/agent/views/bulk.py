"""One act on many tickets: started from a list, shown with its progress, taken back."""

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from departments.http import SignedInRequest, agent_required
from helpdesk.lib.errors import DeskError
from helpdesk.lib.keys import key_in
from helpdesk.lib.queue import enqueue_on_commit
from tickets import bulk, tasks
from tickets.agent.lists import HOME
from tickets.agent.nav import nav_context, nav_of
from tickets.agent.places import own_page
from tickets.agent.views.queue import Listed, list_at, narrowed_by, show_list
from tickets.filters import Sight
from tickets.forms import BulkForm
from tickets.models import BulkItem, BulkJob

DONE_AT_ONCE = 25
"""So many tickets are worked on while the agent waits; more are left to the worker."""
MOST_SHOWN = 200


@agent_required
@require_POST
def start(request: SignedInRequest) -> HttpResponse:
    """Do `act` to the ticked tickets, or with `everything` to all of the list one looks at."""
    nav = nav_of(request.user)
    form = BulkForm(request.POST, sight=nav.sight)
    typed = request.POST.getlist("tickets")[: bulk.MOST]
    chosen = [key for one in typed if (key := key_in(one))]
    if form.is_valid():
        try:
            if form.cleaned_data["act"] not in bulk.ACTS:
                raise DeskError(_("Choose what to do."))
            numbers = _everything(request, nav.sight) if "everything" in request.POST else chosen
            job = bulk.start(
                numbers,
                act=form.cleaned_data["act"],
                arguments=form.arguments,
                by=request.user,
            )
        except DeskError as refusal:
            form.add_error(None, str(refusal))
        else:
            return _go_on(request, job)
    listed = _list_of(request, nav.sight)
    return show_list(
        request,
        listed,
        nav=nav,
        data=QueryDict(request.POST.get("query", "")),
        bulk_form=form,
        chosen=chosen,
        status=422,
    )


def _list_of(request: SignedInRequest, sight: Sight) -> Listed:
    return list_at(request.POST.get("view") or HOME.slug, request.user, sight)


def _everything(request: SignedInRequest, sight: Sight) -> list[int]:
    listed = _list_of(request, sight)
    tickets = narrowed_by(listed, QueryDict(request.POST.get("query", "")), sight).tickets
    return list(tickets.order_by("pk").values_list("pk", flat=True)[: bulk.MOST + 1])


def _go_on(request: SignedInRequest, job: BulkJob) -> HttpResponse:
    """Few tickets at once, then back to the list; many by the worker, with a page to wait on."""
    back = own_page(request.POST.get("back", ""))
    if bulk.run(job.pk, most=DONE_AT_ONCE):
        enqueue_on_commit(tasks.run_bulk, job.pk)
        return redirect("agent:bulk_job", job.pk)
    return redirect(f"{back}{'&' if '?' in back else '?'}job={job.pk}")


@never_cache
@agent_required
@require_GET
def job(request: SignedInRequest, pk: int) -> HttpResponse:
    """How far it came, and what could not be done."""
    one = get_object_or_404(BulkJob.objects.filter(owner=request.user), pk=pk)
    state = BulkItem.State
    trouble = one.items.filter(state__in=[state.REFUSED, state.KEPT]).select_related("ticket")
    tally = bulk.tally(one)
    total = sum(tally.values())
    left = tally[state.WAITING] if one.undo_began_at is None else tally[state.DONE]
    context = {
        "job": one,
        "name": bulk.ACTS[one.act].name,
        "tally": tally,
        "total": total,
        "finished": total - left,
        "trouble": trouble[:MOST_SHOWN],
    }
    return render(request, "agent/bulk_job.html", context | nav_context(request.user))


@agent_required
@require_POST
def undo(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take it all back, as far as it still stands."""
    one = get_object_or_404(BulkJob.objects.filter(owner=request.user), pk=pk)
    bulk.undo(one, by=request.user)
    if bulk.run(one.pk, most=DONE_AT_ONCE):
        enqueue_on_commit(tasks.run_bulk, one.pk)
    return redirect("agent:bulk_job", one.pk)
