"""What agents are shown of a customer: beside a ticket, and on a page of their own."""

from dataclasses import dataclass
from typing import Any, Final

from allauth.account.models import EmailAddress
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject

from departments.models import User
from helpdesk.lib import multilingual
from tickets.models import Rating, Ticket

LATEST: Final = 50
"""Tickets and ratings that are looked at; those before cost nothing."""
MOST_ADDRESSES: Final = 20


def known_of(customer: OuterRef, reader: User) -> dict[str, ArraySubquery]:
    """Columns for a queryset whose rows name a `customer`: further_addresses [{pk, address,
    proved}], service_names [{language: name}] and scores [1 to 5] of their latest tickets, as far
    as `reader` works on these. Each looks at a bounded number of rows."""
    addresses = EmailAddress.objects.filter(user=customer).order_by("email", "pk")
    mine = Ticket.objects.workable_by(reader)
    # The latest of all, and only then what the reader may see of them: the database does not know
    # whether this customer has three tickets or thirty thousand.
    theirs = Ticket.objects.filter(customer=OuterRef(customer)).order_by("-updated_at", "-pk")
    latest = mine.filter(pk__in=theirs.values("pk")[:LATEST]).order_by("-updated_at", "-pk")
    given = Rating.objects.filter(customer=OuterRef(customer)).order_by("-pk")
    rated = Rating.objects.filter(pk__in=given.values("pk")[:LATEST], ticket__in=mine.values("pk"))
    return {
        "further_addresses": ArraySubquery(
            addresses[:MOST_ADDRESSES].values(
                data=JSONObject(pk="pk", address="email", proved="verified")
            )
        ),
        "service_names": ArraySubquery(latest.values("service__name")),
        "scores": ArraySubquery(rated.order_by("-pk").values("score")),
    }


@dataclass(frozen=True)
class Known:
    """What a page says of a customer. `average` is None if they never rated us lately; `ratings`
    is how often they did."""

    addresses: list[dict[str, Any]]
    services: list[str]
    ratings: int
    average: float | None


def known_in(row: Any, person: User) -> Known:
    """What the columns of `known_of` in `row` say of `person`."""
    scores = row.scores
    return Known(
        addresses=[one for one in row.further_addresses if one["address"] != person.email],
        services=list(dict.fromkeys(multilingual.pick(name) for name in row.service_names if name)),
        ratings=len(scores),
        average=sum(scores) / len(scores) if scores else None,
    )


def customers_for(reader: User) -> QuerySet[User]:
    """People with what their page shows of them; whom `reader` may see, permissions say."""
    return User.objects.select_related("organisation", "merged_into", "returned").annotate(
        **known_of(OuterRef("pk"), reader)
    )
