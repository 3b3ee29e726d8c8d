"""The route of a location's webhooks: when they last reported, and whether they are silent."""

import asyncio
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import Response

from commlog_tui.contract.hooks import Hook, Hooks
from commlog_tui.providers.registry import PROVIDERS
from commlog_tui.providers.silence import HISTORY, ReportedHour, silent_since
from commlog_tui.service import documents
from commlog_tui.service.answers import json_answer
from commlog_tui.service.requests import AUTHENTICATES, LocationId, Reader, StoreOf, StrictRoute, charge_answer

router = APIRouter(
    prefix="/v1/locations/{location}/hooks", tags=["hooks"], dependencies=[AUTHENTICATES], route_class=StrictRoute
)


@router.get("", **documents.answers(Hooks))
async def list_hooks(request: Request, location: LocationId, caller: Reader, store: StoreOf) -> Response:
    """Return the webhooks of delivery providers with their last reports.

    A webhook is silent when it has reported nothing for longer than usual, as far as four weeks of
    reports say what is usual at this time of the week.
    """
    zone = ZoneInfo((await store.location(location)).location.zone)
    file, now, hooks = request.app.state.hooks.file, datetime.now(UTC), []
    for slug in [] if file is None else await asyncio.to_thread(file.providers, location):
        provider = PROVIDERS.get(slug)
        if provider is not None:
            reported = await store.reported_hours(location, provider.reporter, HISTORY)
            hours = [ReportedHour(first, last) for first, last in reported]
            last = hours[-1].last if hours else None
            silent = silent_since(hours, zone, now)
            hooks.append(Hook(provider=slug, name=provider.name, last_at=last, silent_since=silent))
    return charge_answer(request, caller, json_answer(Hooks(hooks=tuple(hooks))))
