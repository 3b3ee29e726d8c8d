"""The key that authenticates the cursors of a log, made when it is first needed."""

from collections.abc import Callable

import apsw

from commlog_tui.store.sqlite import access


class CursorKey:
    """One key for all pages of an open file."""

    def __init__(self, make: Callable[[str], bytes]) -> None:
        """``make`` returns the key, given the log's name."""
        self._make = make
        self._key: bytes | None = None

    def read(self, connection: apsw.Connection) -> bytes:
        """Return the key."""
        if self._key is None:
            self._key = self._make(access.log_name(connection))
        return self._key
