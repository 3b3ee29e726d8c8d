"""Follow the live feed with automatic reconnection, without gaps and without duplicates."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Final

from commlog_tui.client import errors
from commlog_tui.client.event_stream import Event, EventStream
from commlog_tui.client.log_client import LogClient
from commlog_tui.contract.page import FeedEnd, FeedItem

SHORTEST_PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 10.0
_PROVED: Final = 10.0
"""Seconds after which a connection counts as good even if no event came."""

_END: Final = "end"
_KINDS: Final = frozenset({"entry", "event", "correction", "redaction", _END})
"""Kinds of 0.1.0. Unreadable records of other kinds are skipped."""


class _Backoff:
    """Exponential backoff between connections, in seconds."""

    def __init__(self) -> None:
        self._shortest = self._next = SHORTEST_PAUSE

    def set_minimum(self, shortest: float) -> None:
        """Use the service's own retry delay as the minimum."""
        self._shortest = min(max(shortest, SHORTEST_PAUSE), LONGEST_PAUSE)
        self._next = max(self._next, self._shortest)

    def reset(self) -> None:
        self._next = self._shortest

    def next_delay(self) -> float:
        now, self._next = self._next, min(self._next * 2, LONGEST_PAUSE)
        return now


async def follow(
    client: LogClient,
    location: str,
    after: int,
    *,
    on_state: Callable[[bool], None] = lambda _: None,
    on_shorter: Callable[[int], None] = lambda _: None,
    pause: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> AsyncGenerator[FeedItem, None]:
    """Yield every record after a position, once and in order, reconnecting for ever.

    ``on_state`` is called when the connection opens or closes. ``on_shorter`` is called with the
    end of a log that is shorter than the position, as after a restore; following continues from
    there. ``pause`` sleeps for some seconds. Records of kinds that this version cannot read are
    skipped.

    Raises:
        TokenRefusedError, NotPermittedError, NotFoundError, RefusedError: retrying does not help.
        UnexpectedAnswerError: the feed sent something that this version cannot parse.
    """
    backoff = _Backoff()
    announce = _on_change(on_state)
    while True:
        retry_after = 0.0
        try:
            async with aclosing(_connection(client, location, after, backoff, announce)) as records:
                async for seq, item in records:
                    if isinstance(item, FeedEnd):
                        after = seq
                        backoff.reset()
                        on_shorter(seq)
                    elif seq > after:
                        after = seq
                        backoff.reset()
                        if item is not None:
                            yield item
        except errors.BusyError as error:
            retry_after = error.pause
        except errors.UnreachableError:
            pass
        announce(False)
        await pause(max(backoff.next_delay(), retry_after))


async def _connection(
    client: LogClient, location: str, after: int, backoff: _Backoff, announce: Callable[[bool], None]
) -> AsyncGenerator[tuple[int, FeedItem | FeedEnd | None], None]:
    """Yield the positions and known records of one connection until it ends."""
    stream, clock = EventStream(), asyncio.get_running_loop().time
    async with client.feed(location, after) as chunks:
        announce(True)
        since = clock()
        async for chunk in chunks:
            for event in stream.take(chunk):
                yield _read(event)
            if stream.retry is not None:
                backoff.set_minimum(stream.retry)
            if clock() - since > _PROVED:
                backoff.reset()


def _read(event: Event) -> tuple[int, FeedItem | FeedEnd | None]:
    try:
        if event.kind == _END:
            end = FeedEnd.model_validate_json(event.data)
            return end.seq, end
        item = FeedItem.model_validate_json(event.data)
    except ValueError:  # also of validation
        if event.kind in _KINDS:
            raise errors.UnexpectedAnswerError from None
        return (int(event.id), None) if event.id.isascii() and event.id.isdigit() else (0, None)
    return item.seq, item


def _on_change(listener: Callable[[bool], None]) -> Callable[[bool], None]:
    last: bool | None = None

    def announce(state: bool) -> None:  # noqa: FBT001 - a state
        nonlocal last
        if state is not last:
            last = state
            listener(state)

    return announce
