"""Giving the address of a feed up."""

from tickets.actions import close_feed, renew_feed
from tickets.models import Feed


def test_only_ones_own_address_is_given_up(ada, grace):
    renew_feed("mine", by=ada)
    theirs = renew_feed("mine", by=grace)

    close_feed("mine", by=ada)

    assert list(Feed.objects.all()) == [theirs]
