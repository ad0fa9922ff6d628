"""The knowledge base as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KnowledgeConfig(AppConfig):
    """Sections, articles, their pictures and what readers think of them."""

    name = "knowledge"
    verbose_name = _("Help pages")
