"""Connections that read: one on the loop for what is quick, and a pool of threads for the rest.

A read that turns out not to be quick is stopped and done again in the pool, so that it delays
nobody; one that takes too long there is stopped for good.
"""

import asyncio
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from math import inf
from time import monotonic
from typing import Final, TypeVar

import apsw

from commlog_tui.store.errors import SlowQueryError
from commlog_tui.store.sqlite.connection import plain_errors

Answer = TypeVar("Answer")
Read = Callable[[apsw.Connection], Answer]

READERS: Final = 3
"""Threads, and connections, of the pool. All but one are made when they are first needed."""
MOST_SECONDS: Final = 10.0
"""For which a query of a desk may run."""
CACHE_KIB: Final = 8_192
"""Cache size of each connection of the pool."""
_STEPS: Final = 1_000
"""Instructions of SQLite between two looks at whether to go on."""
_QUICK_LOOKS: Final = 40
"""After as many looks a read is not quick any more: some two milliseconds."""
_SLOW_SECONDS: Final = 10.0
"""For which reads like one that was not quick go to the pool at once."""
_MOST_SLOW: Final = 1_024
_STOPPED: Final = (
    "The query was stopped, as it took longer than {:.0f} seconds. Nothing was changed; ask for less, such as a "
    "shorter range of dates."
)


class Readers:
    """The reading connections of one log file."""

    def __init__(self, near: apsw.Connection, connect: Callable[[], apsw.Connection]) -> None:
        """Read on a connection of the loop's own, and on others that ``connect`` opens."""
        self._near = near
        self._connect = connect
        self._pool = ThreadPoolExecutor(READERS, "commlog-reader")
        self._idle = [self._open()]
        """Connections that nobody reads on, the one used last at the end: its cache is warm."""
        self._slow: dict[Hashable, float] = {}

    def read(self, read: Read[Answer]) -> Answer:
        """Read what is bounded, at once."""
        return _in_one_view(self._near, read)

    async def read_quick(self, read: Read[Answer], shape: Hashable) -> Answer:
        """Read what is mostly quick: at once, or in the pool if reads of this shape are slow just now.

        Raises ``SlowQueryError``.
        """
        now = monotonic()
        if self._slow.get(shape, 0.0) <= now:
            try:
                return _in_one_view(self._near, read, _looks(_QUICK_LOOKS))
            except SlowQueryError:
                if len(self._slow) >= _MOST_SLOW:
                    self._slow.clear()
                self._slow[shape] = now + _SLOW_SECONDS
        return await self.read_far(read)

    async def read_far(self, read: Read[Answer], *, is_timed: bool = True) -> Answer:
        """Read what may take long, in a thread. Raises ``SlowQueryError``, where it is timed."""
        loop = asyncio.get_running_loop()
        seconds = MOST_SECONDS if is_timed else inf
        return await loop.run_in_executor(self._pool, self._read_here, read, seconds)

    def close(self) -> None:
        """Finish what is being read, and close every connection."""
        self._pool.shutdown()
        for connection in (*self._idle, self._near):
            connection.close()

    def _open(self) -> apsw.Connection:
        connection = self._connect()
        connection.pragma("cache_size", -CACHE_KIB)
        return connection

    def _read_here(self, read: Read[Answer], seconds: float) -> Answer:
        """Read on a connection that nobody else has for as long."""
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._open()
        deadline = monotonic() + seconds
        try:
            return _in_one_view(connection, read, lambda: monotonic() > deadline)
        finally:
            self._idle.append(connection)


def _looks(most: int) -> Callable[[], bool]:
    """Return a function that is false so many times."""
    left = iter(range(most))
    return lambda: next(left, None) is None


def _in_one_view(connection: apsw.Connection, read: Read[Answer], is_over: Callable[[], bool] | None = None) -> Answer:
    """Read within one transaction, so that every statement sees the same log.

    Raises ``SlowQueryError`` once ``is_over``.
    """
    with plain_errors():
        connection.execute("BEGIN")
        try:
            connection.set_progress_handler(is_over, _STEPS)
            return read(connection)
        except apsw.InterruptError:
            raise SlowQueryError(_STOPPED.format(MOST_SECONDS)) from None
        finally:
            connection.set_progress_handler(None)
            connection.execute("ROLLBACK")
