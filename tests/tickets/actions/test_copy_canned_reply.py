"""A copy is one's own, whole, and new."""

import pytest
from django.core.exceptions import PermissionDenied

from tickets.actions import copy_canned_reply, save_canned_reply
from tickets.attachments import IncomingFile
from tickets.models import CannedReply


def test_a_copy_is_ones_own_with_everything_in_it(ada, grace, billing):
    first = CannedReply(title="T" * 150, department=billing, body={"uk": "Дякуємо"}, used=7)
    file = IncomingFile("a.txt", b"a", "text/plain")
    save_canned_reply(first, by=grace, adds_tags=["money"], removes_tags=["late"], files=[file])

    copy = copy_canned_reply(first, by=ada)

    assert (copy.owner, copy.department, copy.used) == (ada, None, 0)
    assert copy.title == "T" * 130 + " (copy)"
    assert copy.body == first.body
    assert [one.name for one in copy.adds_tags.all()] == ["money"]
    assert [one.name for one in copy.removes_tags.all()] == ["late"]
    copy.files.get().delete()
    assert first.files.get().file.read() == b"a"


def test_one_that_is_not_seen_is_not_copied(linus, grace, billing):
    place = CannedReply.objects.create(title="x", department=billing, body={"en": "x"})
    own = CannedReply.objects.create(title="x", owner=grace, body={"en": "x"})

    for one in (place, own):
        with pytest.raises(PermissionDenied):
            copy_canned_reply(one, by=linus)
