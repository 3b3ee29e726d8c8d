"""Pages of tasks by their due time, and of handovers."""

from typing import Final

import apsw
import msgspec

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
from commlog_tui.store.rows import HandoversRow, TasksRow
from commlog_tui.store.sqlite.connection import number
from commlog_tui.store.sqlite.customer_notes import same_customer
from commlog_tui.store.sqlite.filters import Condition, Value
from commlog_tui.store.sqlite.keys import Row, id_bytes, key_of, range_of, seq_of
from commlog_tui.store.sqlite.loading import load_threads
from commlog_tui.store.sqlite.place import Place

_BY_ID: Final = "SELECT pk FROM record WHERE location = ? AND id = ? AND kind = (SELECT no FROM kind WHERE name = ?)"
_HANDOVERS: Final = "SELECT pk FROM handover WHERE pk >= ? AND pk < ? ORDER BY pk DESC LIMIT ?"


class WorkLists:
    """Reads tasks and handovers of one location on one connection, within one read transaction."""

    def __init__(self, connection: apsw.Connection, place: Place, cursor_key: bytes) -> None:
        self._connection = connection
        self._place = place
        self._cursor_key = cursor_key

    def tasks(self, query: TaskQuery) -> TasksRow:
        """Return a page of tasks by their due time. Raises ``CursorError``."""
        is_open, no = query.state is TaskState.OPEN, self._place.no
        cursors = CursorCodec(self._cursor_key, self._place.id, query)
        index, named = _named(query)
        conditions = ["location = ?", "is_done = ?"]
        values: list[Value] = [no, int(not is_open)]
        for name, value in named:
            condition = Condition(f"{name} = ?", (value,))
            if name == "customer" and len(same := same_customer(self._connection, self._place, value)) > 1:
                listed = msgspec.json.encode(same).decode()
                condition = Condition("customer IN (SELECT value FROM json_each(?))", (listed,))
            conditions.append(condition.sql)
            values += condition.values
        if query.due_before is not None:
            conditions.append("due_at < ?")
            values.append(micros(query.due_before))
        if query.cursor is not None:
            cursor = cursors.read(query.cursor)
            conditions.append(f"(due_at, pk) {'>' if is_open else '<'} (?, ?)")
            values += [cursor.sent_at, key_of(no, cursor.seq)]
        order = "due_at, pk" if is_open else "due_at DESC, pk DESC"
        sql = (
            f"SELECT pk, due_at FROM task INDEXED BY {index} WHERE {' AND '.join(conditions)} ORDER BY {order} LIMIT ?"
        )
        rows: list[Row] = self._connection.execute(sql, (*values, query.limit + 1)).fetchall()
        page = rows[: query.limit]
        threads = load_threads(self._connection, [int(pk) for pk, _ in page], whole=True)
        last = page[-1] if len(rows) > len(page) else None
        following = None if last is None else cursors.write(Cursor("older", int(last[1]), seq_of(int(last[0])), 0))
        return TasksRow(tuple(task_row(threads[int(pk)]) for pk, _ in page), following)

    def task(self, task_id: str) -> TaskRow:
        """Return a task. Raises ``UnknownEntryError``."""
        return task_row(self._thread("task", task_id))

    def handovers(self, query: ListQuery) -> HandoversRow:
        """Return a page of handovers. Raises ``CursorError``."""
        cursors = CursorCodec(self._cursor_key, self._place.id, query)
        first, last = range_of(self._place.no)
        before = last + 1 if query.cursor is None else key_of(self._place.no, cursors.read(query.cursor).seq)
        rows: list[Row] = self._connection.execute(_HANDOVERS, (first, before, query.limit + 1)).fetchall()
        pks = [int(pk) for (pk,) in rows[: query.limit]]
        threads = load_threads(self._connection, pks, whole=True)
        older = None if len(rows) <= len(pks) else cursors.write(Cursor("older", 0, seq_of(pks[-1]), 0))
        return HandoversRow(tuple(handover_row(threads[pk]) for pk in pks), older)

    def handover(self, handover_id: str) -> HandoverRow:
        """Return a handover. Raises ``UnknownEntryError``."""
        return handover_row(self._thread("handover", handover_id))

    def _thread(self, kind: str, record_id: str) -> Thread:
        """Return the thread of the root with this id, or else with this key."""
        for candidate in (record_id, namespaced_id(record_id, manual=True)):
            if pk := number(self._connection, _BY_ID, (self._place.no, id_bytes(candidate), kind)):
                return load_threads(self._connection, [pk], whole=True)[pk]
        raise UnknownEntryError("There is nothing with this id.")


def _named(query: TaskQuery) -> tuple[str, list[tuple[str, str]]]:
    """Return the index to walk, and the columns that have a value to match."""
    wanted = (
        ("entry", query.entry),
        ("reference", query.reference),
        ("code", query.code),
        ("customer", query.customer_id),
    )
    named = [(name, value) for name, value in wanted if value is not None]
    return (f"task_by_{named[0][0]}" if named else "task_by_due"), named
