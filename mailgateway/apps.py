"""Letters in, letters out, as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MailgatewayConfig(AppConfig):
    """Mailboxes, ledger and tray."""

    name = "mailgateway"
    verbose_name = _("Mail")

    def ready(self) -> None:
        """Connect the receiver that turns history into letters."""
        import mailgateway.receivers  # noqa: F401
