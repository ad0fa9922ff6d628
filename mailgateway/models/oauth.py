"""How a mailbox gets in without a password: OAuth 2 at Google or Microsoft."""

from datetime import datetime, timedelta

from django.core.validators import URLValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from helpdesk.lib.sealed import SealedTextField
from mailgateway.models.mailbox import Mailbox

# A token is renewed so long before it ends.
MARGIN = timedelta(minutes=5)


class OAuthAccess(models.Model):
    """The app under which a mailbox signs in, and the tokens it has now. Secrets are sealed."""

    class Provider(models.TextChoices):
        """Whose mail servers these are."""

        GOOGLE = "google", "Google"
        MICROSOFT = "microsoft", "Microsoft"

    class Grant(models.TextChoices):
        """Who lets us in."""

        PERSON = "person", _("somebody signs in to this mailbox once")
        APP = "app", _("the app by itself (Microsoft: app-only, Google: service account)")

    mailbox = models.OneToOneField(Mailbox, on_delete=models.CASCADE, related_name="oauth")
    provider = models.CharField(_("provider"), max_length=9, choices=Provider)
    grant = models.CharField(
        _("access is given by"), max_length=6, choices=Grant, default=Grant.PERSON
    )
    tenant = models.CharField(
        _("tenant"),
        max_length=100,
        default="organizations",
        help_text=_("Microsoft only: the directory (tenant) ID. App-only access needs it."),
    )
    client_id = models.CharField(
        _("client ID"),
        max_length=300,
        help_text=_("Of a Google service account: its e-mail address."),
    )
    client_secret = SealedTextField(_("client secret"), blank=True)
    authorize_url = models.CharField(
        _("address for signing in"),
        max_length=300,
        blank=True,
        validators=[URLValidator(["https", "http"])],
        help_text=_("Empty: the provider's usual one."),
    )
    token_url = models.CharField(
        _("address for tokens"),
        max_length=300,
        blank=True,
        validators=[URLValidator(["https", "http"])],
        help_text=_("Empty: the provider's usual one."),
    )

    refresh_token = SealedTextField(blank=True, editable=False)
    access_token = SealedTextField(blank=True, editable=False)
    expires_at = models.DateTimeField(null=True, editable=False)
    # Since when the provider refuses, and what it said; forgotten with the next token.
    lost_at = models.DateTimeField(null=True, editable=False)
    error = models.TextField(blank=True, editable=False)

    class Meta:
        verbose_name = _("OAuth 2")
        verbose_name_plural = _("OAuth 2")

    def __str__(self) -> str:
        return f"{self.get_provider_display()} · {self.mailbox_id}"

    def is_fresh(self, now: datetime) -> bool:
        """Whether its token may be used for a while yet."""
        return bool(self.access_token and self.expires_at and now < self.expires_at - MARGIN)
