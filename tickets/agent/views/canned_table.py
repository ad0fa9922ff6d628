"""Canned replies as a table: out to a file, and in from one that somebody has looked at first."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from departments.http import SignedInRequest, agent_required
from helpdesk.lib.errors import DeskError
from tickets import canned_csv, forms
from tickets.agent.nav import nav_context


@agent_required
@require_GET
def export(request: SignedInRequest) -> HttpResponse:
    """Those of the list one looks at, as CSV."""
    found = forms.CannedFilterForm(request.GET, by=request.user).found()
    rows = found.select_related("department", "assigns_to", "moves_to")
    text = canned_csv.written(rows.prefetch_related("adds_tags", "removes_tags"))
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="canned-replies.csv"'
    return response


@agent_required
@require_http_methods(["GET", "POST"])
def take_in(request: SignedInRequest) -> HttpResponse:
    """Show what a file would do, line by line; with `confirm` do what is right of it. Between the
    two the page itself carries the text of the file."""
    refusal, rows, text = "", [], request.POST.get("text", "")
    if request.method == "POST":
        try:
            if upload := request.FILES.get("table"):
                text = canned_csv.decoded(upload.read(canned_csv.LARGEST + 1))
            rows = canned_csv.read(text, by=request.user)
        except DeskError as error:
            refusal = str(error)
        else:
            if "confirm" in request.POST:
                count = canned_csv.take_in(rows, by=request.user)
                said = ngettext("%(n)d row was imported.", "%(n)d rows were imported.", count)
                messages.success(request, said % {"n": count})
                return redirect("agent:canned_replies")
    context = {
        "columns": canned_csv.COLUMNS,
        "refusal": refusal,
        "rows": rows,
        "right": sum(row.form is not None for row in rows),
        "wrong": sum(row.form is None for row in rows),
        "text": text,
        **nav_context(request.user, "canned"),
    }
    return render(request, "agent/canned_import.html", context, status=422 if refusal else 200)
