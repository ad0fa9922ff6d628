"""What is passed on of a file on its way in, piece by piece, and how much of a text is none."""

import pytest

from helpdesk.lib.kinds import kind_of
from helpdesk.lib.uploading import FILES_AT_ONCE, BoundedUpload

MB = 1024 * 1024
PIECE = b"x" * MB


@pytest.fixture
def handler(settings):
    settings.DESK_MAX_FILE_MB = 2
    return BoundedUpload()


def passed_on(handler, pieces):
    """How many pieces of a file go further, and whether it is kept."""
    handler.new_file("files", "film.png", "image/png", pieces * MB)
    went = [handler.receive_data_chunk(PIECE, at * MB) for at in range(pieces)]
    is_kept = handler.file_complete(pieces * MB) is None
    return sum(one is not None for one in went), is_kept


def test_of_a_file_that_is_too_large_nothing_goes_further_than_the_limit(handler):
    assert passed_on(handler, 2) == (2, True)
    assert passed_on(handler, 3) == (2, False)
    assert passed_on(handler, 50) == (2, False)


def test_what_was_turned_away_takes_no_room_from_the_others(handler):
    passed_on(handler, 50)

    assert [passed_on(handler, 2) for _n in range(FILES_AT_ONCE)] == [(2, True)] * FILES_AT_ONCE
    assert passed_on(handler, 1) == (0, False)


@pytest.mark.parametrize(("strange", "kind"), [(1, "text"), (2, None), (10, None)])
def test_a_text_holds_one_control_character_in_a_hundred(strange, kind):
    assert kind_of(b"\x01" * strange + b"a" * (100 - strange)) == kind
