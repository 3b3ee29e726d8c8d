"""What is written down of every request: method, route, status and time.

No query, no body, no name, no token.
"""

import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from random import Random
from time import perf_counter
from traceback import extract_tb
from typing import Final

from prometheus_client import CollectorRegistry, Histogram
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from commlog_tui.service import problems
from commlog_tui.service.requests import CONNECTION

_SANE_ID: Final = re.compile(rb"[A-Za-z0-9_-]{1,64}")
_ONCE: Final = {
    *(
        b"authorization",
        b"content-encoding",
        b"content-length",
        b"content-type",
        b"host",
        b"idempotency-key",
        b"last-event-id",
    ),
    b"x-request-id",
}
"""Headers of which a second would be dropped without a word."""
_SEPARATOR: Final = re.compile(rb"%(2f|5c)", re.IGNORECASE)
_QUOTED: Final = re.compile(r"""[ ="]""")
_MOST_PARAMETERS: Final = 100
_FRAMES: Final = 6


class Journal:
    """Middleware.

    Gives every answer its request id and cache header, answers faults, and notes how it went.
    """

    def __init__(self, app: ASGIApp, registry: CollectorRegistry, *, quiet: bool) -> None:
        self._quiet = quiet
        self._app = app
        self._seconds = Histogram(
            "commlog_request_seconds",
            "Time to the first byte of the answer",
            ["method", "route", "status"],
            registry=registry,
        )
        self._observers: dict[tuple[str, str, int], Callable[[float], None]] = {}
        self._random = Random()  # noqa: S311 - request ids name requests, and protect nothing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = perf_counter()
        given = dict(scope["headers"]).get(b"x-request-id", b"")
        request_id = given if _SANE_ID.fullmatch(given) else b"%032x" % self._random.getrandbits(128)
        answered = False

        async def send_noted(message: Message) -> None:
            nonlocal answered
            if message["type"] == "http.response.start":
                answered = True
                if message["status"] == HTTPStatus.TOO_MANY_REQUESTS and (
                    connection := scope.get("state", {}).get(CONNECTION)
                ):
                    connection.rest()
                message["headers"] = [
                    *message["headers"],
                    (b"x-request-id", request_id),
                    (b"cache-control", b"no-store"),
                ]
                self._note(scope, message["status"], perf_counter() - began, request_id.decode())
            await send(message)

        app = problems.crowded() if problems.CROWDED in scope.get("state", ()) else _refusal(scope) or self._app
        try:
            await app(scope, receive, send_noted)
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller gets a problem and the log no data
            write_line("fault", error=type(error).__name__, where=_places(error), request_id=request_id.decode())
            if not answered:
                await problems.unexpected()(scope, receive, send_noted)

    def _note(self, scope: Scope, status: int, seconds: float, request_id: str) -> None:
        route = getattr(scope.get("route"), "path", "unknown")
        method = scope["method"] if scope["method"] in {"GET", "POST"} else "OTHER"
        observe = self._observers.get((method, route, status))
        if observe is None:
            observe = self._observers[method, route, status] = self._seconds.labels(method, route, status).observe
        observe(seconds)
        if not self._quiet:  # nothing in the line needs quoting
            ms = round(seconds * 1000, 1)
            _write(f"event=request method={method} route={route} status={status} ms={ms} request_id={request_id}")


def _refusal(scope: Scope) -> ASGIApp | None:
    """Return the answer to a request that is ambiguous or too long; None for any other."""
    given = [name for name, _ in scope["headers"] if name in _ONCE]
    if len(set(given)) != len(given):
        return problems.ambiguous("A header is given more than once that has one value. Nothing was changed.")
    if _SEPARATOR.search(scope.get("raw_path") or b""):
        return problems.ambiguous("A part of the address has an encoded slash. Nothing was changed.")
    if scope["query_string"].count(b"&") >= _MOST_PARAMETERS:  # the framework splits them before any route is asked
        return problems.ambiguous("There are more parameters than any call takes.")
    return None


def _places(error: Exception) -> str:
    """Return where an error came from, innermost first.

    Its message is left out: it may carry somebody's data.
    """
    frames = reversed(extract_tb(error.__traceback__)[-_FRAMES:])
    return " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames)


def write_line(event: str, **details: object) -> None:
    """Write one line of logfmt to standard error.

    When, what, and details that are nobody's data.
    """
    fields = {"event": event, **details}
    _write(" ".join(f"{name}={_logfmt(str(value))}" for name, value in fields.items()))


def _write(line: str) -> None:
    """Write a line with the present instant before it."""
    at = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    sys.stderr.write(f"at={at} {line}\n")
    sys.stderr.flush()


def _logfmt(value: str) -> str:
    """Return a value of logfmt on one line.

    In quotes where it has a space, a quote or an equals sign.
    """
    if not _QUOTED.search(value):
        return value.replace("\n", "\\n")
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
