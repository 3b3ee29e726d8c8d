"""Bodies of requests: read within bounds of size, parts, memory and time, and turned into models.

A body that is too large, or has too many values, is refused while it arrives, before it is parsed.
Large bodies are parsed in a thread of their own, so that nobody waits for them.
"""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Final, TypeVar, cast

from fastapi import Depends, Request
from pydantic import BaseModel, ValidationError

from commlog_tui.contract.page import MAX_BATCH
from commlog_tui.service.json_values import no_json, parse
from commlog_tui.service.limits import body_cost, refusal_cost, refused_items_cost
from commlog_tui.service.problems import ProblemError, invalid
from commlog_tui.service.requests import Authenticated, limiter_of
from commlog_tui.service.tokens import Caller

Model = TypeVar("Model", bound=BaseModel)
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class BodyLimit:
    """How large a body may be, in bytes and in values of its JSON."""

    size: int
    values: int


ENTRY_LIMIT: Final = BodyLimit(1 << 20, 1_000)
"""An entry with every list full has some 750 values."""
BATCH_LIMIT: Final = BodyLimit(8 << 20, MAX_BATCH * 400)
MOST_DEPTH: Final = 32
_SMALL: Final = 64 << 10
"""Bytes up to which a body is parsed at once and counts against no budget."""
_TOKEN_SHARE: Final = 3 / 8
"""Of the budget; three of the largest batches, which is what an import has under way."""

_STRING: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_WHOLE: Final = re.compile(rb'(?:[^"]++|"(?:[^"\\]++|\\.)*+")*+', re.DOTALL)
"""Up to a string that does not end: matched first, as no other pattern may begin inside it."""
_NO_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))


def fits_plainly(raw: bytes, limit: BodyLimit) -> bool:
    """Whether a JSON text is within the limit, even if all that looks like structure were."""
    brackets = raw.count(b"[") + raw.count(b"{")
    return brackets <= MOST_DEPTH and brackets + raw.count(b",") <= limit.values


class Structure:
    """Counts the values of a JSON text while its bytes arrive."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._count = 0
        self._depth = 0
        self._rest = b""

    def feed(self, chunk: bytes) -> None:
        """Count the next bytes. Raises a problem for too many values or too much depth."""
        text = self._rest + chunk
        whole = cast("re.Match[bytes]", _WHOLE.match(text)).end()
        outside, rest = _STRING.sub(b"", text[:whole]), text[whole:]
        escaping = (len(rest) - len(rest.rstrip(b"\\"))) % 2
        self._rest = rest[:1] + b"\\" * escaping  # of a string that goes on, how it may end is all that counts
        self._count += outside.count(b",") + outside.count(b"[") + outside.count(b"{")
        if self._count > self._most:
            detail = f"The body has more than {self._most} values, which no valid one has. Nothing was changed."
            raise ProblemError(422, "invalid", detail)
        for bracket in outside.translate(None, _NO_BRACKETS):
            self._depth += 1 if bracket in b"[{" else -1
            if self._depth > MOST_DEPTH:
                raise no_json()


class Budget:
    """Bytes of large bodies under way, in all and by token."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: Counter[str] = Counter()

    def reserve(self, token: str, size: int) -> None:
        """Hold more bytes. Raises a problem if the token or the service holds too many."""
        if self._held[token] + size > max(self._most * _TOKEN_SHARE, _SMALL):
            detail = "This token has too many large bodies under way. Nothing was changed. Ask again in a second."
            raise ProblemError(429, "rate", detail, headers={"Retry-After": "1"})
        if self._held.total() + size > self._most:
            detail = (
                "The service has as many large bodies under way as it can. Nothing was changed. Ask again in a second."
            )
            raise ProblemError(503, "busy", detail, headers={"Retry-After": "1"})
        self._held[token] += size

    def release(self, token: str, size: int) -> None:
        """Let go of bytes that were held."""
        self._held[token] -= size
        self._held += Counter()  # drops what stands at none


class Parser:
    """Parses large bodies, one at a time, in a thread; small ones at once."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "commlog-parser")
        self._turn = asyncio.Lock()

    async def run(self, work: Callable[[bytes], Result], raw: bytes, admit: Callable[[], None]) -> Result:
        """Return what the work makes of a body.

        A large one is admitted, or refused, when its turn comes: those before it may have cost too
        much.
        """
        if len(raw) <= _SMALL:
            return work(raw)
        async with self._turn:
            admit()
            return await asyncio.get_running_loop().run_in_executor(self._thread, work, raw)

    def close(self) -> None:
        """End the thread."""
        self._thread.shutdown()


class IncomingBody:
    """The body of one request, and its share of the memory budget until the answer."""

    def __init__(self, request: Request, caller: Caller) -> None:
        self._request = request
        self._caller = caller
        self._token = caller.token or ""
        self._limiter = limiter_of(request)
        self._size = 0
        self._budget: Budget = request.app.state.body_budget
        self._parser: Parser = request.app.state.parser
        self._held = 0

    async def model(self, model: type[Model]) -> Model:
        """Return the body as a model. Raises a problem: see ``read``; 422 for what is not valid."""
        return await self.read(ENTRY_LIMIT, lambda raw: content(raw, model))

    async def read(self, limit: BodyLimit, work: Callable[[bytes], Result]) -> Result:
        """Return what the work makes of a JSON body.

        Raises a problem: 415 for other media types, 413 and 422 beyond the limit however it is
        sent, 400 for what is not JSON, 429 and 503 where too much is under way, or this token was
        used for too much. What is refused for itself costs more.
        """
        try:
            return await self._read(limit, work)
        except ProblemError as error:
            if error.problem.status not in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}:
                self._charge(refusal_cost(min(self._size, BATCH_LIMIT.size)))
            raise

    def charge_refused_items(self, count: int) -> None:
        """Count the items of this batch that were refused for themselves."""
        self._charge(refused_items_cost(count))

    async def _read(self, limit: BodyLimit, work: Callable[[bytes], Result]) -> Result:
        self._size = int(self._request.headers.get("content-length", "0"))
        _require_json(self._request)
        if self._size > limit.size:
            raise _too_large(limit)
        self._hold(self._size)
        structure, raw = Structure(limit.values), bytearray()
        async for chunk in self._request.stream():
            raw += chunk
            self._size = max(self._size, len(raw))
            if len(raw) > limit.size:
                raise _too_large(limit)
            self._hold(len(raw))
            if len(chunk) != self._size or not fits_plainly(chunk, limit):
                structure.feed(chunk)
        return await self._parser.run(work, bytes(raw), self._admit)

    def _admit(self) -> None:
        self._limiter.require_room(self._caller, self._request.method)
        self._charge(body_cost(self._size))

    def _charge(self, cost: int) -> None:
        self._limiter.charge(self._caller, self._request.method, cost)

    def _hold(self, size: int) -> None:
        if size > max(self._held, _SMALL):
            self._budget.reserve(self._token, size - self._held)
            self._held = size

    def release(self) -> None:
        """Let go of what is held."""
        self._budget.release(self._token, self._held)


async def _incoming(request: Request, caller: Authenticated) -> AsyncIterator[IncomingBody]:
    body = IncomingBody(request, caller)
    try:
        yield body
    finally:
        body.release()


Body = Annotated[IncomingBody, Depends(_incoming)]


def content(raw: bytes, model: type[Model]) -> Model:
    """Return a body as a model.

    Raises a 400 problem for invalid JSON and 422 for invalid values.
    """
    given = parse(raw)
    try:
        return model.model_validate(given)
    except ValidationError as error:
        problem = invalid(error)
        raise ProblemError(422, "invalid", problem.detail, fields=problem.errors) from None


def _require_json(request: Request) -> None:
    media_type, _, parameters = request.headers.get("content-type", "").partition(";")
    if media_type.strip().lower() != "application/json":
        raise ProblemError(415, "media-type", "The body must be application/json.")
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset" and value.strip().strip('"').lower() not in {"utf-8", "utf8"}:
            raise ProblemError(415, "media-type", "The body must be in UTF-8. Nothing was changed.")
    if request.headers.get("content-encoding", "identity").strip().lower() not in {"", "identity"}:
        raise ProblemError(
            415, "media-type", "The body must be sent as it is, without a content coding. Nothing was changed."
        )


def _too_large(limit: BodyLimit) -> ProblemError:
    return ProblemError(413, "too-large", f"The body is larger than {limit.size} bytes. Nothing was changed.")
