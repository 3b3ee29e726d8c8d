"""Reads and encodes what is recorded once for all desks of a location, and writes it to them in one pass."""

import asyncio
from collections.abc import Iterable
from threading import Event
from typing import Final, Protocol

from commlog_tui.service.answers import to_json
from commlog_tui.store.protocol import Store

_AT_ONCE: Final = 100
_LOOK_EVERY: Final = 5.0
_IN_ONE_TURN: Final = 250
"""Desks that are written to before others have their turn on the loop."""


class Sink(Protocol):
    """The connection of a desk."""

    def push(self, data: bytes) -> bool:
        """Write a piece of its answer; false if its client is gone or has not taken what was written."""
        ...


class _Follower:
    """One who waits for what follows a position."""

    def __init__(self, after: int, sink: Sink | None, group: "_Group") -> None:
        self.after = after
        self.events = b""
        """What was read for it and is not written yet."""
        self.has_ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.sink = sink
        self.group = group
        group.followers[self] = None

    def take(self, last: int, events: bytes, chunk: bytes) -> None:
        """Take the events up to a position, or end where they cannot be written now."""
        if self.sink is None:
            self.after, self.events = last, events
            self.end()
        elif self.sink.push(chunk):
            self.after = last
        else:
            self.end()

    def end(self, error: Exception | None = None) -> None:
        if self.has_ended.done():
            return
        if error is None:
            self.has_ended.set_result(None)
        else:
            self.has_ended.set_exception(error)


class _Group:
    """Those who wait for what follows the same position of a location."""

    def __init__(self, location: str, after: int) -> None:
        self.location = location
        self.after = after
        self.followers: dict[_Follower, None] = {}
        self.task: asyncio.Task[None] | None = None


class FeedReader:
    """Waits for what follows a position, and reads it once for all who wait for the same.

    A desk that takes what it is sent stays with the others at the newest position: a record costs
    it no turn of its own. One that does not leaves them, so that it delays nobody, and no more is
    written to it than its connection holds.
    """

    def __init__(self, store: Store, stopping: Event) -> None:
        """Nobody waits on when ``stopping`` is set, which is looked at now and then."""
        self._store = store
        self._stopping = stopping
        self._groups: dict[tuple[str, int], _Group] = {}

    def stop(self) -> None:
        """Let nobody wait on."""
        for group in [*self._groups.values()]:
            self._end(group)
            if group.task is not None:
                group.task.cancel()

    async def read(self, location: str, after: int, seconds: float, sink: Sink | None = None) -> tuple[int, bytes]:
        """Return the last position read, and the events up to it; none if they take longer than this.

        With a sink, events are written to it for all of the time, or until it takes no more; none
        are returned then. Nobody is given what was read before they asked: it may have been
        redacted since.

        Raises ``LogError``.
        """
        follower = _Follower(after, sink, self._group(location, after))
        timer = asyncio.get_running_loop().call_later(seconds, follower.end)
        try:
            await follower.has_ended
        finally:
            timer.cancel()
            self._leave(follower)
        return follower.after, follower.events

    def _group(self, location: str, after: int) -> _Group:
        """Return the group of a position, which is led until it has a record behind that."""
        group = self._groups.get((location, after))
        if group is None:
            group = self._groups[location, after] = _Group(location, after)
            group.task = asyncio.create_task(self._lead(group))
        return group

    def _leave(self, follower: _Follower) -> None:
        group = follower.group
        group.followers.pop(follower, None)
        if not group.followers and self._close(group) and group.task is not None:
            group.task.cancel()

    def _close(self, group: _Group) -> bool:
        """Let nobody join a group any more; return whether somebody could until now."""
        key = group.location, group.after
        is_open = self._groups.get(key) is group
        if is_open:
            del self._groups[key]
        return is_open

    async def _lead(self, group: _Group) -> None:
        """Wait and read for a group, and write what was read."""
        try:
            while not await self._store.wait(group.location, group.after, _LOOK_EVERY):
                if self._stopping.is_set():
                    self._end(group)
                    return
            self._close(group)  # who asks from now on is given what is read then
            rows = await self._store.feed(group.location, group.after, _AT_ONCE)
            pieces = [b"id: %d\nevent: %s\ndata: %s\n\n" % (row.seq, row.kind.encode(), to_json(row)) for row in rows]
        except Exception as error:  # noqa: BLE001 - whatever it was, everyone who waits must hear of it
            self._end(group, error)
            return
        await self._write(group, rows[-1].seq if rows else group.after, b"".join(pieces))

    async def _write(self, group: _Group, last: int, events: bytes) -> None:
        """Write events to the followers of a closed group, who are in the group of the last of them then."""
        chunk = b"%x\r\n%b\r\n" % (len(events), events)
        followers = list(group.followers)
        for start in range(0, len(followers), _IN_ONE_TURN):
            if start:
                await asyncio.sleep(0)
            some = [one for one in followers[start : start + _IN_ONE_TURN] if not one.has_ended.done()]
            for follower in some:
                follower.take(last, events, chunk)
            self._move([one for one in some if not one.has_ended.done()], last)

    def _move(self, followers: Iterable[_Follower], after: int) -> None:
        for follower in followers:
            del follower.group.followers[follower]
            follower.group = self._group(follower.group.location, after)
            follower.group.followers[follower] = None

    def _end(self, group: _Group, error: Exception | None = None) -> None:
        self._close(group)
        for follower in group.followers:
            follower.end(error)
