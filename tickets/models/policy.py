"""What we promise (targets) and what happens when it slips (rules and their steps)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from departments.models import Department, User
from tickets.lifecycle import Priority
from tickets.models.ticket import Ticket


class Target(models.Model):
    """Times promised to customers of a department, in minutes of its opening hours."""

    department = models.ForeignKey(
        Department, on_delete=models.CASCADE, related_name="targets", verbose_name=_("department")
    )
    priority = models.PositiveSmallIntegerField(
        _("priority"),
        choices=Priority,
        null=True,
        blank=True,
        help_text=_("Empty: every priority that has no line of its own."),
    )
    first_answer = models.PositiveIntegerField(
        _("first answer, minutes"), null=True, blank=True, help_text=_("Working time. Empty: none.")
    )
    next_answer = models.PositiveIntegerField(
        _("next answers, minutes"), null=True, blank=True, help_text=_("Working time. Empty: none.")
    )
    solution = models.PositiveIntegerField(
        _("solution, minutes"),
        null=True,
        blank=True,
        help_text=_("Working time, paused while we wait for the customer. Empty: none."),
    )

    class Meta:
        ordering = ["department", "priority"]
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        constraints = [
            models.UniqueConstraint(
                fields=["department", "priority"],
                nulls_distinct=False,
                name="one_target_per_priority",
            )
        ]

    def __str__(self) -> str:
        return f"{self.department} · {self.get_priority_display() or '*'}"


class EscalationRule(models.Model):
    """Which tickets are watched, and against which clock."""

    class Clock(models.TextChoices):
        """Which promise is watched."""

        ANSWER = "answer", _("answer")
        SOLUTION = "solution", _("solution")

    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=100)
    clock = models.CharField(
        _("watched promise"), max_length=8, choices=Clock, default=Clock.ANSWER
    )
    department = models.ForeignKey(
        Department,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="escalation_rules",
        verbose_name=_("department"),
        help_text=_("Empty: every department."),
    )
    priority = models.PositiveSmallIntegerField(
        _("priority"),
        choices=Priority,
        null=True,
        blank=True,
        help_text=_("Empty: every priority."),
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("escalation rule")
        verbose_name_plural = _("escalation rules")

    def __str__(self) -> str:
        return self.name


class EscalationStep(models.Model):
    """What a rule does at a time before or after the promised one. Each step fires once a wait."""

    rule = models.ForeignKey(EscalationRule, on_delete=models.CASCADE, related_name="steps")
    offset_minutes = models.IntegerField(
        _("minutes after the promised time"),
        default=0,
        help_text=_("Working time; negative: before it."),
    )
    tells_lead = models.BooleanField(_("tell the leads"), default=True)
    tells_assignee = models.BooleanField(_("tell the assignee"), default=False)
    tells = models.ManyToManyField(
        User, blank=True, related_name="+", verbose_name=_("tell these people too")
    )
    sets_priority = models.PositiveSmallIntegerField(
        _("set priority"), choices=Priority, null=True, blank=True
    )
    assigns_to = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("assign to"),
    )
    moves_to = models.ForeignKey(
        Department,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("move to"),
    )

    class Meta:
        ordering = ["offset_minutes", "id"]
        verbose_name = _("escalation step")
        verbose_name_plural = _("escalation steps")

    def __str__(self) -> str:
        return f"{self.rule} {self.offset_minutes:+d}"


class FiredStep(models.Model):
    """That a step has fired for one wait: the wait is known by when it began."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="fired_steps")
    step = models.ForeignKey(EscalationStep, on_delete=models.CASCADE, related_name="fired")
    wait_began_at = models.DateTimeField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "step", "wait_began_at"], name="step_fires_once_a_wait"
            )
        ]

    def __str__(self) -> str:
        return f"#{self.ticket_id} · {self.step}"
