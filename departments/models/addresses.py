"""By which addresses a person is found.

`User.email` is the main one: our letters go there. Further ones are rows of django-allauth's
`EmailAddress`, so that one can sign in by them as well; they count once they are proved
(`verified`). A row that an agent added and nobody proved finds nobody.
"""

from collections.abc import Iterable

from allauth.account.models import EmailAddress
from django.db.models import Q, QuerySet

from departments.models.people import User


def person_at(address: str) -> User | None:
    """Whose address it is, whatever its case; None if it is nobody's."""
    wanted = address.strip().lower()
    main = User.objects.filter(email=wanted).first()
    if main is not None:
        return main
    further = EmailAddress.objects.filter(email=wanted, verified=True).select_related("user")
    return next((row.user for row in further), None)


def people_at(addresses: Iterable[str]) -> QuerySet[User]:
    """Everybody who has one of these addresses."""
    wanted = [one.lower() for one in addresses]
    # Joined by UNION: an OR over two tables would read every person.
    main = User.objects.filter(email__in=wanted).values("pk")
    further = EmailAddress.objects.filter(email__in=wanted, verified=True).values("user")
    return User.objects.filter(pk__in=main.union(further))


def people_called(part: str) -> QuerySet[User]:
    """Everybody with `part` in their name or in one of their addresses."""
    named = Q(name__icontains=part) | Q(email__icontains=part)
    main = User.objects.filter(named).values("pk")
    further = EmailAddress.objects.filter(email__icontains=part, verified=True).values("user")
    return User.objects.filter(pk__in=main.union(further))


def addresses_of(people: QuerySet[User]) -> set[str]:
    """All addresses by which these people are found."""
    further = EmailAddress.objects.filter(user__in=people.values("pk"), verified=True)
    return {*people.values_list("email", flat=True), *further.values_list("email", flat=True)}


def person_now(key: int) -> User | None:
    """The person with this key, or whom they were merged into; None for nobody active. Letters
    name people by keys, and are read years later."""
    found = User.objects.filter(pk=key).first()
    return found.now if found is not None and found.now.is_active else None


def has_address(person: User, address: str) -> bool:
    """Is `address` one of theirs?"""
    wanted = address.lower()
    further = EmailAddress.objects.filter(user=person, email=wanted, verified=True)
    return wanted == person.email or further.exists()
