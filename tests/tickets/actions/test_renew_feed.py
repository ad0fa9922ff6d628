"""An address at which a program reads a list."""

import pytest
from django.core.exceptions import PermissionDenied

from tickets.actions import renew_feed
from tickets.models import Feed


def test_everybody_has_an_address_of_their_own_that_can_be_renewed(ada, grace):
    first = renew_feed("mine", by=ada).token
    theirs = renew_feed("mine", by=grace).token

    second = renew_feed("mine", by=ada).token

    assert len({first, second, theirs}) == 3
    assert set(Feed.objects.values_list("token", flat=True)) == {second, theirs}


@pytest.mark.parametrize("who", ["carla", "bo"])
def test_only_those_who_work_here_have_any(request, who):
    with pytest.raises(PermissionDenied):
        renew_feed("mine", by=request.getfixturevalue(who))
