"""Pages of tasks by their due time, and of handovers."""

from typing import Final

from commlog_tui.contract.identity import namespaced_id
from commlog_tui.contract.query import ListQuery
from commlog_tui.contract.task import TaskQuery, TaskState
from commlog_tui.records.errors import UnknownEntryError
from commlog_tui.records.handover import handover_row
from commlog_tui.records.instants import micros
from commlog_tui.records.record import Thread
from commlog_tui.records.rows import HandoverRow, TaskRow
from commlog_tui.records.task import task_row
from commlog_tui.store.cursor import Cursor, CursorCodec
from commlog_tui.store.location import Location
from commlog_tui.store.postgresql.conditions import Conditions
from commlog_tui.store.postgresql.cursor_key import CursorKey
from commlog_tui.store.postgresql.customer_notes import same_customer
from commlog_tui.store.postgresql.database import Database, View
from commlog_tui.store.postgresql.threads import load_whole_threads
from commlog_tui.store.rows import HandoversRow, TasksRow

_BY_ID: Final = "SELECT seq FROM record WHERE location = %s AND id = %s::uuid AND kind = %s"
_HANDOVERS: Final = "SELECT seq FROM handover WHERE location = %s AND seq < %s ORDER BY seq DESC LIMIT %s"
_MOST: Final = 1 << 62


class PostgresWork:
    """See ``task_protocol.Work``."""

    def __init__(self, database: Database, cursor_key: CursorKey) -> None:
        self._database = database
        self._cursor_key = cursor_key

    async def tasks(self, location: str, query: TaskQuery) -> TasksRow:
        """See ``task_protocol.Work.tasks``."""
        found, key = await self._database.location(location), await self._cursor_key.read()
        return await self._database.read(lambda view: _tasks(view, found, query, key), found)

    async def task(self, location: str, task_id: str) -> TaskRow:
        """See ``task_protocol.Work.task``."""
        found = await self._database.location(location)
        return task_row(await self._database.read(lambda view: _thread(view, found, "task", task_id), found))

    async def handovers(self, location: str, query: ListQuery) -> HandoversRow:
        """See ``task_protocol.Work.handovers``."""
        found, key = await self._database.location(location), await self._cursor_key.read()
        return await self._database.read(lambda view: _handovers(view, found, query, key), found)

    async def handover(self, location: str, handover_id: str) -> HandoverRow:
        """See ``task_protocol.Work.handover``."""
        found = await self._database.location(location)
        return handover_row(
            await self._database.read(lambda view: _thread(view, found, "handover", handover_id), found)
        )


async def _tasks(view: View, location: Location, query: TaskQuery, cursor_key: bytes) -> TasksRow:
    """Return a page of tasks. Raises ``CursorError``."""
    is_open = query.state is TaskState.OPEN
    cursors = CursorCodec(cursor_key, location.id, query)
    conditions = Conditions().add("location = %s", location.no).add("is_done = %s", not is_open)
    for name in ("entry", "reference", "code"):
        if (value := getattr(query, name)) is not None:
            conditions.add(f"{name} = %s", value)
    if query.customer_id is not None:
        same = await same_customer(view, location, query.customer_id)
        conditions.add("customer = ANY (%s::text[])", list(same))
    if query.due_before is not None:
        conditions.add("due_at < %s", micros(query.due_before))
    if query.cursor is not None:
        cursor = cursors.read(query.cursor)
        conditions.add(f"(due_at, seq) {'>' if is_open else '<'} (%s, %s)", cursor.sent_at, cursor.seq)
    order = "due_at, seq" if is_open else "due_at DESC, seq DESC"
    sql = f"SELECT seq, due_at FROM task WHERE {conditions.sql} ORDER BY {order} LIMIT %s"
    rows = await view.rows(sql, [*conditions.values, query.limit + 1])
    page = rows[: query.limit]
    threads = await load_whole_threads(view, location, [seq for seq, _ in page])
    last = page[-1] if len(rows) > len(page) else None
    following = None if last is None else cursors.write(Cursor("older", last[1], last[0], 0))
    return TasksRow(tuple(task_row(threads[seq]) for seq, _ in page), following)


async def _handovers(view: View, location: Location, query: ListQuery, cursor_key: bytes) -> HandoversRow:
    """Return a page of handovers. Raises ``CursorError``."""
    cursors = CursorCodec(cursor_key, location.id, query)
    before = _MOST if query.cursor is None else cursors.read(query.cursor).seq
    rows = await view.rows(_HANDOVERS, (location.no, before, query.limit + 1))
    seqs = [seq for (seq,) in rows[: query.limit]]
    threads = await load_whole_threads(view, location, seqs)
    older = None if len(rows) <= len(seqs) else cursors.write(Cursor("older", 0, seqs[-1], 0))
    return HandoversRow(tuple(handover_row(threads[seq]) for seq in seqs), older)


async def _thread(view: View, location: Location, kind: str, record_id: str) -> Thread:
    """Return the thread of the root with this id, or else with this key. Raises ``UnknownEntryError``."""
    for candidate in (record_id, namespaced_id(record_id, manual=True)):
        if row := await view.row(_BY_ID, (location.no, candidate, kind)):
            return (await load_whole_threads(view, location, [row[0]]))[row[0]]
    raise UnknownEntryError("There is nothing with this id.")
