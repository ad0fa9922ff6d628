"""Django's own mail (codes for signing in, new passwords) goes into the tray as well."""

import secrets
from collections.abc import Sequence
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend

from departments.models import desk_name
from helpdesk.lib.queue import enqueue_on_commit
from mailgateway import tasks
from mailgateway.models import OutboundEmail
from mailgateway.outbound import ACCOUNT, mailbox_of


class TrayBackend(BaseEmailBackend):
    """Writes rows of kind `account`; their words are secrets, wiped once they are sent."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Put every message into the tray; how many."""
        written = 0
        for message in email_messages:
            people = message.recipients()
            if not people:
                continue
            mailbox = mailbox_of(None)
            address = mailbox.address if mailbox else settings.DEFAULT_FROM_EMAIL
            row = OutboundEmail.objects.create(
                mailbox=mailbox,
                kind=ACCOUNT,
                recipient=people[0],
                copies=people[1:],
                sender_name=(parseaddr(message.from_email)[0] or desk_name())[:200],
                letter_id=f"{secrets.token_hex(16)}@{address.rpartition('@')[2]}",
                subject=" ".join(str(message.subject).split()),
                text=str(message.body),
                html=_html(message),
                headers={"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"},
            )
            enqueue_on_commit(tasks.send, row.pk)
            written += 1
        return written


def _html(message: EmailMessage) -> str:
    found = message.alternatives if isinstance(message, EmailMultiAlternatives) else []
    return next((str(text) for text, kind in found if kind == "text/html"), "")
