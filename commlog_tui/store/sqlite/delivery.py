"""Lists about delivery in a SQLite file."""

import apsw

from commlog_tui.contract.query import ListQuery, ResolutionQuery, RunQuery
from commlog_tui.store.rows import ResolutionsRow, RunsRow, UnmatchedEventsRow
from commlog_tui.store.sqlite.cursor_key import CursorKey
from commlog_tui.store.sqlite.database import Database
from commlog_tui.store.sqlite.delivery_reading import Lists
from commlog_tui.store.sqlite.place import Place


class SqliteDelivery:
    """See ``protocol.Delivery``."""

    def __init__(self, database: Database, cursor_key: CursorKey) -> None:
        self._database = database
        self._cursor_key = cursor_key

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
        return Lists(connection, Place.find(connection, location), self._cursor_key.read(connection))
