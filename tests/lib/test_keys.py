"""Keys of rows as hostile addresses say them."""

import pytest

from helpdesk.lib.keys import key_in


@pytest.mark.parametrize(("typed", "key"), [("7", 7), ("10482", 10482), ("9" * 18, 10**18 - 1)])
def test_a_number_is_a_key(typed, key):
    assert key_in(typed) == key


@pytest.mark.parametrize("typed", [None, "", "x", "-7", " 7", "٤", "²", "9" * 19, "9" * 5000])
def test_anything_else_is_the_key_of_no_row(typed):
    assert key_in(typed) == 0
