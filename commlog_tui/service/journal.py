"""What is written down of every request: method, route, status and time. No query, no body, no name, no token."""

import re
import sys
from time import perf_counter
from typing import Final
from uuid import uuid4

import structlog
from prometheus_client import CollectorRegistry, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SANE_ID: Final = re.compile(rb"[A-Za-z0-9_-]{1,64}")
_log = structlog.wrap_logger(structlog.PrintLogger(sys.stderr))


class Journal:
    """Middleware: gives every answer its request id and security headers, and notes how it went."""

    def __init__(self, app: ASGIApp, registry: CollectorRegistry, *, quiet: bool) -> None:
        self._quiet = quiet
        self._app = app
        self._seconds = Histogram(
            "commlog_request_seconds", "Time to the first byte of the answer", ["method", "route", "status"], registry=registry
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = perf_counter()
        given = dict(scope["headers"]).get(b"x-request-id", b"")
        request_id = given if _SANE_ID.fullmatch(given) else uuid4().hex.encode()

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"x-request-id", request_id), (b"cache-control", b"no-store")]
                self._note(scope, message["status"], perf_counter() - began, request_id.decode())
            await send(message)

        await self._app(scope, receive, told)

    def _note(self, scope: Scope, status: int, seconds: float, request_id: str) -> None:
        route = getattr(scope.get("route"), "path", "unknown")
        method = scope["method"] if scope["method"] in {"GET", "POST"} else "OTHER"
        self._seconds.labels(method, route, status).observe(seconds)
        if not self._quiet:
            _log.info("request", method=method, route=route, status=status, ms=round(seconds * 1000, 1), request_id=request_id)
