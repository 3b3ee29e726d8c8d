"""Checkpoints of SQLite: what is in the write-ahead log goes into the file while others write.

SQLite would do it at the end of a commit, which then takes a tenth of a second longer. Here a
thread of its own does most of it. The log begins anew only when nothing of it is left to do, which
the writer sees to: it does the little that came meanwhile.
"""

from collections.abc import Callable
from contextlib import suppress
from threading import Event, Thread
from typing import Final

import apsw

AT: Final = 8_000
"""Pages in the write-ahead log from which on it is moved into the file."""
_LARGEST: Final = 8 * AT
"""Pages from which on the writer does not wait for the thread: readers hold it up, or the disk."""
_LITTLE: Final = 1_000
"""Pages that a few commits write."""
_TRIES: Final = 4


class Checkpointer:
    """Watches the write-ahead log of the connection that writes."""

    def __init__(self, connection: apsw.Connection, connect: Callable[[], apsw.Connection]) -> None:
        """``connect`` opens the same file once more."""
        self._connection = connection
        self._connect = connect
        self._pages = 0
        self._due, self._is_closed, self._is_nearly_done = Event(), False, False
        self._thread: Thread | None = None
        connection.set_wal_hook(self._note)

    def after_commit(self) -> None:
        """Begin, or end what the thread has nearly done; on the writer's thread, when all have their answers."""
        if self._is_nearly_done or self._pages >= _LARGEST:
            self._is_nearly_done = False
            with suppress(apsw.Error):  # next time
                self._connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
            self._pages = 0
        elif self._pages >= AT and not self._due.is_set():
            self._due.set()
            if self._thread is None:
                self._thread = Thread(target=self._run, name="commlog-checkpoints", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """End the thread."""
        self._is_closed = True
        self._due.set()
        if self._thread is not None:
            self._thread.join()

    def _note(self, _connection: apsw.Connection, _name: str, pages: int) -> int:
        self._pages = pages
        return apsw.SQLITE_OK

    def _run(self) -> None:
        while self._due.wait() and not self._is_closed:
            with suppress(apsw.Error):  # locked, or the disk is full: the writer's turn
                connection = self._connect()
                try:
                    self._is_nearly_done = self._move(connection)
                finally:
                    connection.close()
            self._due.clear()

    def _move(self, connection: apsw.Connection) -> bool:
        """Move what there is, and what came meanwhile; return whether little is left."""
        for _ in range(_TRIES):
            pages, moved = connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
            if pages - moved > _LITTLE:
                return False  # a reader needs the rest
            if self._is_closed or self._pages - moved <= _LITTLE:
                break  # ``pages`` are those at the beginning; the writer has gone on
        return True
