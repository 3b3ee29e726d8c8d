"""Routes of tasks and of shift handovers."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import Response

from commlog_tui.contract.entry import NewRedaction, Receipt, RedactionReceipt
from commlog_tui.contract.handover import Handover, Handovers, NewHandover, NewTaking
from commlog_tui.contract.identity import id_of_key
from commlog_tui.contract.query import ListQuery
from commlog_tui.contract.task import NewTask, NewTaskChange, Task, TaskQuery, Tasks
from commlog_tui.records.handover import AppendHandover, AppendTaking
from commlog_tui.records.redaction import AppendRedaction
from commlog_tui.records.task import AppendTask, AppendTaskChange
from commlog_tui.service import documents
from commlog_tui.service.answers import json_answer
from commlog_tui.service.appending import append_item, appended, entry_id_of
from commlog_tui.service.bodies import Body
from commlog_tui.service.requests import (
    AUTHENTICATES,
    Clerk,
    HandoverId,
    Key,
    LocationId,
    Reader,
    Redactor,
    StoreOf,
    StrictRoute,
    TaskId,
    charge_answer,
    query,
)
from commlog_tui.service.tokens import Caller
from commlog_tui.store.protocol import Store

router = APIRouter(
    prefix="/v1/locations/{location}", tags=["work"], dependencies=[AUTHENTICATES], route_class=StrictRoute
)


@router.post("/tasks", **documents.answers(Receipt, created=True), openapi_extra=documents.body(NewTask))
async def add_task(location: LocationId, caller: Clerk, store: StoreOf, key: Key, body: Body) -> Response:
    """Record a task; 404 if it is about an entry that is not there."""
    task = await body.model(NewTask)
    return await append_item(store, location, caller, AppendTask(id_of_key(key), task))


@router.get("/tasks", **documents.answers(Tasks), openapi_extra=documents.query(TaskQuery))
async def list_tasks(
    request: Request,
    location: LocationId,
    caller: Reader,
    store: StoreOf,
    asked: Annotated[TaskQuery, query(TaskQuery)],
) -> Response:
    """Return tasks: open ones soonest due first, done ones latest due first."""
    return charge_answer(request, caller, json_answer(await store.work.tasks(location, asked)))


@router.get("/tasks/{task_id}", **documents.answers(Task))
async def get_task(request: Request, location: LocationId, task_id: TaskId, caller: Reader, store: StoreOf) -> Response:
    """Return a task as its changes left it, with these."""
    return charge_answer(request, caller, json_answer(await store.work.task(location, entry_id_of(task_id))))


@router.post(
    "/tasks/{task_id}/changes",
    **documents.answers(Receipt, created=True),
    openapi_extra=documents.body(NewTaskChange),
)
async def change_task(
    location: LocationId, task_id: TaskId, caller: Clerk, store: StoreOf, key: Key, body: Body
) -> Response:
    """Record that a task was done, postponed, given to somebody or reopened."""
    change = await body.model(NewTaskChange)
    return await append_item(store, location, caller, AppendTaskChange(id_of_key(key), entry_id_of(task_id), change))


@router.post(
    "/tasks/{task_id}/redaction",
    **documents.answers(RedactionReceipt, created=True),
    openapi_extra=documents.body(NewRedaction),
)
async def redact_task(
    location: LocationId, task_id: TaskId, caller: Redactor, store: StoreOf, key: Key, body: Body
) -> Response:
    """Remove the words of a task and of its changes for good; it is no longer listed."""
    task = await store.work.task(location, entry_id_of(task_id))
    return await _redacted(location, task.id, caller, store, key, await body.model(NewRedaction))


@router.post("/handovers", **documents.answers(Receipt, created=True), openapi_extra=documents.body(NewHandover))
async def sign_handover(location: LocationId, caller: Clerk, store: StoreOf, key: Key, body: Body) -> Response:
    """Record that a shift was signed off."""
    handover = await body.model(NewHandover)
    return await append_item(store, location, caller, AppendHandover(id_of_key(key), handover))


@router.get("/handovers", **documents.answers(Handovers), openapi_extra=documents.query(ListQuery))
async def list_handovers(
    request: Request,
    location: LocationId,
    caller: Reader,
    store: StoreOf,
    asked: Annotated[ListQuery, query(ListQuery)],
) -> Response:
    """Return handovers with who took them over, newest record first."""
    return charge_answer(request, caller, json_answer(await store.work.handovers(location, asked)))


@router.get("/handovers/{handover_id}", **documents.answers(Handover))
async def get_handover(
    request: Request, location: LocationId, handover_id: HandoverId, caller: Reader, store: StoreOf
) -> Response:
    """Return a handover with who took it over."""
    return charge_answer(request, caller, json_answer(await store.work.handover(location, entry_id_of(handover_id))))


@router.post(
    "/handovers/{handover_id}/takings",
    **documents.answers(Receipt, created=True),
    openapi_extra=documents.body(NewTaking),
)
async def take_handover(
    location: LocationId, handover_id: HandoverId, caller: Clerk, store: StoreOf, key: Key, body: Body
) -> Response:
    """Record that somebody takes a handover over."""
    taking = await body.model(NewTaking)
    return await append_item(store, location, caller, AppendTaking(id_of_key(key), entry_id_of(handover_id), taking))


@router.post(
    "/handovers/{handover_id}/redaction",
    **documents.answers(RedactionReceipt, created=True),
    openapi_extra=documents.body(NewRedaction),
)
async def redact_handover(
    location: LocationId, handover_id: HandoverId, caller: Redactor, store: StoreOf, key: Key, body: Body
) -> Response:
    """Remove the words of a handover and the names of who took it over for good."""
    handover = await store.work.handover(location, entry_id_of(handover_id))
    return await _redacted(location, handover.id, caller, store, key, await body.model(NewRedaction))


async def _redacted(
    location: str, record_id: str, caller: Caller, store: Store, key: str, redaction: NewRedaction
) -> Response:
    answer = await appended(store, location, caller, AppendRedaction(id_of_key(key), record_id, redaction))
    receipt = msgspec.structs.asdict(answer.receipt) | {"overwritten": await store.is_scrubbed()}
    return json_answer(receipt, 201 if answer.created else 200)
