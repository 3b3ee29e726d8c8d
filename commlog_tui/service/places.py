"""Routes of the caller, the locations and their directories."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import Response
from typing_extensions import TypedDict

from commlog_tui import __version__
from commlog_tui.contract.customer import Customer, CustomerMatches
from commlog_tui.contract.entry import NewRedaction, Redacted
from commlog_tui.contract.location import Capability, Location, LocationDetail, Locations, Me, Permission
from commlog_tui.contract.query import CustomerQuery
from commlog_tui.service import documents
from commlog_tui.service.answers import json_answer
from commlog_tui.service.bodies import Body
from commlog_tui.service.requests import (
    AUTHENTICATES,
    READS,
    Authenticated,
    Key,
    LocationId,
    Redactor,
    StoreOf,
    StrictRoute,
    query,
    require,
)
from commlog_tui.service.tokens import Caller
from commlog_tui.store.protocol import Store
from commlog_tui.store.rows import LocationRow

CustomerPath = Annotated[str, Path(max_length=128)]

router = APIRouter(prefix="/v1", tags=["locations"], dependencies=[AUTHENTICATES], route_class=StrictRoute)


class _Seen(TypedDict):
    locations: Sequence[LocationRow]


async def _seen(store: Store, caller: Caller) -> Sequence[LocationRow]:
    return [location for location in await store.locations() if caller.sees(location.id)]


@router.get("/me", **documents.answers(Me))
async def get_me(caller: Authenticated, store: StoreOf) -> Response:
    """Return whom the token speaks for, what it may do where, and what this service can do."""
    places = tuple(Location(id=row.id, name=row.name, zone=row.zone) for row in await _seen(store, caller))
    me = Me(
        name=caller.name,
        role=caller.role,
        permissions=caller.permissions,
        locations=places,
        version=__version__,
        capabilities=tuple(Capability),
    )
    return json_answer(me)


@router.get("/locations", **documents.answers(Locations))
async def list_locations(caller: Authenticated, store: StoreOf) -> Response:
    """Return the locations that the token may see."""
    require(caller, Permission.READ)
    return json_answer(_Seen(locations=await _seen(store, caller)))


@router.get("/locations/{location}", **documents.answers(LocationDetail), dependencies=[READS])
async def get_location(location: LocationId, store: StoreOf) -> Response:
    """Return a location, the channels it uses and the position of its newest record."""
    return json_answer(await store.location(location))


@router.get(
    "/locations/{location}/customers",
    **documents.answers(CustomerMatches),
    dependencies=[READS],
    openapi_extra=documents.query(CustomerQuery),
)
async def list_customers(
    location: LocationId, store: StoreOf, asked: Annotated[CustomerQuery, query(CustomerQuery)]
) -> Response:
    """Return customers whose name, address or number contains this, most recent first."""
    return json_answer(await store.customers(location, asked))


@router.get("/locations/{location}/customers/{customer_id}", **documents.answers(Customer), dependencies=[READS])
async def get_customer(location: LocationId, customer_id: CustomerPath, store: StoreOf) -> Response:
    """Return one customer with every address and number known for them."""
    return json_answer(await store.customer(location, customer_id))


@router.post(
    "/locations/{location}/customers/{customer_id}/redaction",
    **documents.answers(Redacted),
    openapi_extra=documents.body(NewRedaction),
)
async def redact_customer(
    location: LocationId, customer_id: CustomerPath, caller: Redactor, store: StoreOf, key: Key, body: Body
) -> Response:
    """Remove the personal data of all entries about a customer, each on record."""
    redaction = await body.model(NewRedaction)
    redacted = await store.redact_customer(location, caller.actor, key, customer_id, redaction)
    return json_answer(Redacted(entries=redacted, overwritten=await store.is_scrubbed()))
