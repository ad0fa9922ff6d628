"""Canned replies are written where somebody may write, and nowhere else."""

import pytest
from django.core.exceptions import PermissionDenied

from tickets.actions import save_canned_reply
from tickets.attachments import IncomingFile
from tickets.models import CannedReply, Tag

FILES = [IncomingFile("a.txt", b"a", "text/plain"), IncomingFile("b.txt", b"b", "text/plain")]


def test_it_is_written_with_tags_and_files(ada):
    made = CannedReply(title="Thanks", owner=ada, body={"en": "x"})

    save_canned_reply(
        made, by=ada, adds_tags=["Money", " two  words "], removes_tags=["late"], files=FILES
    )

    assert {one.name for one in made.adds_tags.all()} == {"money", "two words"}
    assert [one.name for one in made.removes_tags.all()] == ["late"]
    assert [one.file.read() for one in made.files.all()] == [b"a", b"b"]


def test_what_is_no_longer_named_goes(ada):
    made = CannedReply(title="Thanks", owner=ada, body={"en": "x"})
    save_canned_reply(made, by=ada, adds_tags=["money"], files=FILES)

    save_canned_reply(made, by=ada, without=made.files.filter(name="a.txt"))

    assert not made.adds_tags.exists()
    assert Tag.objects.filter(name="money").exists()
    assert [one.name for one in made.files.all()] == ["b.txt"]


def test_files_of_others_are_not_taken_off(ada, grace):
    theirs = CannedReply(title="Hers", owner=grace, body={"en": "x"})
    save_canned_reply(theirs, by=grace, files=FILES)
    mine = CannedReply(title="Mine", owner=ada, body={"en": "x"})

    save_canned_reply(mine, by=ada, without=theirs.files.all())

    assert theirs.files.count() == 2


def test_nobody_takes_over_what_they_may_not_change(ada, grace):
    theirs = CannedReply.objects.create(title="Hers", owner=grace, body={"en": "x"})
    theirs.owner = ada

    with pytest.raises(PermissionDenied):
        save_canned_reply(theirs, by=ada)
    theirs.refresh_from_db()
    assert theirs.owner == grace


def test_members_write_for_their_department_only_where_it_says_so(ada, linus, billing):
    for_all = CannedReply(title="Invoice", department=billing, body={"en": "x"})

    with pytest.raises(PermissionDenied):
        save_canned_reply(for_all, by=ada)
    billing.members_keep_canned = True
    billing.save()
    save_canned_reply(for_all, by=ada)

    with pytest.raises(PermissionDenied):
        save_canned_reply(for_all, by=linus)


def test_a_customer_and_somebody_who_has_left_write_nothing(carla, bo):
    for person in (carla, bo):
        with pytest.raises(PermissionDenied):
            save_canned_reply(CannedReply(title="x", owner=person, body={"en": "x"}), by=person)


def test_a_person_is_named_only_where_one_is_assigned(ada, grace):
    made = CannedReply(title="x", owner=ada, assigns="me", assigns_to=grace)

    save_canned_reply(made, by=ada)

    assert made.assigns_to is None
