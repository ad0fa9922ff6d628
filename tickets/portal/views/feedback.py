"""What customers think of our answers: on the ticket's page, or by a link in a letter."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from departments.models import User, person_now
from tickets import links
from tickets.guests import ReaderRequest, guests_too
from tickets.models import Message, Ticket
from tickets.permissions import can_rate, can_work_on, require
from tickets.portal.forms import AnswerForm, RatingForm
from tickets.portal.ratings import Subject
from tickets.portal.thread import shown_on
from tickets.portal.views import conversation, door


@guests_too
@require_http_methods(["GET", "HEAD", "POST"])
def answer_rating(request: ReaderRequest, number: int, message: int) -> HttpResponse:
    """One answer was good, or not; a word about it may be added on the page of its own."""
    here = shown_on(conversation.find(request, number), request.reader)
    answers = Message.objects.public().filter(ticket__in=here, from_customer=False)
    rated = get_object_or_404(
        answers.exclude(author=None).select_related("author", "ticket__department"), pk=message
    )
    require(can_rate(request.reader, rated.ticket))
    subject = Subject(request.reader, rated.ticket, rated)
    if request.method != "POST":
        return _page(request, subject, subject.form())
    form = RatingForm(request.POST, of_answer=True)
    if not form.is_valid():
        return _page(request, subject, form)
    subject.record(form)
    messages.success(request, _("Thank you for telling us."))
    return redirect(f"{reverse('portal:ticket', args=[number])}#message-{message}")


@guests_too
@require_POST
def ticket_rating(request: ReaderRequest, number: int) -> HttpResponse:
    """How the whole matter went."""
    ticket = conversation.find(request, number)
    require(can_rate(request.reader, ticket))
    form = RatingForm(request.POST, of_answer=False)
    if not form.is_valid():
        return conversation.show(
            request, ticket, AnswerForm(by=request.reader), rating_form=form, status=422
        )
    Subject(request.reader, ticket, None).record(form)
    messages.success(request, _("Thank you for telling us."))
    return redirect("portal:ticket", number)


@csrf_exempt  # the signed link says who rates; a session lets nobody do more
@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: HttpRequest, token: str) -> HttpResponse:
    """A rating link out of a letter: no sign-in, and nothing is recorded until the button is
    pressed, for mail programs open links by themselves. `?score=` chooses beforehand."""
    subject = _subject(token)
    if subject is None:
        if request.user.is_authenticated:
            messages.info(request, _("This link is not valid."))
        return door.over(request, wanted=reverse("portal:home"))
    if _is_colleague(request.user, subject):
        sentence = _("The link was sent to %(name)s, and it is their rating.")
        messages.info(request, sentence % {"name": subject.user})
        return redirect("agent:ticket", subject.ticket.pk)
    if not request.user.is_authenticated:
        door.speak_to(request, subject.user.language or subject.ticket.language)
    if request.method != "POST":
        return _page(request, subject, subject.form(score=request.GET.get("score", "")))
    form = RatingForm(request.POST, of_answer=subject.message is not None)
    if not form.is_valid():
        return _page(request, subject, form)
    subject.record(form)
    return redirect("portal:rate", token)


def _is_colleague(user: User | AnonymousUser, subject: Subject) -> bool:
    """Is it somebody who works on the ticket, and found the link in what the customer quotes?"""
    return isinstance(user, User) and user != subject.user and can_work_on(user, subject.ticket)


def _page(request: HttpRequest, subject: Subject, form: RatingForm) -> HttpResponse:
    """What is rated, and the form for it while it may be."""
    whole = reverse("portal:door", args=[links.ticket_token(subject.ticket, subject.user)])
    context = {"subject": subject, "form": form, "whole": whole}
    return render(request, "portal/rating.html", context, status=422 if form.is_bound else 200)


def _subject(token: str) -> Subject | None:
    """What a link out of a letter asks about; None if it is not ours, too old, or about something
    that is no longer there or no longer theirs."""
    claim = links.read_rating_token(token)
    user = person_now(claim.user) if claim else None
    if claim is None or user is None:
        return None
    if claim.message is None:
        tickets = Ticket.objects.select_related("department")
        ticket = tickets.filter(pk=claim.ticket).first()
        return Subject(user, ticket, None) if ticket and can_rate(user, ticket) else None
    answers = Message.objects.public().select_related("author", "ticket__department")
    # It may have moved to another ticket since the letter was sent.
    message = answers.filter(pk=claim.message).exclude(author=None).first()
    if message is None or not can_rate(user, message.ticket):
        return None
    return Subject(user, message.ticket, message)
