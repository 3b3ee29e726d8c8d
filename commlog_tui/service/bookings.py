"""The route of a booking's checklist, computed from the location's rules and what is on record."""

from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import Response

from commlog_tui.contract.booking import BookingChecklist, BookingQuery
from commlog_tui.expectations.answers import answer_of
from commlog_tui.expectations.booking import checklist
from commlog_tui.expectations.gathering import booking_of
from commlog_tui.expectations.rules import Rule
from commlog_tui.expectations.rules_file import RulesError
from commlog_tui.service import documents
from commlog_tui.service.answers import json_answer
from commlog_tui.service.problems import ProblemError
from commlog_tui.service.requests import AUTHENTICATES, LocationId, Reader, StoreOf, StrictRoute, charge_answer, query

router = APIRouter(
    prefix="/v1/locations/{location}/booking", tags=["bookings"], dependencies=[AUTHENTICATES], route_class=StrictRoute
)


@router.get("", **documents.answers(BookingChecklist), openapi_extra=documents.query(BookingQuery))
async def get_booking(
    request: Request,
    location: LocationId,
    caller: Reader,
    store: StoreOf,
    asked: Annotated[BookingQuery, query(BookingQuery)],
) -> Response:
    """Return the checklist of a booking: what it should get, what it got, and what is missing.

    A booking that nothing is on record about has no lines. Of more than 200 entries, runs or
    resolutions the newest 200 are considered.
    """
    rules = _rules(request, location)
    zone = ZoneInfo((await store.location(location)).location.zone)
    found = await store.booking(location, asked)
    facts = booking_of(found.reference, found.code, found.details, found.runs, found.resolutions)
    answer = answer_of(checklist(facts, rules, datetime.now(UTC), zone), len(rules))
    return charge_answer(request, caller, json_answer(answer))


def _rules(request: Request, location: str) -> tuple[Rule, ...]:
    try:
        rules: tuple[Rule, ...] = request.app.state.rules().get(location, ())
    except RulesError as error:
        detail = f"The service cannot use its rules: {error} Nothing was changed."
        raise ProblemError(409, "expectations", detail) from None
    return rules
