"""Forms that stand on other sites, and what is sent by them."""

import re
import secrets
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from departments.models import Category, Department, User
from helpdesk.lib import multilingual
from tickets.models.ticket import Ticket

_HOST: Final = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")
_LONGEST: Final = 2_000
_USUAL_PORT: Final = {"https": 443, "http": 80}
_ON_THIS_MACHINE: Final = frozenset({"localhost", "127.0.0.1"})
# Anything that a browser and we might read differently.
_UNCLEAR: Final = re.compile(r"[\\@\s\x00-\x1f\x7f]")


def origin_of(address: str) -> str:
    """The origin of a web address as browsers say it (RFC 6454): scheme, host in ASCII, port where
    it is not the usual one. Empty for what has none that may be let in: `https` alone is, and
    `http` on the machine itself."""
    # Normal forms of a host, which are looked at below, take time with the square of its length.
    if len(address) > _LONGEST or _UNCLEAR.search(address):
        return ""
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").encode("idna").decode()
        port = parts.port
    except ValueError:  # UnicodeError is one
        return ""
    if parts.scheme not in _USUAL_PORT or not _HOST.fullmatch(host):
        return ""
    if parts.scheme == "http" and host not in _ON_THIS_MACHINE:
        return ""
    shown = "" if port in {None, _USUAL_PORT[parts.scheme]} else f":{port}"
    return f"{parts.scheme}://{host}{shown}"


def refuse_no_origin(address: str) -> None:
    """Raise ValidationError unless `address` is an origin as `origin_of` writes it."""
    if not address or origin_of(address) != address:
        raise ValidationError(
            _("“%(address)s” is no site: write https:// and its host name, nothing behind it."),
            params={"address": address},
        )


def new_key() -> str:
    """A key that nobody guesses: 22 letters of an address."""
    return secrets.token_urlsafe(16)


class EmbeddedForm(models.Model):
    """A form to write to us that other sites may show. It is switched off, never deleted."""

    name = models.CharField(
        pgettext_lazy("of a thing", "name"),
        max_length=100,
        unique=True,
        help_text=_("Agents see by which form a ticket came; visitors do not see this name."),
    )
    key = models.CharField(
        _("key in the address"), max_length=22, unique=True, default=new_key, editable=False
    )
    origins = ArrayField(
        models.CharField(max_length=270, validators=[refuse_no_origin]),
        verbose_name=_("sites that may show it"),
        help_text=_(
            "One a line: https:// and the host name, with a port where there is one. No other site "
            "can show the form or send to it. http:// is possible for localhost alone."
        ),
    )
    department = models.ForeignKey(
        Department,
        verbose_name=_("department"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="embedded_forms",
        help_text=_(
            "Where tickets arrive for which no topic was chosen. Empty: where those of the portal "
            "do."
        ),
    )
    categories = models.ManyToManyField(
        Category,
        verbose_name=_("topics to choose from"),
        blank=True,
        related_name="embedded_forms",
        help_text=_("Empty: the form does not ask for a topic."),
    )
    language = models.CharField(
        _("language"),
        max_length=10,
        choices=settings.LANGUAGES,
        blank=True,
        help_text=_("Empty: the one that the visitor’s browser asks for."),
    )
    theme = models.CharField(
        _("colours"),
        max_length=6,
        choices=User.Theme,
        default=User.Theme.SYSTEM,
        help_text=_("A site that is always light looks better with a light form."),
    )
    takes_files = models.BooleanField(_("takes files"), default=True)
    thanks = multilingual.MultilingualField(
        _("text after sending"),
        rows=3,
        blank=True,
        help_text=_("Empty: we thank and say that an answer comes by letter."),
    )
    most_per_hour = models.PositiveSmallIntegerField(
        _("tickets in an hour at most"),
        default=60,
        validators=[MinValueValidator(2)],
        help_text=_(
            "Beyond that the form asks to come back later; what was typed stays. Posts that do not "
            "come from our own page get half of it."
        ),
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("form for other sites")
        verbose_name_plural = _("forms for other sites")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Where the form is, without the desk's host."""
        return reverse("embed:form", args=[self.key])

    @property
    def policy(self) -> str:
        """The content security policy of its pages (CSP level 3): no other site frames them."""
        return (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
            f"form-action 'self'; base-uri 'none'; frame-ancestors {' '.join(self.origins)}"
        )


class FormPost(models.Model):
    """Something sent by a form, remembered for `FormPost.LASTS`: what is sent twice makes one
    ticket, and what is sent too often is counted. It names nobody but by a keyed hash."""

    LASTS = timedelta(days=2)

    form = models.ForeignKey(EmbeddedForm, on_delete=models.CASCADE, related_name="posts")
    # Empty where the desk does not hear the writer.
    ticket = models.OneToOneField(
        Ticket, null=True, on_delete=models.CASCADE, related_name="by_form"
    )
    # What may be sent once only, a mark of the words sent with it, and one of the address.
    once = models.CharField(max_length=80, unique=True)
    said = models.CharField(max_length=16)
    writer = models.CharField(max_length=16)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("post of a form")
        verbose_name_plural = _("posts of forms")
        indexes = [
            models.Index(fields=["form", "created_at"], name="post_by_form"),
            models.Index(fields=["writer", "created_at"], name="post_by_writer"),
        ]

    def __str__(self) -> str:
        return f"{self.form} · #{self.ticket_id or '—'}"
