"""People and places as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DepartmentsConfig(AppConfig):
    """People, departments, hours, categories and services."""

    name = "departments"
    verbose_name = _("People and departments")
