"""What customers think of our answers: on the ticket's page, or by a link in a letter."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from departments.models import User, person_now
from helpdesk.lib.errors import DeskError
from tickets import actions, links
from tickets.forms import ReplyForm
from tickets.guests import ReaderRequest, guests_too
from tickets.models import Message, Rating, Ticket
from tickets.permissions import can_rate
from tickets.portal.forms import RatingForm
from tickets.portal.thread import shown_on
from tickets.portal.views import conversation


class LinkIsOver(DeskError):
    """A rating link that says nothing any more."""

    status = 404


OVER = gettext_lazy("This link is no longer valid. You can rate in your requests after signing in.")


@guests_too
@require_POST
def answer_rating(request: ReaderRequest, number: int, message: int) -> HttpResponse:
    """One answer was good, or not."""
    here = shown_on(conversation.find(request, number), request.reader)
    rated = get_object_or_404(
        Message.objects.public().filter(ticket__in=here).select_related("ticket"), pk=message
    )
    form = RatingForm(request.POST, of_answer=True)
    if form.is_valid():
        record(Subject(request.reader, rated.ticket, rated), form)
        messages.success(request, _("Thank you for telling us."))
        return redirect(f"{reverse('portal:ticket', args=[number])}#message-{message}")
    raise DeskError(_("Choose one, please."))


@guests_too
@require_POST
def ticket_rating(request: ReaderRequest, number: int) -> HttpResponse:
    """How the whole matter went."""
    ticket = conversation.find(request, number)
    form = RatingForm(request.POST, of_answer=False)
    if not form.is_valid():
        return conversation.show(request, ticket, ReplyForm(), rating_form=form, status=422)
    record(Subject(request.reader, ticket, None), form)
    messages.success(request, _("Thank you for telling us."))
    return redirect("portal:ticket", number)


@dataclass(frozen=True)
class Subject:
    """Who rates what; `message` None: the whole ticket."""

    user: User
    ticket: Ticket
    message: Message | None


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: HttpRequest, token: str) -> HttpResponse:
    """A rating link out of a letter: no sign-in, and nothing is recorded until the button is
    pressed, for mail programs open links by themselves. `?score=` chooses beforehand."""
    subject = _subject(token)
    if not request.user.is_authenticated and subject.user.language:
        # They come from a letter in this language.
        translation.activate(subject.user.language)
    of_answer = subject.message is not None
    own = Rating.objects.filter(
        ticket=subject.ticket, message=subject.message, customer=subject.user
    ).first()
    if request.method == "POST":
        form = RatingForm(request.POST, of_answer=of_answer)
        if form.is_valid():
            record(subject, form)
            messages.success(request, _("Thank you for telling us."))
            return redirect("portal:rate", token)
    else:
        chosen = request.GET.get("score", "") or (own.score if own else "")
        comment = own.comment if own else ""
        form = RatingForm(initial={"score": chosen, "comment": comment}, of_answer=of_answer)
    context = {"subject": subject, "form": form, "own_rating": own, "token": token}
    status = 422 if form.is_bound else 200
    return render(request, "portal/rating.html", context, status=status)


def _subject(token: str) -> Subject:
    claim = links.read_rating_token(token)
    user = person_now(claim.user) if claim else None
    if claim is None or user is None:
        raise LinkIsOver(OVER)
    message = None
    if claim.message is not None:
        message = (
            Message.objects.public()
            .filter(pk=claim.message)
            .select_related("author", "ticket__department")
            .first()
        )
        if message is None:
            raise LinkIsOver(OVER)
    # An answer may have moved to another ticket since the letter was sent.
    number = message.ticket_id if message else claim.ticket
    ticket = Ticket.objects.select_related("department").filter(pk=number).first()
    if ticket is None or not can_rate(user, ticket):
        raise LinkIsOver(OVER)
    return Subject(user, ticket, message)


def record(subject: Subject, form: RatingForm) -> Rating:
    """Write down what was said; said again, it replaces what was said before."""
    score, comment = form.cleaned_data["score"], form.cleaned_data["comment"]
    if subject.message is not None:
        return actions.rate_answer(
            subject.message, good=score == 5, by=subject.user, comment=comment
        )
    return actions.rate_ticket(subject.ticket, score=score, by=subject.user, comment=comment)
