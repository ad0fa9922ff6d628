"""The conversation as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TicketsConfig(AppConfig):
    """Tickets, messages and their rules."""

    name = "tickets"
    verbose_name = _("Tickets")

    def ready(self) -> None:
        """Connect the receivers of the one signal."""
        import tickets.receivers  # noqa: F401
