"""Routes for those who run the service or program against it: is it alive, can it write, what does it do."""

import asyncio
from contextlib import suppress
from time import monotonic
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from commlog_tui.records.errors import LogError
from commlog_tui.service.requests import StoreOf, admit_probe, no_parameters
from commlog_tui.store.protocol import Store

_FRESH_SECONDS: Final = 1.0


class Readiness:
    """Whether a durable write works, tried once a second at most while it does, however many ask."""

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


router = APIRouter(tags=["operations"], include_in_schema=False)


@router.get("/healthz")
async def healthz(request: Request) -> Response:
    """Answer that the process is alive."""
    no_parameters(request)
    return Response('{"status":"ok"}', media_type="application/json")


@router.get("/readyz")
async def readyz(request: Request, store: StoreOf) -> Response:
    """Answer that a durable write works, by one of the last second that left no record: nobody needs a token to ask."""
    admit_probe(request)
    no_parameters(request)
    await request.app.state.readiness.check(store)
    if await store.is_scrubbed():
        return Response('{"status":"ready"}', media_type="application/json")
    return Response('{"status":"ready","redaction":"redacted; its bytes are being overwritten"}', media_type="application/json")


@router.get("/openapi.json")
async def openapi(request: Request) -> Response:
    """Return the OpenAPI 3.1 document of the API."""
    admit_probe(request)
    no_parameters(request)
    return JSONResponse(request.app.openapi())


@router.get("/metrics")
async def metrics(request: Request, store: StoreOf) -> Response:
    """Return counters and times by route, in Prometheus' text form; never an id or a name."""
    admit_probe(request)
    no_parameters(request)
    with suppress(LogError):  # what the service counts is told even where the log cannot be asked
        request.app.state.overwriting.set(not await store.is_scrubbed())
    return Response(generate_latest(request.app.state.registry), media_type=CONTENT_TYPE_LATEST)
