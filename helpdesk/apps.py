"""The roof and the ground floor as a Django app: commands and template tags."""

from django.apps import AppConfig


class HelpdeskConfig(AppConfig):
    """Carries no models."""

    name = "helpdesk"
