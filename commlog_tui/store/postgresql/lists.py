"""Pages of unmatched events, runs and resolutions: newest record first, each a bounded walk of one index."""

from typing import Final

from commlog_tui.contract.booking import code_form
from commlog_tui.contract.query import ListQuery, ResolutionQuery, RunQuery
from commlog_tui.records.delivery_event import unmatched_event_row
from commlog_tui.records.resolution import resolution_row
from commlog_tui.records.run import run_row
from commlog_tui.store.cursor import Cursor, CursorCodec
from commlog_tui.store.location import Location
from commlog_tui.store.postgresql.conditions import Conditions
from commlog_tui.store.postgresql.database import View
from commlog_tui.store.postgresql.threads import load_records, load_whole_threads
from commlog_tui.store.rows import ResolutionsRow, RunsRow, UnmatchedEventsRow

_WALK: Final = "SELECT seq FROM {table} WHERE {conditions} ORDER BY seq DESC LIMIT %s"
_WALK_EACH: Final = """
SELECT walk.seq FROM unnest(%s::text[]) AS lead (status)
CROSS JOIN LATERAL (SELECT seq FROM run WHERE {conditions} AND status = lead.status ORDER BY seq DESC LIMIT %s) AS walk
ORDER BY walk.seq DESC LIMIT %s
"""


class Lists:
    """Reads lists of one location within one read transaction."""

    def __init__(self, view: View, location: Location, cursor_key: bytes) -> None:
        self._view = view
        self._location = location
        self._cursor_key = cursor_key

    async def unmatched_events(self, query: ListQuery) -> UnmatchedEventsRow:
        """Return a page of events about messages that no entry names. Raises ``CursorError``."""
        seqs, older = await self._walk("unmatched_event", Conditions(), query)
        events = await load_records(self._view, self._location, seqs)
        return UnmatchedEventsRow(tuple(map(unmatched_event_row, events)), older)

    async def runs(self, query: RunQuery) -> RunsRow:
        """Return a page of workflow runs. Raises ``CursorError``."""
        seqs, older = await self._walk("run", _of_booking(query), query, [status.value for status in query.status])
        threads = await load_whole_threads(self._view, self._location, seqs)
        return RunsRow(tuple(run_row(threads[seq]) for seq in seqs), older)

    async def resolutions(self, query: ResolutionQuery) -> ResolutionsRow:
        """Return a page of resolutions. Raises ``CursorError``."""
        seqs, older = await self._walk("resolution", _of_booking(query), query)
        resolutions = await load_records(self._view, self._location, seqs)
        return ResolutionsRow(tuple(map(resolution_row, resolutions)), older)

    async def _walk(
        self, table: str, named: Conditions, query: ListQuery, statuses: list[str] | None = None
    ) -> tuple[list[int], str | None]:
        """Return the seqs of a page, and the cursor of the next one."""
        cursors = CursorCodec(self._cursor_key, self._location.id, query)
        conditions = Conditions().add("location = %s", self._location.no).also(named)
        if query.cursor is not None:
            conditions.add("seq < %s", cursors.read(query.cursor).seq)
        most = query.limit + 1
        statuses = list(dict.fromkeys(statuses or ()))
        if statuses and named.texts:
            conditions.add("status = ANY (%s::text[])", statuses)
        if statuses and not named.texts:
            sql = _WALK_EACH.format(conditions=conditions.sql)
            rows = await self._view.rows(sql, [statuses, *conditions.values, most, most])
        else:
            rows = await self._view.rows(
                _WALK.format(table=table, conditions=conditions.sql), [*conditions.values, most]
            )
        seqs = [int(row[0]) for row in rows]
        if len(seqs) <= query.limit:
            return seqs, None
        seqs = seqs[: query.limit]
        return seqs, cursors.write(Cursor("older", 0, seqs[-1], 0))


def _of_booking(query: RunQuery | ResolutionQuery) -> Conditions:
    """Return the conditions on the booking."""
    named = Conditions()
    for name, value in (("reference", query.reference), ("code", code_form(query.code))):
        if value:
            named.add(f"{name} = %s", value)
    return named
