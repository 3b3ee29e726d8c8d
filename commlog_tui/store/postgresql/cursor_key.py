"""The key that authenticates the cursors of a log, made when it is first needed."""

from collections.abc import Callable

from commlog_tui.store.postgresql.database import Database


class CursorKey:
    """One key for all pages of an open log."""

    def __init__(self, database: Database, make: Callable[[str], bytes]) -> None:
        """``make`` returns the key, given the log's name."""
        self._database = database
        self._make = make
        self._key: bytes | None = None

    async def read(self) -> bytes:
        """Return the key."""
        if self._key is None:
            self._key = self._make(await self._database.log_name())
        return self._key
