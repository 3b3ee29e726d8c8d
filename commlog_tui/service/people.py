"""Routes of what is recorded about customers, beside the directory."""

from typing import Annotated, Final

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import TypeAdapter, ValidationError

from commlog_tui.contract.base import CustomerId
from commlog_tui.contract.customer_record import (
    ContactChanges,
    CustomerRecords,
    NewContact,
    NewLocalCustomer,
    NewMerge,
    NewPreference,
    PreferenceQuery,
    Preferences,
)
from commlog_tui.contract.entry import Receipt
from commlog_tui.contract.identity import id_of_key
from commlog_tui.records.contact import AppendContact
from commlog_tui.records.customer_rows import ContactRow
from commlog_tui.records.local_customer import AppendCustomer
from commlog_tui.records.merge import AppendMerge
from commlog_tui.records.preference import AppendPreference
from commlog_tui.service import documents
from commlog_tui.service.answers import json_answer
from commlog_tui.service.appending import append_item
from commlog_tui.service.bodies import Body
from commlog_tui.service.places import CustomerPath
from commlog_tui.service.requests import (
    AUTHENTICATES,
    Clerk,
    Key,
    LocationId,
    Reader,
    StoreOf,
    StrictRoute,
    Writer,
    charge_answer,
    query,
)
from commlog_tui.store.errors import UnknownCustomerError

router = APIRouter(
    prefix="/v1/locations/{location}", tags=["people"], dependencies=[AUTHENTICATES], route_class=StrictRoute
)

_CUSTOMER_ID: Final[TypeAdapter[str]] = TypeAdapter(CustomerId)


class _Contacts(msgspec.Struct, frozen=True):
    contacts: tuple[ContactRow, ...]


@router.post("/customers", **documents.answers(Receipt, created=True), openapi_extra=documents.body(NewLocalCustomer))
async def add_customer(location: LocationId, caller: Clerk, store: StoreOf, key: Key, body: Body) -> Response:
    """Record a customer of the log's own; the id is ``local-`` and 12 digits made of the key."""
    customer = await body.model(NewLocalCustomer)
    return await append_item(store, location, caller, AppendCustomer(id_of_key(key), customer))


@router.get("/customers/{customer_id}/records", **documents.answers(CustomerRecords))
async def get_customer_records(
    request: Request, location: LocationId, customer_id: CustomerPath, caller: Reader, store: StoreOf
) -> Response:
    """Return everything recorded about a customer and those merged with them, oldest first."""
    return charge_answer(request, caller, json_answer(await store.people.customer_records(location, customer_id)))


@router.get("/customers/{customer_id}/contacts", **documents.answers(ContactChanges))
async def list_contacts(
    request: Request, location: LocationId, customer_id: CustomerPath, caller: Reader, store: StoreOf
) -> Response:
    """Return the corrections of a customer's addresses and numbers, oldest first."""
    records = await store.people.customer_records(location, customer_id)
    return charge_answer(request, caller, json_answer(_Contacts(records.contacts)))


@router.post(
    "/customers/{customer_id}/contacts",
    **documents.answers(Receipt, created=True),
    openapi_extra=documents.body(NewContact),
)
async def add_contact(
    location: LocationId, customer_id: CustomerPath, caller: Clerk, store: StoreOf, key: Key, body: Body
) -> Response:
    """Record that a customer's address or number is another one; the old one stays on record."""
    contact = await body.model(NewContact)
    try:
        _CUSTOMER_ID.validate_python(customer_id)
    except ValidationError:
        raise UnknownCustomerError("There is no such customer.") from None
    return await append_item(store, location, caller, AppendContact(id_of_key(key), customer_id, contact))


@router.post("/merges", **documents.answers(Receipt, created=True), openapi_extra=documents.body(NewMerge))
async def add_merge(location: LocationId, caller: Clerk, store: StoreOf, key: Key, body: Body) -> Response:
    """Record that two ids are of one customer, or that they are not after all."""
    merge = await body.model(NewMerge)
    return await append_item(store, location, caller, AppendMerge(id_of_key(key), merge))


@router.post("/preferences", **documents.answers(Receipt, created=True), openapi_extra=documents.body(NewPreference))
async def add_preference(location: LocationId, caller: Writer, store: StoreOf, key: Key, body: Body) -> Response:
    """Record whether a customer, or whoever has an address or number, may be written to."""
    preference = await body.model(NewPreference)
    return await append_item(store, location, caller, AppendPreference(id_of_key(key), preference))


@router.get("/preferences", **documents.answers(Preferences), openapi_extra=documents.query(PreferenceQuery))
async def list_preferences(
    request: Request,
    location: LocationId,
    caller: Reader,
    store: StoreOf,
    asked: Annotated[PreferenceQuery, query(PreferenceQuery)],
) -> Response:
    """Return the preferences that hold now, of a customer with their numbers, or of an address."""
    return charge_answer(request, caller, json_answer(await store.people.preferences(location, asked)))
