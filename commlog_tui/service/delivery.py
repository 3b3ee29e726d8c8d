"""Routes of delivery events by message, workflow runs and resolutions."""

from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import Field, ValidationError

from commlog_tui.contract.base import RequestModel
from commlog_tui.contract.delivery import EventChannel, NewMessageEvent, UnmatchedEvents
from commlog_tui.contract.entry import Receipt
from commlog_tui.contract.identity import id_of_key
from commlog_tui.contract.page import MAX_BATCH, EventAnswer, EventAnswers
from commlog_tui.contract.query import ResolutionQuery, RunQuery, UnmatchedQuery
from commlog_tui.contract.resolution import NewResolution, Resolutions
from commlog_tui.contract.run import NewRun, Runs
from commlog_tui.records.decide import Appended
from commlog_tui.records.delivery_event import AppendEvent
from commlog_tui.records.errors import LogError
from commlog_tui.records.resolution import AppendResolution
from commlog_tui.records.run import AppendRun
from commlog_tui.service import documents
from commlog_tui.service.answers import json_answer
from commlog_tui.service.appending import append_item
from commlog_tui.service.bodies import BATCH_LIMIT, ENTRY_LIMIT, Body, content
from commlog_tui.service.json_values import has_more_values
from commlog_tui.service.problems import invalid, problem, problem_of
from commlog_tui.service.requests import (
    AUTHENTICATES,
    Clerk,
    Key,
    LocationId,
    Reader,
    Reporter,
    StoreOf,
    StrictRoute,
    charge_answer,
    query,
)

router = APIRouter(
    prefix="/v1/locations/{location}", tags=["delivery"], dependencies=[AUTHENTICATES], route_class=StrictRoute
)

_MAIL: Final = "mail"
"""Provider of messages without one: their events are bounces, which anybody can write."""


class _Batch(RequestModel):
    """Checked item by item, so that one that is wrong spoils no other."""

    items: list[Any] = Field(min_length=1, max_length=MAX_BATCH)


@router.post("/events", **documents.answers(Receipt, created=True), openapi_extra=documents.body(NewMessageEvent))
async def add_message_event(location: LocationId, caller: Reporter, store: StoreOf, body: Body) -> Response:
    """Record a delivery event about a provider's message, whether or not its entry is recorded yet.

    Message and event are its identity: a report repeated is a report known.
    """
    return await append_item(store, location, caller, _item(await body.model(NewMessageEvent)))


@router.post(
    "/events/batch", **documents.answers(EventAnswers), openapi_extra=documents.body(NewMessageEvent, many="items")
)
async def add_message_events(location: LocationId, caller: Reporter, store: StoreOf, body: Body) -> Response:
    """Record up to 500 events about providers' messages, each with an answer of its own."""
    read = await body.read(BATCH_LIMIT, _events)
    body.charge_refused_items(sum(isinstance(item, EventAnswer) for item in read))
    appends = [_item(item) for item in read if isinstance(item, NewMessageEvent)]
    recorded = iter(await store.append(location, caller.actor, appends) if appends else [])
    answers = [_answer(next(recorded)) if isinstance(item, NewMessageEvent) else item for item in read]
    return json_answer(EventAnswers(items=tuple(answers)))


@router.get("/events", **documents.answers(UnmatchedEvents), openapi_extra=documents.query(UnmatchedQuery))
async def list_unmatched_events(
    request: Request,
    location: LocationId,
    caller: Reader,
    store: StoreOf,
    asked: Annotated[UnmatchedQuery, query(UnmatchedQuery)],
) -> Response:
    """Return the events about messages that no entry names, newest record first."""
    return charge_answer(request, caller, json_answer(await store.unmatched_events(location, asked)))


@router.post("/runs", **documents.answers(Receipt, created=True), openapi_extra=documents.body(NewRun))
async def add_run(location: LocationId, caller: Reporter, store: StoreOf, body: Body) -> Response:
    """Record a report about a workflow run.

    The first report of an execution begins the run, later ones add to it. Execution, status and
    instant are its identity: a report repeated is a report known.
    """
    return await append_item(store, location, caller, AppendRun(await body.model(NewRun)))


@router.get("/runs", **documents.answers(Runs), openapi_extra=documents.query(RunQuery))
async def list_runs(
    request: Request, location: LocationId, caller: Reader, store: StoreOf, asked: Annotated[RunQuery, query(RunQuery)]
) -> Response:
    """Return workflow runs as their reports add up, those that were recorded last first."""
    return charge_answer(request, caller, json_answer(await store.runs(location, asked)))


@router.post("/resolutions", **documents.answers(Receipt, created=True), openapi_extra=documents.body(NewResolution))
async def add_resolution(location: LocationId, caller: Clerk, store: StoreOf, key: Key, body: Body) -> Response:
    """Record that somebody dealt with an entry that did not arrive, or a message that was never sent."""
    resolution = await body.model(NewResolution)
    return await append_item(store, location, caller, AppendResolution(id_of_key(key), resolution))


@router.get("/resolutions", **documents.answers(Resolutions), openapi_extra=documents.query(ResolutionQuery))
async def list_resolutions(
    request: Request,
    location: LocationId,
    caller: Reader,
    store: StoreOf,
    asked: Annotated[ResolutionQuery, query(ResolutionQuery)],
) -> Response:
    """Return resolutions, newest first."""
    return charge_answer(request, caller, json_answer(await store.resolutions(location, asked)))


def _item(event: NewMessageEvent) -> AppendEvent:
    channel = EventChannel.MAIL if event.message.provider == _MAIL else EventChannel.API
    return AppendEvent(None, None, event.event, event.message, channel)


def _events(raw: bytes) -> list[NewMessageEvent | EventAnswer]:
    """Return the events of a batch, or the answers to those that are refused."""
    return [_event(item) for item in content(raw, _Batch).items]


def _event(raw: object) -> NewMessageEvent | EventAnswer:
    if has_more_values(raw, ENTRY_LIMIT.values):
        detail = f"The item has more than {ENTRY_LIMIT.values} values, which no valid one has. Nothing was changed."
        return EventAnswer(status=422, problem=problem(422, "invalid", detail))
    try:
        return NewMessageEvent.model_validate(raw)
    except ValidationError as error:
        refused = invalid(error)
        return EventAnswer(status=refused.status, problem=refused)


def _answer(answer: Appended | LogError) -> EventAnswer:
    if isinstance(answer, LogError):
        refused = problem_of(answer)
        return EventAnswer(status=refused.status, problem=refused)
    receipt = Receipt.model_validate(msgspec.structs.asdict(answer.receipt))
    return EventAnswer(status=201 if answer.created else 200, receipt=receipt)
