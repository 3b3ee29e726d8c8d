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
from commlog_tui.service.feed_reader import FeedReader, Sink
from commlog_tui.service.problems import ProblemError
from commlog_tui.service.requests import (
    CONNECTION,
    READS,
    LocationId,
    Reader,
    StoreOf,
    StrictRoute,
    identify,
    last_event_id,
    limiter_of,
)

router = APIRouter(prefix="/v1/locations/{location}", tags=["feed"], dependencies=[READS], route_class=StrictRoute)

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


def _sink_of(request: Request) -> Sink | None:
    """Return the connection of a request, if pieces of its answer can be written straight to it."""
    connection: Sink | None = request.scope.get("state", {}).get(CONNECTION)
    return connection if request.scope["http_version"] == "1.1" else None


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
            rest = checked + _KEEP_ALIVE_EVERY - loop.time()
            after, events = await reader.read(location, after, rest, _sink_of(request))
            yield events  # nothing, where they are written already: it waits until the client takes more
            if loop.time() - checked >= _KEEP_ALIVE_EVERY:
                if not await welcome():
                    return
                yield b": still here\n\n"
                checked = loop.time()
    except LogError:
        return
