"""A file that comes ahead of its message."""

import pytest
from django.core.exceptions import PermissionDenied

from helpdesk.lib.errors import DeskError
from tickets.actions import add_note, continue_conversation, drafting, reply_to_ticket, upload_file
from tickets.attachments import FileRefused, IncomingFile
from tickets.models import Attachment, Upload

LOG = IncomingFile("log.txt", b"ping", "text/plain")


def test_the_message_takes_it_over_under_its_token(ticket, ada):
    upload = upload_file(LOG, by=ada, ticket=ticket)

    message = reply_to_ticket(ticket, by=ada, body="See file", files=[upload])

    attachment = message.attachments.get()
    assert (attachment.token, attachment.name, attachment.size) == (upload.token, "log.txt", 4)
    assert attachment.file.read() == b"ping"
    assert not Upload.objects.exists()


def test_one_message_takes_it_and_no_other(ticket, ada):
    upload = upload_file(LOG, by=ada, ticket=ticket)
    reply_to_ticket(ticket, by=ada, body="See file", files=[upload])

    with pytest.raises(FileRefused, match=r"log\.txt"):
        add_note(ticket, by=ada, body="See file", files=[upload])

    assert Attachment.objects.count() == 1
    assert ticket.messages.count() == 2


def test_nobody_sends_what_somebody_else_has_laid_there(ticket, ada, grace):
    upload = upload_file(LOG, by=ada, ticket=ticket)

    with pytest.raises(FileRefused, match=r"log\.txt"):
        reply_to_ticket(ticket, by=grace, body="See file", files=[upload])

    assert Upload.objects.get().owner == ada


def test_nobody_fills_the_disk_with_what_is_never_sent(ticket, ada, monkeypatch):
    monkeypatch.setattr(drafting, "MOST_UPLOADS", 1)
    upload_file(LOG, by=ada, ticket=ticket)

    with pytest.raises(DeskError, match="wait unsent"):
        upload_file(LOG, by=ada, ticket=ticket)


def test_its_customer_may_as_well(ticket, carla):
    upload = upload_file(LOG, by=carla, ticket=ticket)

    message = continue_conversation(ticket, by=carla, body="", files=[upload])

    assert message.attachments.get().token == upload.token


@pytest.mark.parametrize("who", ["mallory", "linus", "bo"])
def test_strangers_may_not(ticket, who, request):
    with pytest.raises(PermissionDenied):
        upload_file(LOG, by=request.getfixturevalue(who), ticket=ticket)
