"""Plays scenes by the verbs, in the order of their times, and moves what happened into the past.

A verb stamps its rows with the present. Everything stamped since the play began was therefore done
by the step just played, and is given the step's own time; the clock of targets is wound anew.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from departments.models import Category, Department, Service, User
from helpdesk.management.demo import files
from helpdesk.management.demo.script import Scene, Step, moment
from tickets import actions, sla
from tickets.lifecycle import AT_WORK, Status
from tickets.models import (
    Attachment,
    Delivery,
    Event,
    FiredStep,
    Message,
    Notification,
    Rating,
    Ticket,
)

TICKET_STAMPS = (
    *("created_at", "updated_at", "waiting_since"),
    *("first_answered_at", "solved_at", "closed_at"),
)
READ_AFTER = timedelta(hours=4)


@dataclass
class Director:
    """Knows everybody by their short names, and the tickets by the keys of their scenes."""

    people: dict[str, User]
    places: dict[str, Department]

    def __post_init__(self) -> None:
        self.began = timezone.now()
        self.tickets: dict[str, Ticket] = {}
        # {ticket: (working time used up, running since)} after the step played last.
        self.clocks: dict[int, tuple[timedelta, datetime | None]] = {}
        self.newest_event = 0

    def play(self, scenes: Iterable[Scene]) -> None:
        """Everything, in the order of time; then the steps of escalation that are due by now."""
        now = timezone.localtime(self.began)
        plan = []
        for scene in scenes:
            plan.append((moment(scene.at, now), partial(self.open, scene)))
            plan += [(moment(step.at, now), partial(self.do, scene, step)) for step in scene.steps]
        for when, act in sorted(plan, key=lambda one: one[0]):
            act()
            self.move_into_past(when)
        self.escalate()
        old = self.began - READ_AFTER
        Notification.objects.filter(event__at__lt=old).update(read_at=self.began)
        said_at = Message.objects.filter(pk=OuterRef("message")).values("created_at")[:1]
        Attachment.objects.update(created_at=Subquery(said_at))
        Delivery.objects.filter(state=Delivery.State.QUEUED).update(state=Delivery.State.SENT)
        Delivery.objects.update(updated_at=Subquery(said_at))

    def open(self, scene: Scene) -> None:
        """The first message."""
        customer = self.people[scene.customer]
        self.tickets[scene.key] = actions.open_ticket(
            customer=customer,
            by=customer,
            subject=scene.subject,
            body=scene.body,
            department=self.places[scene.place] if scene.place else None,
            category=Category.objects.get(slug=scene.category) if scene.category else None,
            service=Service.objects.get(slug=scene.service) if scene.service else None,
            priority=scene.priority,
            files=files.make(scene.files),
            copies=[self.people[name] for name in scene.copies],
            channel=scene.channel,
        )

    def do(self, scene: Scene, step: Step) -> None:
        """One step of one scene."""
        ticket = self.tickets[scene.key]
        ticket.refresh_from_db()
        by = self.people[step.by] if step.by else None
        customer = by or self.people[scene.customer]
        options = step.options
        match step.verb:
            case "says":
                actions.continue_conversation(
                    ticket,
                    by=customer,
                    body=step.text,
                    files=files.make(options["files"]),
                    channel=scene.channel,
                    why="reference" if scene.channel == Ticket.Channel.MAIL else "",
                )
            case "answers":
                then = Status(options["then"]) if options["then"] else None
                actions.reply_to_ticket(
                    ticket,
                    by=customer,
                    body=step.text,
                    files=files.make(options["files"]),
                    then=then,
                    minutes_spent=options["minutes"],
                )
            case "notes":
                actions.add_note(
                    ticket,
                    by=customer,
                    body=step.text,
                    files=files.make(options["files"]),
                    minutes_spent=options["minutes"],
                )
            case "assigns":
                actions.assign_ticket(ticket, to=self.people[options["to"]], by=by)
            case "moves":
                actions.move_ticket(ticket, to=self.places[options["to"]], by=by)
            case "raises":
                actions.set_priority(ticket, priority=options["priority"], by=by)
            case "tags":
                actions.tag_ticket(ticket, by=by, add=options["names"])
            case "solves":
                actions.solve_ticket(ticket, by=customer)
            case "closes":
                actions.close_ticket(ticket, by=by)
            case "reopens":
                actions.reopen_ticket(ticket, by=customer)
            case "holds":
                until = self.began + timedelta(days=options["days"])
                actions.hold_ticket(ticket, until=until, by=by)
            case "rates":
                actions.rate_ticket(ticket, score=options["score"], by=customer, comment=step.text)
            case "likes":
                actions.rate_answer(
                    self.newest_answer(ticket), good=options["good"], by=customer, comment=step.text
                )
            case "merges":
                actions.merge_tickets(ticket, into=self.tickets[options["into"]], by=by)
            case "splits":
                newest = ticket.messages.filter(from_customer=True).last()
                actions.split_ticket(
                    ticket,
                    messages=[newest] if newest else [],
                    subject=step.text,
                    by=self.people[step.by],
                )
            case "links":
                actions.link_tickets(ticket, to=self.tickets[options["to"]], by=by)
            case "follows":
                actions.follow_ticket(ticket, who=self.people[options["who"]], by=by)
            case "calls_lead":
                actions.escalate_ticket(ticket, by=by, reason=step.text)
            case "is_spam":
                actions.mark_as_spam(ticket, by=by)
            case "bounces":
                actions.note_delivery(
                    self.newest_answer(ticket),
                    address=ticket.customer.email,
                    state=Delivery.State.FAILED,
                    detail=step.text,
                )
            case unknown:
                raise ValueError(f"no scene may say {unknown!r}")

    def newest_answer(self, ticket: Ticket) -> Message:
        """Our last word to the customer. Raises DoesNotExist."""
        return ticket.messages.filter(from_customer=False, kind=Message.Kind.REPLY).latest(
            "created_at"
        )

    def escalate(self) -> None:
        """Fire what has been due on the clock, at the times at which it was."""
        for ticket in Ticket.objects.filter(status__in=AT_WORK).order_by("pk"):
            for planned in sla.planned_steps(Ticket.objects.locked(ticket)):
                if planned.at < self.began:
                    actions.escalate_ticket(
                        ticket, by=None, step=planned.step, wait_began_at=planned.wait_began_at
                    )
                    self.move_into_past(planned.at)

    def move_into_past(self, when: datetime) -> None:
        """Give `when` to everything that was stamped since the play began."""
        happened = Event.objects.filter(pk__gt=self.newest_event)
        kinds = set()
        touched = set()
        for event in happened:
            kinds.add(event.kind)
            touched.add(event.ticket_id)
            self.newest_event = max(self.newest_event, event.pk)
        Event.objects.filter(at__gte=self.began).update(at=when)
        Message.objects.filter(created_at__gte=self.began).update(created_at=when, undo_until=None)
        if Event.Kind.RATED in kinds:
            Rating.objects.filter(created_at__gte=self.began).update(created_at=when)
            Rating.objects.filter(updated_at__gte=self.began).update(updated_at=when)
        if Event.Kind.ESCALATED in kinds:
            FiredStep.objects.filter(at__gte=self.began).update(at=when)
        for ticket in Ticket.objects.filter(pk__in=touched).order_by("pk"):
            for field in TICKET_STAMPS:
                stamp = getattr(ticket, field)
                if stamp and stamp >= self.began:
                    setattr(ticket, field, when)
            took, since = self.clocks.get(ticket.pk, (timedelta(), None))
            ticket.solving_took, ticket.solving_since = took, since
            ticket.ask_rating_at = None  # nobody is reminded of a play
            ticket.save(update_fields=[*TICKET_STAMPS, "ask_rating_at"])
            sla.refresh(ticket, now=max(when, since or when))
            self.clocks[ticket.pk] = (ticket.solving_took, ticket.solving_since)
