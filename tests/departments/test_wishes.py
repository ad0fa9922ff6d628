"""What agents want to be told, and how."""

import pytest

from departments.models import Notice, Reason, User, Way


def test_what_is_handed_to_one_and_what_customers_answer_is_heard_in_every_way():
    ada = User()

    assert all(ada.hears(reason, way) for reason in (Reason.ASSIGNED, Reason.MINE) for way in Way)
    assert all(ada.hears(reason, Way.BELL) for reason in Reason)
    assert not ada.hears(Reason.UNASSIGNED, Way.SOUND)
    assert not ada.hears(Reason.FOLLOWED, Way.BROWSER)


@pytest.mark.parametrize("reason", Reason)
@pytest.mark.parametrize("way", Way)
def test_every_reason_and_way_can_be_turned_on_and_off(reason, way):
    ada = User()

    ada.turn(reason, way, on=True)
    ada.turn(reason, way, on=True)
    assert ada.hears(reason, way)

    ada.turn(reason, way, on=False)
    assert not ada.hears(reason, way)
    assert len(ada.turned) <= 1


def test_what_the_bell_does_not_hold_makes_no_sound():
    ada = User()

    ada.turn(Reason.MINE, Way.BELL, on=False)

    assert not ada.hears(Reason.MINE, Way.SOUND)
    assert not ada.hears(Reason.MINE, Way.BROWSER)
    assert ada.hears(Reason.MINE, Way.LETTER)


def test_letters_of_agents_and_of_customers_are_chosen_alike():
    ada = User()

    for notice in Notice:
        ada.choose(notice, wanted=False)
    assert not any(ada.wants(notice) for notice in Notice)
    assert ada.wants("replied")

    for notice in Notice:
        ada.choose(notice, wanted=True)
    assert all(ada.wants(notice) for notice in Notice)
    assert (ada.turned, ada.unwanted_letters) == ([], [])
