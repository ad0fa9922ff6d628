"""Switched off, a canned reply is kept and not offered."""

import pytest
from django.core.exceptions import PermissionDenied

from tickets.actions import switch_canned_reply
from tickets.models import CannedReply


@pytest.fixture
def invoice(billing):
    return CannedReply.objects.create(title="Invoice", department=billing, body={"en": "x"})


def test_it_is_offered_no_longer_and_again(invoice, grace):
    switch_canned_reply(invoice, on=False, by=grace)
    assert not CannedReply.objects.usable_by(grace).exists()
    assert CannedReply.objects.seen_by(grace).exists()

    switch_canned_reply(invoice, on=True, by=grace)
    assert CannedReply.objects.usable_by(grace).get() == invoice


def test_only_a_lead_switches(invoice, ada, linus):
    for person in (ada, linus):
        with pytest.raises(PermissionDenied):
            switch_canned_reply(invoice, on=False, by=person)
