"""Routes of the caller, the locations and their directories."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from typing_extensions import TypedDict

from commlog_tui import __version__
from commlog_tui.contract.customer import Customer, CustomerMatches
from commlog_tui.contract.entry import NewRedaction, Redacted
from commlog_tui.contract.location import Location, LocationDetail, Locations, Me, Permission
from commlog_tui.contract.query import CustomerQuery
from commlog_tui.service import documents
from commlog_tui.service.bodies import Body
from commlog_tui.service.requests import (
    Authenticated,
    Key,
    LocationId,
    Reader,
    Redactor,
    StoreOf,
    no_parameters,
    parameters,
    require,
)
from commlog_tui.service.tokens import Caller
from commlog_tui.store.protocol import Store
from commlog_tui.store.rows import LocationRow

CustomerPath = Annotated[str, Path(max_length=128)]

router = APIRouter(prefix="/v1", tags=["locations"])


class _Seen(TypedDict):
    locations: Sequence[LocationRow]


async def _seen(store: Store, caller: Caller) -> Sequence[LocationRow]:
    return [location for location in await store.locations() if caller.sees(location.id)]


def _json(value: object) -> Response:
    return Response(msgspec.json.encode(value), media_type="application/json")


@router.get("/me", **documents.answers(Me))
async def get_me(request: Request, caller: Authenticated, store: StoreOf) -> Response:
    """Return whom the token speaks for, and what it may do where."""
    no_parameters(request)
    places = tuple(Location(id=row.id, name=row.name, zone=row.zone) for row in await _seen(store, caller))
    me = Me(name=caller.name, role=caller.role, permissions=caller.permissions, locations=places, version=__version__)
    return Response(me.model_dump_json(), media_type="application/json")


@router.get("/locations", **documents.answers(Locations))
async def list_locations(request: Request, caller: Authenticated, store: StoreOf) -> Response:
    """Return the locations that the token may see."""
    no_parameters(request)
    require(caller, Permission.READ)
    return _json(_Seen(locations=await _seen(store, caller)))


@router.get("/locations/{location}", **documents.answers(LocationDetail))
async def get_location(request: Request, location: LocationId, caller: Reader, store: StoreOf) -> Response:
    """Return a location, the channels it uses and the position of its newest record."""
    del caller
    no_parameters(request)
    return _json(await store.location(location))


@router.get("/locations/{location}/customers", **documents.answers(CustomerMatches), openapi_extra=documents.query(CustomerQuery))
async def list_customers(request: Request, location: LocationId, caller: Reader, store: StoreOf) -> Response:
    """Return the customers whose name, address or number has this part, most recently seen first."""
    del caller
    return _json(await store.customers(location, parameters(request, CustomerQuery)))


@router.get("/locations/{location}/customers/{customer_id}", **documents.answers(Customer))
async def get_customer(
    request: Request, location: LocationId, customer_id: CustomerPath, caller: Reader, store: StoreOf
) -> Response:
    """Return one customer with every address and number known for them."""
    del caller
    no_parameters(request)
    return _json(await store.customer(location, customer_id))


@router.post(
    "/locations/{location}/customers/{customer_id}/redaction",
    **documents.answers(Redacted),
    openapi_extra=documents.body(NewRedaction),
)
async def redact_customer(
    request: Request, location: LocationId, customer_id: CustomerPath, caller: Redactor, store: StoreOf, key: Key, body: Body
) -> Response:
    """Remove the personal data of all entries about a customer, each on record."""
    no_parameters(request)
    redaction = await body.model(NewRedaction)
    redacted = await store.redact_customer(location, caller.name, key, customer_id, redaction)
    answer = Redacted(entries=redacted, overwritten=await store.is_scrubbed())
    return Response(answer.model_dump_json(), media_type="application/json")
