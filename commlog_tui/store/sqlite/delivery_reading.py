"""Pages of unmatched events, runs and resolutions: newest record first, each a bounded walk of one index."""

from collections.abc import Sequence

import apsw

from commlog_tui.contract.booking import code_form
from commlog_tui.contract.query import ListQuery, ResolutionQuery, RunQuery
from commlog_tui.records.delivery_event import unmatched_event_row
from commlog_tui.records.record import Record
from commlog_tui.records.resolution import resolution_row
from commlog_tui.records.run import run_row
from commlog_tui.store.cursor import Cursor, CursorCodec
from commlog_tui.store.rows import ResolutionsRow, RunsRow, UnmatchedEventsRow
from commlog_tui.store.sqlite.keys import Row, key_of, range_of, seq_of
from commlog_tui.store.sqlite.loading import load_threads
from commlog_tui.store.sqlite.place import Place
from commlog_tui.store.sqlite.record_rows import RECORD_COLUMNS, read_record

_Condition = tuple[str, tuple[str | int, ...]]
_Branch = tuple[str, list[_Condition]]
"""A table with the index to walk, and the conditions."""
_RECORD = f"SELECT {RECORD_COLUMNS} FROM record WHERE pk = ?"


class Lists:
    """Reads lists of one location on one connection, within one read transaction."""

    def __init__(self, connection: apsw.Connection, place: Place, cursor_key: bytes) -> None:
        self._connection = connection
        self._place = place
        self._cursor_key = cursor_key

    def unmatched_events(self, query: ListQuery) -> UnmatchedEventsRow:
        """Return a page of events about messages that no entry names. Raises ``CursorError``."""
        pks, older = self._walk([("unmatched_event", [])], query)
        return UnmatchedEventsRow(tuple(unmatched_event_row(self._record(pk)) for pk in pks), older)

    def runs(self, query: RunQuery) -> RunsRow:
        """Return a page of workflow runs. Raises ``CursorError``."""
        conditions = self._of_booking(query.reference, query.code)
        statuses = tuple(dict.fromkeys(status.value for status in query.status))
        if conditions or not statuses:
            if statuses:
                conditions.append((f"status IN ({','.join('?' * len(statuses))})", statuses))
            branches = [(f"run{_index('run', query)}", conditions)]
        else:
            branches = [
                ("run INDEXED BY run_by_status", [("location = ? AND status = ?", (self._place.no, status))])
                for status in statuses
            ]
        pks, older = self._walk(branches, query)
        threads = load_threads(self._connection, pks, whole=True)
        return RunsRow(tuple(run_row(threads[pk]) for pk in pks), older)

    def resolutions(self, query: ResolutionQuery) -> ResolutionsRow:
        """Return a page of resolutions. Raises ``CursorError``."""
        conditions = self._of_booking(query.reference, query.code)
        pks, older = self._walk([(f"resolution{_index('resolution', query)}", conditions)], query)
        return ResolutionsRow(tuple(resolution_row(self._record(pk)) for pk in pks), older)

    def _of_booking(self, reference: str | None, code: str | None) -> list[_Condition]:
        named = [
            (f"{name} = ?", (value,)) for name, value in (("reference", reference), ("code", code_form(code))) if value
        ]
        return [("location = ?", (self._place.no,)), *named] if named else []

    def _walk(self, branches: Sequence[_Branch], query: ListQuery) -> tuple[list[int], str | None]:
        """Return the keys of a page, and the cursor of the next one."""
        cursors = CursorCodec(self._cursor_key, self._place.id, query)
        first, last = range_of(self._place.no)
        before = last + 1 if query.cursor is None else key_of(self._place.no, cursors.read(query.cursor).seq)
        pks: list[int] = []
        for table, conditions in branches:
            where = " AND ".join(["pk >= ?", "pk < ?", *(condition for condition, _ in conditions)])
            values = (first, before, *(value for _, bound in conditions for value in bound), query.limit + 1)
            found = self._connection.execute(f"SELECT pk FROM {table} WHERE {where} ORDER BY pk DESC LIMIT ?", values)
            pks += [int(pk) for (pk,) in found]
        pks.sort(reverse=True)
        if len(pks) <= query.limit:
            return pks, None
        pks = pks[: query.limit]
        return pks, cursors.write(Cursor("older", 0, seq_of(pks[-1]), 0))

    def _record(self, pk: int) -> Record:
        rows: list[Row] = self._connection.execute(_RECORD, (pk,)).fetchall()
        return read_record(rows[0])


def _index(table: str, query: RunQuery | ResolutionQuery) -> str:
    """Return the clause that names the index of a booking; empty for all rows, by their key."""
    name = "reference" if query.reference is not None else "code" if query.code is not None else None
    return "" if name is None else f" INDEXED BY {table}_by_{name}"
