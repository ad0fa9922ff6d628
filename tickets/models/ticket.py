"""The ticket and what hangs on it directly."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from departments.models import Category, Department, Organisation, Service, User
from helpdesk.lib.namefields import NameField
from tickets.lifecycle import AT_WORK, FINISHED, OURS, Priority, Status

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from tickets.models.message import Message


# Ours before those that wait for somebody else; sorted, so that every process says it in the words
# of the indexes below.
WHOSE_TURN = models.Case(
    models.When(status__in=sorted(OURS), then=0), default=1, output_field=models.IntegerField()
)
UNFINISHED = models.Q(status__in=sorted(AT_WORK))
DONE = models.Q(status__in=sorted(FINISHED))


class Tag(models.Model):
    """A word that agents put on tickets."""

    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=60, unique=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("tag")
        verbose_name_plural = _("tags")

    def __str__(self) -> str:
        return self.name


def shared_in(organisation: int) -> models.Subquery:
    """This `organisation`, if its people read each other's tickets; else NULL, which equals
    nothing. Answered within the question it stands in."""
    shares = Organisation.objects.filter(pk=organisation, shares_tickets=True)
    return models.Subquery(shares.values("pk"))


class TicketQuerySet(models.QuerySet["Ticket"]):
    """Questions about many tickets. Permission is asked here, once for every door."""

    def workable_by(self, user: User | AnonymousUser) -> "TicketQuerySet":
        """What `user` sees as an agent: the tickets of their departments, notes and all [S14]."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_superuser:
            return self
        return self.filter(department__in=user.department_roles.keys())

    def of_customer(self, user: User | AnonymousUser) -> "TicketQuerySet":
        """What `user` sees as a customer: their own, those they are in Cc of, and, where their
        organisation shares tickets, their colleagues'. Spam is nobody's.

        For tickets that are known by their number: "one of these or one of those" walks through all
        others. Lists are made of `listed_for`, or page by page in `tickets.portal.lists`.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        # Asked of each ticket: a list of all that they have in copy would be as long as they are
        # with us.
        here = models.OuterRef("pk")
        copied = Follower.objects.filter(user=user, in_copy=True, ticket=here)
        ways = models.Q(customer=user) | models.Q(models.Exists(copied))
        if user.organisation_id:
            ways |= models.Q(organisation=shared_in(user.organisation_id))
        return self.filter(ways).exclude(status=Status.SPAM)

    def listed_for(self, user: User) -> "TicketQuerySet":
        """The same, to be listed: what is not theirs costs nothing."""
        copied = Follower.objects.filter(user=user, in_copy=True).values("ticket")
        ways = [self.filter(customer=user).values("pk"), copied]
        if user.organisation_id:
            ways.append(self.filter(organisation=shared_in(user.organisation_id)).values("pk"))
        first, *others = ways
        return self.filter(pk__in=first.union(*others)).exclude(status=Status.SPAM)

    def visible_to(self, user: User | AnonymousUser) -> "TicketQuerySet":
        """What `user` sees in either role. Whether notes are among it, Message decides."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        worked = self.workable_by(user).values("pk")
        owned = self.of_customer(user).values("pk")
        return self.filter(models.Q(pk__in=worked) | models.Q(pk__in=owned))

    def with_merged(self, number: int) -> set[int]:
        """Keys of ticket `number` and of those of these that were merged into it, at once or by way
        of others."""
        further = models.Exists(Ticket.objects.filter(merged_into=models.OuterRef("pk")))
        found, newest = {number}, {number}
        while newest:
            merged = self.filter(merged_into__in=newest).annotate(takes_more=further)
            level = dict(merged.values_list("pk", "takes_more"))
            newest = {pk for pk, takes_more in level.items() if takes_more} - found
            found |= level.keys()
        return found

    def at_work(self) -> "TicketQuerySet":
        """Not finished yet."""
        return self.filter(status__in=AT_WORK)

    def ours(self) -> "TicketQuerySet":
        """Our turn: the customer waits for us."""
        return self.filter(status__in=OURS)

    def overdue(self) -> "TicketQuerySet":
        """A promised time has passed."""
        return self.at_work().filter(due_at__lt=timezone.now())

    def for_queue(self) -> "TicketQuerySet":
        """With everything a row of the queue shows."""
        return self.select_related(
            "customer__organisation", "department", "assignee", "category"
        ).prefetch_related("tags")

    def locked(self, ticket: "Ticket") -> "Ticket":
        """`ticket` fresh from the database and held until the transaction ends."""
        return (
            self.select_for_update(of=("self",))
            .select_related("department__opening_hours", "customer", "assignee")
            .get(pk=ticket.pk)
        )


class Ticket(models.Model):
    """One matter between a customer and us. Its number is its key, from 10001 on."""

    class Channel(models.TextChoices):
        """By which door something came in."""

        MAIL = "mail", _("e-mail")
        WEB = "web", _("portal")
        FORM = "form", _("form on a site")
        AGENT = "agent", _("agent")
        PHONE = "phone", _("phone")
        VISIT = "visit", _("visit")
        API = "api", _("API")
        SYSTEM = "system", _("help desk")

    subject = NameField(_("subject"), max_length=500)
    customer = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="tickets", verbose_name=_("customer")
    )
    # The customer's, as it is now: the database keeps it so (see migration 0030).
    organisation = models.ForeignKey(
        Organisation,
        null=True,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_index=False,
        db_constraint=False,
        editable=False,
    )
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="tickets", verbose_name=_("department")
    )
    assignee = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="assigned_tickets",
        verbose_name=_("assignee"),
    )
    category = models.ForeignKey(
        Category,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tickets",
        verbose_name=_("category"),
    )
    service = models.ForeignKey(
        Service,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tickets",
        verbose_name=_("service"),
    )
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.NEW)
    priority = models.PositiveSmallIntegerField(
        _("priority"), choices=Priority, default=Priority.NORMAL
    )
    channel = models.CharField(_("came by"), max_length=6, choices=Channel, default=Channel.WEB)
    language = models.CharField(
        _("language"), max_length=10, choices=settings.LANGUAGES, blank=True
    )
    tags = models.ManyToManyField(Tag, blank=True, related_name="tickets", verbose_name=_("tags"))
    merged_into = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="merged_tickets",
        verbose_name=_("merged into"),
    )
    preview = models.CharField(max_length=200, blank=True, editable=False)
    has_files = models.BooleanField(default=False, editable=False)
    # What custom fields say of it, {slug: value}; see tickets/models/custom_field.py.
    fields = models.JSONField(_("custom fields"), default=dict, blank=True, editable=False)

    # Further matters that the coach found in what opened it, until they are split off or put away:
    # {"message": key of the message, "others": [[which of its parts, title], …]}.
    matters = models.JSONField(default=dict, blank=True, editable=False)

    created_at = models.DateTimeField(_("opened"), default=timezone.now)
    updated_at = models.DateTimeField(_("last message"), default=timezone.now)
    # Since when somebody is waited for: us, while it is our turn, otherwise the customer.
    waiting_since = models.DateTimeField(_("waiting since"), default=timezone.now)
    hold_until = models.DateTimeField(_("on hold until"), null=True, blank=True)
    first_answered_at = models.DateTimeField(
        _("first answer"), null=True, blank=True, editable=False
    )
    solved_at = models.DateTimeField(_("solved"), null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)
    # When to ask once more how satisfied the customer is; empty: they need not be asked.
    ask_rating_at = models.DateTimeField(null=True, blank=True, editable=False)

    # The clock (tickets/sla.py keeps these).
    answer_due_at = models.DateTimeField(null=True, blank=True, editable=False)
    solution_due_at = models.DateTimeField(null=True, blank=True, editable=False)
    due_at = models.DateTimeField(_("due"), null=True, blank=True, editable=False)
    next_check_at = models.DateTimeField(_("next check"), null=True, blank=True, editable=False)
    # Working time used up for the solution until `solving_since`; null while the clock is paused.
    solving_took = models.DurationField(default=timedelta, editable=False)
    solving_since = models.DateTimeField(null=True, blank=True, editable=False)

    words = SearchVectorField(null=True, editable=False)

    objects = TicketQuerySet.as_manager()

    if TYPE_CHECKING:
        messages: "RelatedManager[Message]"

    class Meta:
        ordering = ["-id"]
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        indexes = [
            # The queues: unfinished tickets only, so that closed ones cost nothing.
            models.Index(
                fields=["department", "status", "waiting_since", "id"],
                condition=UNFINISHED,
                name="queue_by_department",
            ),
            models.Index(
                fields=["assignee", "department", "status", "waiting_since", "id"],
                condition=UNFINISHED,
                name="queue_by_assignee",
            ),
            models.Index(
                fields=["category", "department", "id"],
                condition=UNFINISHED,
                name="queue_by_category",
            ),
            # What a customer has open, and what is finished: the latter along the index, for it
            # grows.
            models.Index(
                fields=["customer", "-updated_at", "-id"],
                condition=UNFINISHED,
                name="queue_by_customer",
            ),
            models.Index(
                fields=["customer", "-updated_at", "-id"],
                condition=DONE,
                name="finished_by_customer",
            ),
            models.Index(
                fields=["department", "due_at", "id"],
                condition=models.Q(status__in=sorted(AT_WORK), due_at__isnull=False),
                name="queue_by_due",
            ),
            # Lists in their order: a page reads as many rows as it shows, however many there are.
            # The department stands last, for an agent works in several.
            models.Index(
                WHOSE_TURN,
                "due_at",
                "waiting_since",
                "id",
                "department",
                condition=UNFINISHED,
                name="list_by_due",
            ),
            models.Index(
                WHOSE_TURN,
                "waiting_since",
                "id",
                "department",
                condition=UNFINISHED,
                name="list_by_waiting",
            ),
            models.Index(
                fields=["-updated_at", "-id", "department"],
                condition=UNFINISHED,
                name="list_by_update",
            ),
            models.Index(fields=["-id", "department"], condition=UNFINISHED, name="list_by_newest"),
            models.Index(
                fields=["next_check_at"],
                condition=models.Q(next_check_at__isnull=False),
                name="ticket_to_check",
            ),
            models.Index(
                fields=["hold_until"],
                condition=models.Q(status=Status.ON_HOLD),
                name="ticket_to_wake",
            ),
            models.Index(
                fields=["solved_at"],
                condition=models.Q(status=Status.SOLVED),
                name="ticket_to_close",
            ),
            models.Index(
                fields=["ask_rating_at"],
                condition=models.Q(ask_rating_at__isnull=False),
                name="ticket_to_ask_about",
            ),
            models.Index(fields=["department", "-updated_at", "-id"], name="ticket_by_update"),
            models.Index(fields=["customer", "-updated_at", "-id"], name="ticket_by_customer"),
            # Does a customer have tickets in a department? One look for each of them. And their
            # finished ones in it, for a brand.
            models.Index(
                fields=["customer", "department", "-updated_at", "-id"],
                name="ticket_of_customer_in",
            ),
            # The same of all colleagues.
            models.Index(
                fields=["organisation", "-updated_at", "-id"],
                condition=models.Q(organisation__isnull=False) & UNFINISHED,
                name="queue_by_organisation",
            ),
            models.Index(
                fields=["organisation", "-updated_at", "-id"],
                condition=models.Q(organisation__isnull=False) & DONE,
                name="finished_by_organisation",
            ),
            models.Index(
                fields=["organisation", "department", "-updated_at", "-id"],
                condition=models.Q(organisation__isnull=False),
                name="ticket_of_organisation_in",
            ),
            GinIndex(fields=["words"], name="ticket_by_words"),
            GinIndex(
                fields=["fields"],
                opclasses=["jsonb_path_ops"],
                condition=UNFINISHED,
                name="queue_by_fields",
            ),
            GinIndex(
                OpClass(Upper("subject"), name="gin_trgm_ops"), name="ticket_by_part_of_subject"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.subject}"

    @property
    def number(self) -> int:
        """What people call it by."""
        return self.pk

    @property
    def is_ours(self) -> bool:
        """Is it our turn?"""
        return self.status in OURS

    @property
    def is_at_work(self) -> bool:
        """Is it unfinished?"""
        return self.status in AT_WORK

    @property
    def is_finished(self) -> bool:
        """Solved or closed."""
        return self.status in FINISHED

    @property
    def is_over(self) -> bool:
        """Closed so long ago that an answer opens a follow-up instead."""
        limit = timedelta(days=self.department.follow_up_after_days)
        return bool(
            self.status == Status.CLOSED
            and self.closed_at
            and self.closed_at < timezone.now() - limit
        )

    @property
    def is_overdue(self) -> bool:
        """Has a promised time passed?"""
        return bool(self.due_at and self.is_at_work and self.due_at < timezone.now())

    @property
    def is_due_soon(self) -> bool:
        """Does a promised time pass within the hour?"""
        if not self.due_at or not self.is_at_work or self.is_overdue:
            return False
        return self.due_at < timezone.now() + timedelta(hours=1)


class Follower(models.Model):
    """Somebody who hears of a ticket: an agent who follows it, or a person in Cc."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="followers")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="following")
    in_copy = models.BooleanField(
        default=False,
        help_text=_("In Cc: gets our answers as letters and sees them in the portal."),
    )
    # The customer asked for it in the letter that opened the ticket (Reply-To).
    stands_in = models.BooleanField(
        default=False, help_text=_("Gets our letters instead of the customer.")
    )
    # As they stand on the ticket: the database keeps them so (see migration 0030), and a list of
    # what somebody has in copy is read in its order. Nobody else writes them.
    status = models.CharField(max_length=8, choices=Status, editable=False)
    updated_at = models.DateTimeField(editable=False)
    department = models.ForeignKey(
        Department,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_index=False,
        db_constraint=False,
        editable=False,
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "user"], name="follows_once")]
        indexes = [
            models.Index(
                fields=["user", "-updated_at", "-ticket"],
                condition=models.Q(in_copy=True) & UNFINISHED,
                name="open_in_copy",
            ),
            models.Index(
                fields=["user", "-updated_at", "-ticket"],
                condition=models.Q(in_copy=True) & DONE,
                name="finished_in_copy",
            ),
            models.Index(
                fields=["user", "department", "-updated_at", "-ticket"],
                condition=models.Q(in_copy=True),
                name="in_copy_by_department",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} → #{self.ticket_id}"


class TicketLink(models.Model):
    """Two tickets that belong together."""

    class Kind(models.TextChoices):
        """What `target` is to `source`."""

        RELATED = "related", _("related")
        FOLLOW_UP = "follow_up", _("follow-up")
        SPLIT = "split", _("split off")
        MERGED = "merged", _("merged")
        DUPLICATE = "duplicate", _("duplicate")

    # What agents say of two tickets; the other kinds tell what was done.
    BY_HAND = (Kind.RELATED, Kind.FOLLOW_UP, Kind.DUPLICATE)

    source = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="links_from")
    target = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="links_to")
    kind = models.CharField(max_length=9, choices=Kind, default=Kind.RELATED)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "target", "kind"], name="linked_once"),
            models.CheckConstraint(
                condition=~models.Q(source=models.F("target")), name="not_linked_to_itself"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.source_id} → #{self.target_id} ({self.kind})"
