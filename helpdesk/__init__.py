"""The help desk: roof and ground floor. See ARCHITECTURE.md."""

from helpdesk.celery import app as celery_app

__all__ = ["celery_app"]
