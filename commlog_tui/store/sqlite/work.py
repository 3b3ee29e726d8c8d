"""Tasks and handovers in a SQLite file."""

import apsw

from commlog_tui.contract.query import ListQuery
from commlog_tui.contract.task import TaskQuery
from commlog_tui.records.rows import HandoverRow, TaskRow
from commlog_tui.store.rows import HandoversRow, TasksRow
from commlog_tui.store.sqlite.cursor_key import CursorKey
from commlog_tui.store.sqlite.database import Database
from commlog_tui.store.sqlite.place import Place
from commlog_tui.store.sqlite.task_reading import WorkLists


class SqliteWork:
    """See ``task_protocol.Work``."""

    def __init__(self, database: Database, cursor_key: CursorKey) -> None:
        self._database = database
        self._cursor_key = cursor_key

    async def tasks(self, location: str, query: TaskQuery) -> TasksRow:
        """See ``task_protocol.Work.tasks``."""
        return self._database.read(lambda c: self._lists(c, location).tasks(query))

    async def task(self, location: str, task_id: str) -> TaskRow:
        """See ``task_protocol.Work.task``."""
        return self._database.read(lambda c: self._lists(c, location).task(task_id))

    async def handovers(self, location: str, query: ListQuery) -> HandoversRow:
        """See ``task_protocol.Work.handovers``."""
        return self._database.read(lambda c: self._lists(c, location).handovers(query))

    async def handover(self, location: str, handover_id: str) -> HandoverRow:
        """See ``task_protocol.Work.handover``."""
        return self._database.read(lambda c: self._lists(c, location).handover(handover_id))

    def _lists(self, connection: apsw.Connection, location: str) -> WorkLists:
        return WorkLists(connection, Place.find(connection, location), self._cursor_key.read(connection))
