"""Who waits for a location's next record.

A commit wakes the loop once, however many wait, and one read tells whose location it was. Another
process's commit wakes nobody here, so there is a look at intervals too.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from time import monotonic
from typing import Final

from commlog_tui.records.errors import LogError

_LOOK_EVERY: Final = 0.5
"""Seconds."""
_QUIET_EVERY: Final = 1.0
"""Seconds, once there was no record for some time: waking is most of what an idle service does."""
_QUIET_AFTER: Final = 10.0
"""Seconds after the last record."""
ReadSeqs = Callable[[Collection[int]], Mapping[int, int]]
"""Returns the position of the newest record of each location, by its number. Raises ``LogError``."""


class Followers:
    """Those who wait for records of one log, on any loop."""

    def __init__(self, read: ReadSeqs) -> None:
        self._read = read
        self._groups: dict[asyncio.AbstractEventLoop, _Group] = {}
        self.last_record = float("-inf")
        """When one was last found or committed, by ``monotonic``."""

    async def wait(self, location: int, after: int, seconds: float) -> bool:
        """Wait until a location has a record behind a position; false if that takes longer.

        Raises ``LogError``.
        """
        loop = asyncio.get_running_loop()
        group = self._groups.get(loop) or _Group(loop, self._read, self)
        if group.seq_of(location) > after:
            return True
        self._groups[loop] = group
        follower: asyncio.Future[bool] = loop.create_future()
        group.add(follower, location, after)
        timer = loop.call_later(seconds, _resolve, follower, False)  # noqa: FBT003 - the result
        try:
            return await follower
        finally:
            timer.cancel()
            if group.remove(follower) and self._groups.get(loop) is group:
                del self._groups[loop]

    def wake(self) -> None:
        """Have everybody's location looked at; from any thread, after a commit."""
        self.last_record = monotonic()
        for loop, group in tuple(self._groups.items()):
            if not group.is_woken:
                group.is_woken = True
                with suppress(RuntimeError):  # that loop has ended
                    loop.call_soon_threadsafe(group.look)


class _Group:
    """Those who wait on one loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, read: ReadSeqs, followers: Followers) -> None:
        self._followers = followers
        self.is_woken = False
        """Whether a look is due that a commit asked for."""
        self._loop = loop
        self._read = read
        self._waiting: dict[asyncio.Future[bool], tuple[int, int]] = {}
        self._seqs: dict[int, int] = {}
        """What was read in this turn of the loop. A commit meanwhile asks for a look."""
        self._timer: asyncio.TimerHandle | None = None

    def seq_of(self, location: int) -> int:
        """Return the position of a location's newest record, read once for all who ask together."""
        if location not in self._seqs:
            self._seqs |= self._read({location})
            self._loop.call_soon(self._seqs.clear)
        return self._seqs[location]

    def add(self, follower: asyncio.Future[bool], location: int, after: int) -> None:
        self._waiting[follower] = location, after
        if self._timer is None:
            self._timer = self._call_next()

    def remove(self, follower: asyncio.Future[bool]) -> bool:
        """Forget one; return whether nobody is left."""
        del self._waiting[follower]
        if not self._waiting and self._timer is not None:
            self._timer.cancel()
            self._timer = None
        return not self._waiting

    def look(self) -> None:
        """Answer those whose location has what they wait for."""
        self.is_woken = False
        try:
            seqs = self._read({location for location, _ in self._waiting.values()})
        except LogError as error:
            for follower in self._waiting:
                if not follower.done():
                    follower.set_exception(error)
            return
        for follower, (location, after) in self._waiting.items():
            if seqs[location] > after:
                self._followers.last_record = monotonic()
                _resolve(follower, True)  # noqa: FBT003 - the result

    def _look_again(self) -> None:
        self._timer = self._call_next()
        self.look()

    def _call_next(self) -> asyncio.TimerHandle:
        """Have the next look at a whole moment, with whatever else looks then: waking is most of its work."""
        is_quiet = monotonic() - self._followers.last_record > _QUIET_AFTER
        every = _QUIET_EVERY if is_quiet else _LOOK_EVERY
        return self._loop.call_at((self._loop.time() // every + 1) * every, self._look_again)


def _resolve(follower: asyncio.Future[bool], result: bool) -> None:  # noqa: FBT001 - the result
    if not follower.done():
        follower.set_result(result)
