"""What every page asks for is read once in a while, and at once where it was changed."""

import pytest

from departments.models import Organisation
from helpdesk.lib.shelf import Shelf


@pytest.fixture
def shelf(db) -> Shelf[list[str]]:
    return Shelf(lambda: [one.name for one in Organisation.objects.all()], model=Organisation)


def test_what_stands_there_is_not_asked_for_again(shelf, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert [shelf.take(), shelf.take()] == [[], []]


def test_who_saves_or_deletes_reads_the_change_at_once(shelf):
    shelf.take()
    akme = Organisation.objects.create(name="Akme")
    assert shelf.take() == ["Akme"]

    akme.delete()

    assert shelf.take() == []


def test_other_processes_read_it_after_some_seconds(shelf, monkeypatch):
    shelf.take()
    Organisation.objects.bulk_create([Organisation(name="Akme")])
    assert shelf.take() == []

    monkeypatch.setattr(shelf, "SECONDS", 0)

    assert shelf.take() == ["Akme"]
