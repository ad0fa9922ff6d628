"""Customers, as agents know them."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from ninja import Router

from departments.models import User
from tickets import actions
from tickets.api.door import SignedInRequest
from tickets.api.schemas import Address, CustomerIn, CustomerOut, Refusal
from tickets.customers import customers_for, known_in
from tickets.permissions import can_see_customer

router = Router(tags=["customers"])

REFUSALS = {401: Refusal, 403: Refusal, 404: Refusal, 422: Refusal}


@router.get(
    "/customers/{int:pk}", response={200: CustomerOut, **REFUSALS}, summary="Read a customer"
)
def read_customer(request: SignedInRequest, pk: int) -> CustomerOut:
    """Agents who work on a ticket of theirs. Who was merged into somebody is read as them."""
    return _shown(_seen(request.user, pk))


@router.patch(
    "/customers/{int:pk}", response={200: CustomerOut, **REFUSALS}, summary="Edit a customer"
)
def edit_customer(request: SignedInRequest, pk: int, said: CustomerIn) -> CustomerOut:
    """What is left out stays. The organisation takes somebody who works on all their tickets."""
    person = _seen(request.user, pk)
    actions.edit_customer(person, by=request.user, **said.dict(exclude_none=True))
    return _shown(_seen(request.user, pk))


def _seen(reader: User, pk: int) -> Any:
    person: Any = get_object_or_404(customers_for(reader), pk=pk)
    if person.merged_into is not None:
        person = get_object_or_404(customers_for(reader), pk=person.now.pk)
    if not can_see_customer(reader, person):
        raise Http404
    return person


def _shown(person: Any) -> CustomerOut:
    further = known_in(person, person).addresses
    return CustomerOut(
        id=person.pk,
        name=person.name,
        language=person.language,
        organisation=person.organisation.name if person.organisation else None,
        phone=person.phone,
        notes=person.notes,
        addresses=[
            Address(address=person.email, main=True, proved=True),
            *(Address(address=one["address"], main=False, proved=one["proved"]) for one in further),
        ],
    )
