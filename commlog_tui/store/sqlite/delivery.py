"""Lists about delivery in a SQLite file."""

from collections.abc import Callable

import apsw

from commlog_tui.contract.query import ListQuery, ResolutionQuery, RunQuery
from commlog_tui.store.rows import ResolutionsRow, RunsRow, UnmatchedEventsRow
from commlog_tui.store.sqlite import access
from commlog_tui.store.sqlite.database import Database
from commlog_tui.store.sqlite.delivery_reading import Lists
from commlog_tui.store.sqlite.place import Place


class SqliteDelivery:
    """See ``protocol.Delivery``."""

    def __init__(self, database: Database, make_cursor_key: Callable[[str], bytes]) -> None:
        self._database = database
        self._make_cursor_key = make_cursor_key
        self._cursor_key: bytes | None = None

    async def unmatched_events(self, location: str, query: ListQuery) -> UnmatchedEventsRow:
        """See ``protocol.Delivery.unmatched_events``."""
        return self._database.read(lambda c: self._lists(c, location).unmatched_events(query))

    async def runs(self, location: str, query: RunQuery) -> RunsRow:
        """See ``protocol.Delivery.runs``."""
        return self._database.read(lambda c: self._lists(c, location).runs(query))

    async def resolutions(self, location: str, query: ResolutionQuery) -> ResolutionsRow:
        """See ``protocol.Delivery.resolutions``."""
        return self._database.read(lambda c: self._lists(c, location).resolutions(query))

    def _lists(self, connection: apsw.Connection, location: str) -> Lists:
        if self._cursor_key is None:
            self._cursor_key = self._make_cursor_key(access.log_name(connection))
        return Lists(connection, Place.find(connection, location), self._cursor_key)
