"""Routes for operations: health, readiness and metrics."""

import asyncio
from contextlib import suppress
from time import monotonic
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from commlog_tui.records.errors import LogError
from commlog_tui.service.answers import json_answer
from commlog_tui.service.requests import PROBE, StoreOf, StrictRoute
from commlog_tui.store.protocol import Store

_FRESH_SECONDS: Final = 1.0


class Readiness:
    """Whether durable writes work, checked at most once a second for all callers."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._until = 0.0

    async def check(self, store: Store) -> None:
        """Raise what the store raises when it cannot be written."""
        async with self._turn:
            if monotonic() >= self._until:
                await store.check_writable()
                self._until = monotonic() + _FRESH_SECONDS


def overwriting_gauge(registry: CollectorRegistry) -> Gauge:
    """Return what tells whether redacted bytes are still to be overwritten."""
    words = "1 while bytes of something redacted are still to be overwritten in the log's file, else 0"
    return Gauge("commlog_redaction_overwriting", words, registry=registry)


router = APIRouter(tags=["operations"], include_in_schema=False, route_class=StrictRoute)


@router.get("/healthz")
async def healthz() -> Response:
    """Answer that the process is alive."""
    return json_answer({"status": "ok"})


@router.get("/readyz", dependencies=[PROBE])
async def readyz(request: Request, store: StoreOf) -> Response:
    """Readiness check: a durable write succeeded within the last second. No token is needed."""
    await request.app.state.readiness.check(store)
    is_due = await store.is_scrubbed() is False
    overwriting = {"redaction": "redacted; its bytes are being overwritten"} if is_due else {}
    return json_answer({"status": "ready"} | overwriting)


@router.get("/openapi.json", dependencies=[PROBE])
async def openapi(request: Request) -> Response:
    """Return the OpenAPI 3.1 document of the API."""
    return json_answer(request.app.openapi())


@router.get("/metrics", dependencies=[PROBE])
async def metrics(request: Request, store: StoreOf) -> Response:
    """Return counters and times by route, in Prometheus' text form; never an id or a name."""
    with suppress(LogError):  # the service's own counters are given even where the log cannot be read
        request.app.state.overwriting.set(await store.is_scrubbed() is False)
    return Response(generate_latest(request.app.state.registry), media_type=CONTENT_TYPE_LATEST)
