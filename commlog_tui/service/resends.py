"""Routes of messages that are sent again."""

from typing import Annotated, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from commlog_tui.contract.entry import Receipt
from commlog_tui.contract.identity import id_of_key, ids_of_key
from commlog_tui.contract.problem import FieldProblem
from commlog_tui.contract.recipients import channel_for, recipient_fault
from commlog_tui.contract.resend import (
    EntryResends,
    NewCallOff,
    NewResend,
    ResendQuery,
    ResendState,
    Route,
)
from commlog_tui.contract.resend_list import ResendListQuery, Resends
from commlog_tui.records.call_off import AppendCallOff
from commlog_tui.records.errors import KeyReusedError, UnknownEntryError
from commlog_tui.records.resend import AppendResend
from commlog_tui.records.rows import DetailRow
from commlog_tui.service import documents
from commlog_tui.service.answers import json_answer
from commlog_tui.service.appending import append_item, entry_id_of
from commlog_tui.service.bodies import Body
from commlog_tui.service.outgoing import Ways
from commlog_tui.service.problems import ProblemError
from commlog_tui.service.requests import (
    AUTHENTICATES,
    Clerk,
    EntryId,
    Key,
    LocationId,
    Reader,
    StoreOf,
    StrictRoute,
    charge_answer,
    query,
)
from commlog_tui.service.resend_sender import ResendSender
from commlog_tui.service.resend_warnings import warnings_of

router = APIRouter(
    prefix="/v1/locations/{location}", tags=["resends"], dependencies=[AUTHENTICATES], route_class=StrictRoute
)

_TRIES: Final = 3
"""How often it is looked again where an attempt was made meanwhile."""
_BEING_SENT: Final = "It is being sent just now, so it can be called off no more."
_NOT_WAITING: Final = {
    "done": "It was sent already, so it can be called off no more.",
    "failed": "It could not be sent and is not tried again, so there is nothing to call off.",
    "uncertain": "It may have been sent already and is not tried again, so there is nothing to call off.",
    "called-off": "It was called off before, in other words.",
    "": "It is no longer on record.",
}


def _sender(request: Request) -> ResendSender:
    sender: ResendSender = request.app.state.resend_sender
    return sender


@router.post(
    "/entries/{entry_id}/resends",
    **documents.answers(Receipt, created=True),
    openapi_extra=documents.body(NewResend),
)
async def send_again(
    request: Request, location: LocationId, entry_id: EntryId, caller: Clerk, store: StoreOf, key: Key, body: Body
) -> Response:
    """Send a message again, or record that somebody has; the receipt is that of the resend.

    409 ``already-sent`` if it was sent again to this address before, unless ``again`` is set.
    """
    resend = await body.model(NewResend)
    sender = _sender(request)
    detail = await store.detail(location, entry_id_of(entry_id))
    route = Route.BY_HAND if resend.by_hand else _route(sender.ways, detail, resend, key)
    domain = sender.ways.smtp.domain if sender.ways.smtp is not None else ""
    item = AppendResend(id_of_key(key), detail.entry.id, resend, route, domain)
    answer = await append_item(store, location, caller, item)
    sender.wake()
    return answer


@router.post(
    "/entries/{entry_id}/call-offs",
    **documents.answers(Receipt, created=True),
    openapi_extra=documents.body(NewCallOff),
)
async def call_off(location: LocationId, entry_id: EntryId, caller: Clerk, store: StoreOf, body: Body) -> Response:
    """Call off a message that waits to be sent again. Repeating it is safe and gives the same receipt.

    409 ``not-waiting`` if it was sent, is being sent, or can be sent no more.
    """
    asked, state = await body.model(NewCallOff), ""
    for _ in range(_TRIES):
        detail = await store.detail(location, entry_id_of(entry_id))
        resend = next((one for one in detail.resends or () if one.id == asked.resend), None)
        if resend is None:
            raise UnknownEntryError("There is no such resend.")
        state = resend.state or ""
        if state not in {ResendState.WAITING.value, ResendState.CALLED_OFF.value}:
            break
        try:
            return await append_item(store, location, caller, AppendCallOff(resend.entry, resend.attempts, asked.why))
        except KeyReusedError:
            if state == ResendState.CALLED_OFF.value:
                break
    raise ProblemError(409, "not-waiting", f"{_NOT_WAITING.get(state, _BEING_SENT)} Nothing was changed.")


@router.get(
    "/entries/{entry_id}/resends", **documents.answers(EntryResends), openapi_extra=documents.query(ResendQuery)
)
async def list_entry_resends(
    request: Request,
    location: LocationId,
    entry_id: EntryId,
    caller: Reader,
    store: StoreOf,
    asked: Annotated[ResendQuery, query(ResendQuery)],
) -> Response:
    """Return how often a message was sent again, how it can be, and what to know of the address before."""
    detail = await store.detail(location, entry_id_of(entry_id))
    entry, to = detail.entry, asked.to or detail.entry.to
    routes = _sender(request).ways.routes_for(entry.via, to, has_text=entry.body is not None)
    answer = {
        "resends": detail.resends or (),
        "routes": [route.value for route in routes],
        "warnings": [one.model_dump(mode="json") for one in await warnings_of(store, location, detail, to)],
    }
    return charge_answer(request, caller, json_answer(answer))


@router.get("/resends", **documents.answers(Resends), openapi_extra=documents.query(ResendListQuery))
async def list_resends(
    request: Request,
    location: LocationId,
    caller: Reader,
    store: StoreOf,
    asked: Annotated[ResendListQuery, query(ResendListQuery)],
) -> Response:
    """Return messages that were sent again, newest first: what waits, what failed, with the attempts."""
    return charge_answer(request, caller, json_answer(await store.resends.page(location, asked)))


def _route(ways: Ways, detail: DetailRow, resend: NewResend, key: str) -> Route:
    """Return the way on which this service sends a message, or has recorded it under the key.

    Raises a problem without one.
    """
    entry = detail.entry
    if fault := recipient_fault(channel_for(entry.via, resend.to), resend.to):
        field = FieldProblem(field="to", message=fault)
        raise ProblemError(422, "invalid", "The content is not valid; nothing was sent.", fields=[field])
    route, *_ = ways.routes_for(entry.via, resend.to, has_text=entry.body is not None)
    if route is Route.BY_HAND:
        for known in detail.resends or ():
            if known.id in ids_of_key(key):
                return Route(known.route)
        words = "This service has no way to send this message. Nothing was sent; send it, and record that by hand."
        raise ProblemError(409, "no-route", words)
    return route
