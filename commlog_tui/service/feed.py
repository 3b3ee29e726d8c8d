"""The live feed: server-sent events, one a record, from a position on."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from http import HTTPStatus
from typing import Any, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse

from commlog_tui.contract.page import FeedEnd
from commlog_tui.records.errors import LogError
from commlog_tui.service import documents
from commlog_tui.service.answers import to_json
from commlog_tui.service.problems import ProblemError
from commlog_tui.service.requests import (
    READS,
    LocationId,
    Reader,
    StoreOf,
    StrictRoute,
    identify,
    last_event_id,
    limiter_of,
)
from commlog_tui.store.protocol import Store

router = APIRouter(prefix="/v1/locations/{location}", tags=["feed"], dependencies=[READS], route_class=StrictRoute)

_AT_ONCE: Final = 100
_LOOK_EVERY: Final = 0.5
_KEEP_ALIVE_EVERY: Final = 15.0


async def _place(request: Request, caller: Reader) -> AsyncIterator[None]:
    """Hold one of the places for feeds until the answer has ended, however it ends."""
    with limiter_of(request).stream(caller):
        yield


_STREAM: Final[dict[int | str, dict[str, Any]]] = {
    "default": documents.PROBLEM,
    200: {
        "description": "Server-sent events; the data of each is a FeedItem. Asked for a position beyond the end, "
        'the first is named `end`, and its data is the position of the newest record: `{"seq": 7}`',
        "content": {"text/event-stream": {}},
    },
}
_RESUMING: Final[dict[str, Any]] = {
    "name": "Last-Event-ID",
    "in": "header",
    "required": False,
    "description": "The position behind which to go on; none asks for what comes from now on",
    "schema": {"type": "string", "pattern": "^[0-9]{1,12}$"},
}


@router.get(
    "/feed",
    responses=_STREAM,
    response_class=StreamingResponse,
    dependencies=[Depends(_place)],
    openapi_extra={"parameters": [_RESUMING]},
)
async def follow(request: Request, location: LocationId, store: StoreOf) -> StreamingResponse:
    """Tell every new record as it is written; ``Last-Event-ID`` resumes behind a position."""
    behind = last_event_id(request)
    end = (await store.location(location)).seq
    after = end if behind is None else behind

    async def welcome() -> bool:
        try:
            await identify(request)
        except ProblemError as problem:
            return problem.problem.status != HTTPStatus.UNAUTHORIZED
        return True

    stream = _events(request, location, after, end, welcome)
    return StreamingResponse(stream, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


class FeedReader:
    """Waits for what follows a position, reads and encodes it, once for all who ask for it at the same time.

    A commit wakes every desk of a location, and each wants the same records.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._reading: dict[tuple[str, int], asyncio.Task[tuple[int, bytes]]] = {}

    async def read(self, location: str, after: int, seconds: float) -> tuple[int, bytes]:
        """Return the last position read, and the events up to it; none if they take longer than this.

        Nobody is given what was read before they asked: it may have been redacted since.
        """
        key = location, after
        task = self._reading.get(key)
        if task is None:
            task = self._reading[key] = asyncio.create_task(self._read(key, seconds))
            task.add_done_callback(lambda done: done.cancelled() or done.exception())  # if nobody is left to ask
        return await asyncio.shield(task)

    async def _read(self, key: tuple[str, int], seconds: float) -> tuple[int, bytes]:
        location, after = key
        try:
            if not await self._store.wait(location, after, seconds):
                return after, b""
        finally:
            del self._reading[key]  # who asks from now on is given what is read then
        rows = await self._store.feed(location, after, _AT_ONCE)
        events = (b"id: %d\nevent: %s\ndata: %s\n\n" % (row.seq, row.kind.encode(), to_json(row)) for row in rows)
        return (rows[-1].seq if rows else after), b"".join(events)


async def _events(
    request: Request, location: str, after: int, end: int, welcome: Callable[[], Awaitable[bool]]
) -> AsyncIterator[bytes]:
    """Send records until the service stops, the token is revoked or the store fails.

    The follower then reconnects and learns why. A follower beyond the end, as after a restore of
    the log, is sent the end first, and then what is written behind it.
    """
    stopping = request.app.state.stopping
    reader: FeedReader = request.app.state.feed_reader
    yield b"retry: 1000\n\n"
    if after > end:
        after = end
        yield b"id: %d\nevent: end\ndata: %s\n\n" % (end, to_json(FeedEnd(seq=end)))
    loop = asyncio.get_running_loop()
    checked = loop.time()
    try:
        while not stopping.is_set():
            after, events = await reader.read(location, after, _LOOK_EVERY)
            if events:
                yield events
            if loop.time() - checked > _KEEP_ALIVE_EVERY:
                if not await welcome():
                    return
                yield b": still here\n\n"
                checked = loop.time()
    except LogError:
        return
