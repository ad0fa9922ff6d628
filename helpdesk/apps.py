"""The roof and the ground floor as Django apps: commands, template tags, the administration."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class HelpdeskConfig(AppConfig):
    """Carries no models."""

    name = "helpdesk"


class DeskAdminConfig(AdminConfig):
    """Django's administration with our site."""

    default_site = "helpdesk.admin_site.DeskAdminSite"
