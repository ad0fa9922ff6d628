"""Keeping what is typed and not sent."""

import pytest
from django.core.exceptions import PermissionDenied

from tickets.actions import save_draft
from tickets.models import Draft, Message


def test_the_last_version_is_kept_one_a_kind(ticket, ada):
    save_draft(ticket, by=ada, kind=Message.Kind.REPLY, text="Добрий")
    save_draft(ticket, by=ada, kind=Message.Kind.REPLY, text="Добрий день")
    save_draft(ticket, by=ada, kind=Message.Kind.NOTE, text="Ask Grace")

    assert set(Draft.objects.values_list("kind", "text")) == {
        ("reply", "Добрий день"),
        ("note", "Ask Grace"),
    }


def test_an_emptied_draft_is_none(ticket, ada):
    save_draft(ticket, by=ada, kind=Message.Kind.REPLY, text="Добрий")

    assert save_draft(ticket, by=ada, kind=Message.Kind.REPLY, text=" \n") is None
    assert not Draft.objects.exists()


def test_drafts_are_nobodys_history(ticket, ada):
    save_draft(ticket, by=ada, kind=Message.Kind.REPLY, text="Добрий")

    assert [one.kind for one in ticket.events.all()] == ["opened"]


@pytest.mark.parametrize("who", ["carla", "mallory", "linus", "bo"])
def test_strangers_may_not(ticket, who, request):
    with pytest.raises(PermissionDenied):
        save_draft(ticket, by=request.getfixturevalue(who), kind=Message.Kind.REPLY, text="Hello")
