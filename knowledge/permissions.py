"""Who may do what with articles: one predicate per question."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from departments.models import User
from knowledge.models import Article


def can_write(user: User) -> bool:
    """Agents write; what they write is a draft until somebody publishes it."""
    return user.is_agent


def can_publish(user: User) -> bool:
    """Leads and administrators decide what readers see."""
    return user.is_lead


def can_place(user: User, article: Article) -> bool:
    """Move it, or say who may read it: as long as nobody reads it, whoever writes."""
    if article.texts.filter(published_at__isnull=False).exists():
        return can_publish(user)
    return can_write(user)


def require(allowed: bool) -> None:
    """Refuse with PermissionDenied unless `allowed`."""
    if not allowed:
        raise PermissionDenied(_("You may not do that."))
