"""Routes of entries and of the records about them."""

from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import Field, TypeAdapter, ValidationError

from commlog_tui.contract.base import RequestModel
from commlog_tui.contract.delivery import NewEvent
from commlog_tui.contract.entry import (
    EntryDetail,
    NewCorrection,
    NewEntry,
    NewRedaction,
    Receipt,
    RedactionReceipt,
    Source,
)
from commlog_tui.contract.identity import id_of_key
from commlog_tui.contract.location import Permission
from commlog_tui.contract.page import MAX_BATCH, BatchAnswer, BatchAnswers, BatchItem, IdempotencyKey, MatchingIds, Page
from commlog_tui.contract.problem import Problem
from commlog_tui.contract.query import IdQuery, PageRequest
from commlog_tui.records.correction import AppendCorrection
from commlog_tui.records.decide import Appended
from commlog_tui.records.delivery_event import AppendEvent
from commlog_tui.records.entry import AppendEntry
from commlog_tui.records.errors import LogError
from commlog_tui.records.redaction import AppendRedaction
from commlog_tui.service import documents
from commlog_tui.service.answers import json_answer
from commlog_tui.service.appending import append_item, appended, entry_id_of
from commlog_tui.service.bodies import BATCH_LIMIT, ENTRY_LIMIT, Body, content
from commlog_tui.service.json_values import has_more_values
from commlog_tui.service.problems import ProblemError, invalid, problem, problem_of
from commlog_tui.service.requests import (
    AUTHENTICATES,
    READS,
    Corrector,
    EntryId,
    Key,
    LocationId,
    OptionalKey,
    Reader,
    Redactor,
    Reporter,
    StoreOf,
    StrictRoute,
    Writer,
    charge_answer,
    query,
)
from commlog_tui.service.tokens import Caller

router = APIRouter(
    prefix="/v1/locations/{location}/entries", tags=["entries"], dependencies=[AUTHENTICATES], route_class=StrictRoute
)

_KEY: Final[TypeAdapter[str]] = TypeAdapter(IdempotencyKey)


class _Batch(RequestModel):
    """Checked item by item, so that one that is wrong spoils no other."""

    items: list[Any] = Field(min_length=1, max_length=MAX_BATCH)


@router.get("", **documents.answers(Page), openapi_extra=documents.query(PageRequest))
async def list_entries(
    request: Request,
    location: LocationId,
    caller: Reader,
    store: StoreOf,
    asked: Annotated[PageRequest, query(PageRequest)],
) -> Response:
    """Return a page of the log, newest first.

    A page of large entries has fewer than the limit; go on with its cursors.
    """
    return charge_answer(request, caller, json_answer(await store.page(location, asked)))


@router.post("", **documents.answers(Receipt, created=True), openapi_extra=documents.body(NewEntry))
async def add_entry(location: LocationId, caller: Writer, store: StoreOf, key: Key, body: Body) -> Response:
    """Record an entry; 201 once it is durable, 200 if it was there before."""
    entry = await body.model(NewEntry)
    _may_add(caller, entry)
    return await append_item(store, location, caller, AppendEntry(id_of_key(key), entry))


@router.post("/batch", **documents.answers(BatchAnswers), openapi_extra=documents.body(BatchItem, many="items"))
async def add_batch(location: LocationId, caller: Writer, store: StoreOf, body: Body) -> Response:
    """Record up to 500 entries, each under its own key and with an answer of its own."""
    read = await body.read(BATCH_LIMIT, lambda raw: _items(raw, caller))
    body.charge_refused_items(sum(isinstance(item, BatchAnswer) for item in read))
    appends = [AppendEntry(id_of_key(item.key), item.entry) for item in read if isinstance(item, BatchItem)]
    recorded = iter(await store.append(location, caller.actor, appends) if appends else [])
    answers = [_batch_answer(item.key, next(recorded)) if isinstance(item, BatchItem) else item for item in read]
    return json_answer(BatchAnswers(items=tuple(answers)))


@router.get("/ids", **documents.answers(MatchingIds), dependencies=[READS], openapi_extra=documents.query(IdQuery))
async def list_ids(location: LocationId, store: StoreOf, asked: Annotated[IdQuery, query(IdQuery)]) -> Response:
    """Return the ids of entries that begin with a prefix: of one that stands for its entry, one."""
    return json_answer(await store.matching_ids(location, asked))


@router.get("/{entry_id}", **documents.answers(EntryDetail, tagged=True))
async def get_entry(
    request: Request, location: LocationId, entry_id: EntryId, caller: Reader, store: StoreOf
) -> Response:
    """Return an entry with its events, corrections and receipt."""
    detail = await store.detail(location, entry_id_of(entry_id))
    later = [*(event.seq for event in detail.events), *(correction.seq for correction in detail.corrections)]
    later += [detail.redaction.seq] if detail.redaction else []
    later += [other.seq for other in detail.other]
    later += [resolution.seq for resolution in detail.resolutions or ()]
    later += [resend.seq for resend in detail.resends or ()]
    last = max(later, default=detail.receipt.seq)
    progress = "".join(f"-{one.state}.{one.attempts}.{one.status}" for one in detail.resends or ())
    tag = f'"{detail.receipt.seq}-{last}{progress}"'
    known = {part.strip().removeprefix("W/") for part in request.headers.get("if-none-match", "").split(",")}
    if known & {tag, "*"}:
        return Response(None, 304, {"ETag": tag})
    return charge_answer(request, caller, json_answer(detail, 200, {"ETag": tag}))


@router.post("/{entry_id}/events", **documents.answers(Receipt, created=True), openapi_extra=documents.body(NewEvent))
async def add_event(
    location: LocationId,
    entry_id: EntryId,
    caller: Reporter,
    store: StoreOf,
    body: Body,
    key: OptionalKey = None,
) -> Response:
    """Record a delivery event of an automated entry.

    Without a key, repeating an event is a no-op.
    """
    entry = entry_id_of(entry_id)
    event = await body.model(NewEvent)
    event_id = None if key is None else id_of_key(key)
    return await append_item(store, location, caller, AppendEvent(event_id, entry, event))


@router.post(
    "/{entry_id}/corrections", **documents.answers(Receipt, created=True), openapi_extra=documents.body(NewCorrection)
)
async def add_correction(
    location: LocationId, entry_id: EntryId, caller: Corrector, store: StoreOf, key: Key, body: Body
) -> Response:
    """Record a correction of a manual entry."""
    correction = await body.model(NewCorrection)
    return await append_item(
        store, location, caller, AppendCorrection(id_of_key(key), entry_id_of(entry_id), correction)
    )


@router.post(
    "/{entry_id}/redaction",
    **documents.answers(RedactionReceipt, created=True),
    openapi_extra=documents.body(NewRedaction),
)
async def add_redaction(
    location: LocationId, entry_id: EntryId, caller: Redactor, store: StoreOf, key: Key, body: Body
) -> Response:
    """Remove the personal data of an entry for good, and record that and why.

    Its position and its proof remain.
    """
    redaction = await body.model(NewRedaction)
    answer = await appended(store, location, caller, AppendRedaction(id_of_key(key), entry_id_of(entry_id), redaction))
    receipt = msgspec.structs.asdict(answer.receipt) | {"overwritten": await store.is_scrubbed()}
    return json_answer(receipt, 201 if answer.created else 200)


def _may_add(caller: Caller, entry: NewEntry) -> None:
    manual = entry.source is Source.MANUAL
    if (Permission.ADD_MANUAL if manual else Permission.ADD_AUTOMATED) not in caller.permissions:
        kind = "manual" if manual else "automated"
        detail = f"A token with the role {caller.role.value} may not add {kind} entries. Nothing was changed."
        raise ProblemError(403, "not-permitted", detail)


def _items(raw: bytes, caller: Caller) -> list[BatchItem | BatchAnswer]:
    """Return the items of a batch, or the answers to those that are refused."""
    return [_item(item, caller) for item in content(raw, _Batch).items]


def _item(raw: object, caller: Caller) -> BatchItem | BatchAnswer:
    if has_more_values(raw, ENTRY_LIMIT.values):
        detail = f"The item has more than {ENTRY_LIMIT.values} values, which no valid one has. Nothing was changed."
        return _refusal(raw, problem(422, "invalid", detail))
    try:
        item = BatchItem.model_validate(raw)
        _may_add(caller, item.entry)
    except ValidationError as error:
        return _refusal(raw, invalid(error))
    except ProblemError as error:
        return _refusal(raw, error.problem)
    return item


def _refusal(raw: Any, fault: Problem) -> BatchAnswer:  # noqa: ANN401 - whatever was sent
    try:
        key = _KEY.validate_python(raw.get("key") if isinstance(raw, dict) else None)
    except ValidationError:
        key = ""
    return BatchAnswer(key=key, status=fault.status, problem=fault)


def _batch_answer(key: str, answer: Appended | LogError) -> BatchAnswer:
    if isinstance(answer, LogError):
        fault = problem_of(answer)
        return BatchAnswer(key=key, status=fault.status, problem=fault)
    receipt = Receipt.model_validate(msgspec.structs.asdict(answer.receipt))
    return BatchAnswer(key=key, status=201 if answer.created else 200, receipt=receipt)
