"""What the clock does for people."""

from datetime import timedelta

import time_machine
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from departments.tasks import forget_ended_sessions


def test_what_a_stranger_typed_is_forgotten_with_their_session(db):
    Client().post("/tickets/new/", {"subject": "Mail", "body": "Nothing arrives"})

    forget_ended_sessions()
    assert Session.objects.count() == 1
    with time_machine.travel(timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE + 1)):
        forget_ended_sessions()
    assert not Session.objects.exists()
