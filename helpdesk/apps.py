"""The roof and the ground floor as Django apps: commands, template tags, the administration."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class HelpdeskConfig(AppConfig):
    """Carries no models."""

    name = "helpdesk"

    def ready(self) -> None:
        """Hang up what only the roof may join: the ledger in the navigation of agents."""
        from helpdesk.context import letters_line
        from tickets.agent.nav import FURTHER

        FURTHER.append(letters_line)


class DeskAdminConfig(AdminConfig):
    """Django's administration with our site."""

    default_site = "helpdesk.admin_site.DeskAdminSite"
