"""Leaving nothing of what was deleted in the file's bytes, without holding anybody up.

Three places keep copies. Free space within pages and free pages: secure_delete overwrites these as
rows go. The write-ahead log: a checkpoint empties it, when nobody reads what is in it. The gaps in
pages whose rows were moved to others as the tree was balanced: only VACUUM, which writes the whole
file anew, is rid of those.
"""

from collections.abc import Callable
from time import monotonic, sleep
from typing import Final

import apsw

BUSY_MILLISECONDS: Final = 10_000
"""How long a statement waits for another process's lock, but for those that scrub."""

_AT_ONCE: Final = 16 << 20
"""Bytes up to which a file is rewritten at any time.

A larger one waits until nothing was written for as long as that may take.
"""
_BYTES_A_SECOND: Final = 16 << 20
_LARGEST_AT_ONCE: Final = 64 << 20
"""Bytes: who redacts, or closes the log, waits for no larger file."""
_QUICK_TRIES: Final = 8
_MOMENT: Final = 0.01
_FIRST_PAUSE: Final = 0.05
_LONGEST_PAUSE: Final = 30.0
_GIVE_WAY_AFTER: Final = 0.1
_LONGEST_AWAITED: Final = 1.0
_STEPS: Final = 2_000


def is_due(connection: apsw.Connection) -> bool:
    """Whether something has been redacted whose bytes have not been overwritten everywhere yet."""
    return _count(connection) != 0


def require(connection: apsw.Connection) -> None:
    """Remember, in the transaction that deletes, that the file is to be written anew."""
    connection.execute("UPDATE log SET scrub = scrub + 1")


class Scrubber:
    """Overwrites redacted data in unused space, on the writer's connection and thread.

    It retries later and never waits for a lock. Rewriting the file stops when somebody wants to
    write, except in its last part, where SQLite copies the new pages; a large file therefore waits
    for a quiet time.
    """

    def __init__(self, connection: apsw.Connection, is_wanted_elsewhere: Callable[[], bool]) -> None:
        self._connection = connection
        self._is_wanted_elsewhere = is_wanted_elsewhere
        self.is_writing_anew = False
        """Whether the file is being written anew this very moment: then it can be written."""
        self._next: float | None = None
        self._pause = _FIRST_PAUSE
        self._written_anew = 0
        """Redactions that the last rewrite covers, while the write-ahead log is not empty yet."""

    def request(self) -> None:
        """Begin as soon as the writer has time."""
        self._next, self._pause = monotonic(), _FIRST_PAUSE

    def wait(self) -> float | None:
        """Return the seconds until the next try, or None where nothing is to be done."""
        return None if self._next is None else max(self._next - monotonic(), 0.0)

    def attempt(self, quiet_for: float, *, is_awaited: bool = False) -> None:
        """Do what is possible now, given the idle seconds and whether a caller waits."""
        if self._next is None:
            return
        is_done = self._attempt(quiet_for, is_awaited=is_awaited)
        for _ in range(_QUICK_TRIES if is_awaited else 0):
            if is_done or self._is_wanted_elsewhere():
                break
            sleep(_MOMENT)  # readers of this process, such as feeds that have just been woken, are gone in a moment
            is_done = self._attempt(quiet_for, is_awaited=is_awaited)
        self._next = None if is_done else monotonic() + self._pause
        self._pause = min(2 * self._pause, _LONGEST_PAUSE)

    def _attempt(self, quiet_for: float, *, is_awaited: bool) -> bool:
        self._connection.set_busy_timeout(0)
        try:
            return self._try(quiet_for, is_awaited=is_awaited)
        except apsw.Error:  # locked, broken off, or no room: later
            return False
        finally:
            self._connection.set_busy_timeout(BUSY_MILLISECONDS)

    def _try(self, quiet_for: float, *, is_awaited: bool) -> bool:
        """Rewrite the file if due, and empty the write-ahead log; return whether that succeeded.

        While others read, the log cannot be emptied; the file is not rewritten then, as that would
        only lengthen it. SQLite does not sync the emptied log, and a power cut would bring it back.
        The due mark is therefore removed last: this commit syncs the emptied log, and after an
        earlier cut everything is done again.
        """
        count = _count(self._connection)
        if not self._empty_log():
            return False
        if count and count != self._written_anew:
            if not self._is_time(quiet_for, is_awaited=is_awaited):
                return False
            self._write_anew(_LONGEST_AWAITED if is_awaited else float("inf"))
            self._written_anew = count
            if not self._empty_log():
                return False
        if count:
            # Another process may have redacted in between, and counted that.
            self._connection.execute("UPDATE log SET scrub = 0 WHERE scrub = ?", (count,))
            self._written_anew = 0
        return not is_due(self._connection)

    def _empty_log(self) -> bool:
        ((is_busy, *_),) = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return is_busy == 0

    def _is_time(self, quiet_for: float, *, is_awaited: bool) -> bool:
        """Whether the log has been quiet for as long as writing it anew may take."""
        size = int(self._connection.pragma("page_count")) * int(self._connection.pragma("page_size"))
        if is_awaited and size > _LARGEST_AT_ONCE:
            return False
        return size <= _AT_ONCE or quiet_for >= size / _BYTES_A_SECOND

    def _write_anew(self, longest: float) -> None:
        began = monotonic()

        def must_stop() -> bool:
            passed = monotonic() - began
            return passed > longest or (passed > _GIVE_WAY_AFTER and self._is_wanted_elsewhere())

        self._connection.set_progress_handler(must_stop, _STEPS)
        self.is_writing_anew = True
        try:
            self._connection.execute("VACUUM")
        finally:
            self.is_writing_anew = False
            self._connection.set_progress_handler(None)


def _count(connection: apsw.Connection) -> int:
    ((count,),) = connection.execute("SELECT coalesce(sum(scrub), 0) FROM log").fetchall()
    return int(count)  # type: ignore[arg-type] # the schema says so
