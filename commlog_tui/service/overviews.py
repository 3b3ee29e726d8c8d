"""Routes of what is derived from many entries: statistics and the worklist."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response
from msgspec import structs

from commlog_tui.contract.statistics import Statistics, StatisticsQuery
from commlog_tui.contract.worklist import Worklist, WorklistQuery
from commlog_tui.service import documents
from commlog_tui.service.answers import json_answer
from commlog_tui.service.overdue import OverdueIndex
from commlog_tui.service.requests import (
    AUTHENTICATES,
    LocationId,
    Reader,
    StoreOf,
    StrictRoute,
    charge_answer,
    query,
)

router = APIRouter(
    prefix="/v1/locations/{location}", tags=["overviews"], dependencies=[AUTHENTICATES], route_class=StrictRoute
)


@router.get(
    "/statistics",
    **documents.answers(Statistics),
    openapi_extra=documents.query(StatisticsQuery),
)
async def get_statistics(
    request: Request,
    location: LocationId,
    caller: Reader,
    store: StoreOf,
    asked: Annotated[StatisticsQuery, query(StatisticsQuery)],
) -> Response:
    """Return how many entries of which channel and kind came how far, by hour, day or week."""
    return charge_answer(request, caller, json_answer(await store.statistics(location, asked)))


@router.get("/worklist", **documents.answers(Worklist), openapi_extra=documents.query(WorklistQuery))
async def get_worklist(
    request: Request,
    location: LocationId,
    caller: Reader,
    store: StoreOf,
    asked: Annotated[WorklistQuery, query(WorklistQuery)],
) -> Response:
    """Return messages that did not arrive and were not dealt with, soonest booking first.

    The first page has beside them what the location's rules say that bookings should have got by now.
    """
    rows = await store.worklist(location, asked, datetime.now(UTC))
    if asked.cursor is None:
        index: OverdueIndex = request.app.state.overdue
        found = await index.overdue(location)
        rows = structs.replace(
            rows,
            overdue=found.messages,
            overdue_complete=found.is_complete,
            overdue_note=found.note,
            changes_in=min((one for one in (rows.changes_in, found.changes_in) if one is not None), default=None),
        )
    return charge_answer(request, caller, json_answer(rows))
