"""A file that was not sent after all."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.utils import timezone

from tickets import attachments
from tickets.actions import discard_upload, save_draft, upload_file
from tickets.attachments import IncomingFile
from tickets.models import Message, Upload


@pytest.fixture
def upload(ticket, ada):
    return upload_file(IncomingFile("log.txt", b"ping", "text/plain"), by=ada, ticket=ticket)


def test_its_bytes_go_with_it(upload, ada, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        discard_upload(upload, by=ada)

    assert not Upload.objects.exists()
    assert not default_storage.exists(upload.file.name)


@pytest.mark.parametrize("who", ["grace", "carla", "root"])
def test_only_its_owner_may(upload, who, request):
    with pytest.raises(PermissionDenied):
        discard_upload(upload, by=request.getfixturevalue(who))


def test_what_no_draft_needs_is_swept(ticket, upload, ada):
    long_ago = timezone.now() - timedelta(days=20)
    Upload.objects.update(kept_at=long_ago)
    other = upload_file(IncomingFile("new.txt", b"ping", "text/plain"), by=ada, ticket=ticket)
    Upload.objects.update(kept_at=long_ago)
    save_draft(ticket, by=ada, kind=Message.Kind.REPLY, text="", uploads=[other])

    assert attachments.sweep(timezone.now() - timedelta(days=14)) == 1

    assert Upload.objects.get() == other
