"""The log's API as calls. The only module, with ``feed``, that knows httpx."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any, Final, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ValidationError

from commlog_tui.client import errors
from commlog_tui.contract.customer import Customer, CustomerMatches
from commlog_tui.contract.delivery import NewEvent
from commlog_tui.contract.entry import EntryDetail, NewCorrection, NewEntry, Receipt
from commlog_tui.contract.location import Location, LocationDetail, Locations, Me
from commlog_tui.contract.page import BatchAnswer, BatchAnswers, BatchItem, Page
from commlog_tui.contract.problem import Problem
from commlog_tui.contract.query import PAGE_SIZE, EntryQuery

Answer = TypeVar("Answer", bound=BaseModel)

_TRIES: Final = 3
_PAUSE: Final = 0.2
_BUSY: Final = {429, 500, 502, 503, 504, 507}


class LogClient:
    """A connection to one log service with one token. Every method raises ``ClientError`` kinds."""

    def __init__(
        self, base_url: str, token: str, *, timeout: float = 10.0, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        if transport is None and base_url.startswith("http://"):
            transport = httpx.AsyncHTTPTransport(verify=False)  # spares a TLS context that plain HTTP never uses
        self._http = httpx.AsyncClient(
            base_url=base_url,
            headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
            timeout=timeout,
            transport=transport,
            trust_env=transport is None,
        )

    async def me(self) -> Me:
        """Return whom the token speaks for."""
        return await self._get("/v1/me", Me)

    async def locations(self) -> tuple[Location, ...]:
        """Return the locations that the token may see."""
        return (await self._get("/v1/locations", Locations)).locations

    async def location(self, location: str) -> LocationDetail:
        """Return a location with its channels and position."""
        return await self._get(_at(location), LocationDetail)

    async def page(self, location: str, query: EntryQuery, *, limit: int = PAGE_SIZE, cursor: str | None = None) -> Page:
        """Return a page of what the query asks for; without a cursor, the newest."""
        params = query.model_dump(mode="json", exclude_defaults=True) | {"limit": limit}
        if cursor is not None:
            params["cursor"] = cursor
        return await self._get(_at(location, "entries"), Page, params)

    async def detail(self, location: str, entry_id: str) -> EntryDetail:
        """Return everything about one entry."""
        return await self._get(_at(location, "entries", entry_id), EntryDetail)

    async def customers(self, location: str, q: str, limit: int = 20) -> CustomerMatches:
        """Return the customers who match part of a name, an address or a number."""
        return await self._get(_at(location, "customers"), CustomerMatches, {"q": q, "limit": limit})

    async def customer(self, location: str, customer_id: str) -> Customer:
        """Return one customer."""
        return await self._get(_at(location, "customers", customer_id), Customer)

    async def add(self, location: str, key: str, entry: NewEntry) -> Receipt:
        """Record an entry under a key; repeating it is safe and gives the same receipt."""
        return await self._post(_at(location, "entries"), entry, Receipt, key)

    async def add_event(self, location: str, entry_id: str, event: NewEvent, key: str | None = None) -> Receipt:
        """Record a delivery event of an entry."""
        return await self._post(_at(location, "entries", entry_id, "events"), event, Receipt, key)

    async def correct(self, location: str, entry_id: str, key: str, correction: NewCorrection) -> Receipt:
        """Record a correction of a manual entry."""
        return await self._post(_at(location, "entries", entry_id, "corrections"), correction, Receipt, key)

    async def add_batch(self, location: str, items: Sequence[BatchItem]) -> tuple[BatchAnswer, ...]:
        """Record up to 500 entries, each under its own key and with an answer of its own."""
        body = b'{"items":[' + b",".join(_json(item) for item in items) + b"]}"
        raw = await self._send(_at(location, "entries", "batch"), body, None)
        return _read(raw, BatchAnswers).items

    @asynccontextmanager
    async def feed(self, location: str, after: int | None) -> AsyncIterator[AsyncIterator[bytes]]:
        """Open the live feed behind a position (None: from now on) and give its bytes as they come."""
        headers = {"Accept": "text/event-stream"} | ({} if after is None else {"Last-Event-ID": str(after)})
        timeout = httpx.Timeout(10.0, read=40.0)  # the service says something every 15 seconds
        try:
            async with self._http.stream("GET", _at(location, "feed"), headers=headers, timeout=timeout) as response:
                if response.status_code != HTTPStatus.OK:
                    raise _error(response, await response.aread())
                yield response.aiter_bytes()
        except httpx.HTTPError:
            raise errors.UnreachableError from None

    async def aclose(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()

    async def _get(self, path: str, model: type[Answer], params: Mapping[str, Any] | None = None) -> Answer:
        for attempt in range(_TRIES):
            try:
                return _read(await self._exchange("GET", path, params=params), model)
            except errors.UnreachableError:
                if attempt == _TRIES - 1:
                    raise
            await asyncio.sleep(_PAUSE)
        raise errors.UnreachableError

    async def _post(self, path: str, said: BaseModel, model: type[Answer], key: str | None) -> Answer:
        return _read(await self._send(path, _json(said), key), model)

    async def _send(self, path: str, body: bytes, key: str | None) -> bytes:
        headers = {"Content-Type": "application/json"}
        if key is not None:
            headers["Idempotency-Key"] = key
        # A POST under way is let finish even if nobody waits for it any more: cutting it starves the pool.
        return await asyncio.shield(asyncio.ensure_future(self._exchange("POST", path, content=body, headers=headers)))

    async def _exchange(self, method: str, path: str, **request: Any) -> bytes:  # noqa: ANN401 - handed through to httpx
        try:
            response = await self._http.request(method, path, **request)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError):
            raise errors.UnreachableError from None
        if response.status_code not in {HTTPStatus.OK, HTTPStatus.CREATED}:
            raise _error(response, response.content)
        return response.content


def _at(location: str, *parts: str) -> str:
    return "/v1/locations/" + "/".join(quote(part, safe="") for part in (location, *parts))


def _json(said: BaseModel) -> bytes:
    return said.model_dump_json(exclude_unset=True).encode()


def _read(raw: bytes, model: type[Answer]) -> Answer:
    try:
        return model.model_validate_json(raw)
    except ValidationError:
        raise errors.UnexpectedAnswerError from None


def _error(response: httpx.Response, raw: bytes) -> errors.ClientError:
    try:
        problem = Problem.model_validate_json(raw)
    except ValidationError:
        problem = None
    status = response.status_code
    if status in _BUSY:
        return errors.BusyError(_seconds(response.headers.get("retry-after")), full=status == HTTPStatus.INSUFFICIENT_STORAGE)
    if problem is None:
        return errors.UnexpectedAnswerError()
    match status:
        case HTTPStatus.UNAUTHORIZED:
            return errors.TokenRefusedError()
        case HTTPStatus.FORBIDDEN:
            return errors.NotPermittedError(problem.detail)
        case HTTPStatus.NOT_FOUND:
            return errors.NotFoundError()
    return errors.RefusedError(problem)


def _seconds(text: str | None) -> float | None:
    return float(text) if text and text.isascii() and text.isdigit() else None
