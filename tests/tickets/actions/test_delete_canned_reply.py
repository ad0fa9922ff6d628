"""Only what was never used is deleted."""

import pytest
from django.core.exceptions import PermissionDenied

from tickets.actions import WasUsed, delete_canned_reply, reply_to_ticket
from tickets.models import CannedReply


@pytest.fixture
def invoice(billing):
    return CannedReply.objects.create(title="Invoice", department=billing, body={"en": "x"})


def test_one_that_was_never_used_is_gone(invoice, grace):
    delete_canned_reply(invoice, by=grace)

    assert not CannedReply.objects.exists()


def test_one_that_was_used_stays(invoice, ticket, grace):
    reply_to_ticket(ticket, by=grace, body="x", canned=[invoice])

    with pytest.raises(WasUsed, match="only switched off"):
        delete_canned_reply(invoice, by=grace)


def test_a_member_deletes_nothing_of_the_department(invoice, ada):
    with pytest.raises(PermissionDenied):
        delete_canned_reply(invoice, by=ada)
