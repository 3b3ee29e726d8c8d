"""Messages that are sent again, in a PostgreSQL database."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from commlog_tui.contract.resend import Route
from commlog_tui.contract.resend_list import ResendListQuery
from commlog_tui.records.instants import instant, micros
from commlog_tui.records.resend_row import resend_row
from commlog_tui.store.cursor import Cursor, CursorCodec
from commlog_tui.store.location import Location
from commlog_tui.store.postgresql.conditions import Conditions
from commlog_tui.store.postgresql.cursor_key import CursorKey
from commlog_tui.store.postgresql.database import Database, View
from commlog_tui.store.postgresql.entry_rows import ENTRY_COLUMNS, RECORD_JOIN, of_facet, read_entry
from commlog_tui.store.postgresql.threads import load_records
from commlog_tui.store.resends import Outgoing, Progress, with_progress
from commlog_tui.store.rows import ResendsRow

_PROGRESS: Final = f"""
SELECT resend.record, resend.state, resend.attempts, resend.next_at, coalesce({of_facet("status")}, ''), resend.seq
FROM resend
LEFT JOIN entry ON entry.location = resend.location AND entry.seq = resend.seq
"""
_OF_RECORDS: Final = f"{_PROGRESS} WHERE resend.location = %s AND resend.record = ANY(%s::bigint[])"
_IN_ORDER: Final = """
(mine.route <> 'webhook' OR NOT EXISTS (
    SELECT 1 FROM resend AS earlier WHERE earlier.location = mine.location AND earlier.state IN ('waiting', 'begun')
    AND earlier.route = 'webhook' AND earlier.seq < mine.seq
))
"""
_OPEN: Final = f"""
mine.location = %s AND mine.state IN ('waiting', 'begun') AND mine.route = ANY(%s::text[]) AND {_IN_ORDER}
"""
_NEXT: Final = f"SELECT min(greatest(next_at, claimed_until)) FROM resend AS mine WHERE {_OPEN}"
_CLAIM: Final = f"""
WITH due AS (
    SELECT mine.seq FROM resend AS mine WHERE {_OPEN} AND mine.next_at <= %s AND mine.claimed_until <= %s
    ORDER BY mine.seq LIMIT %s FOR UPDATE SKIP LOCKED
)
UPDATE resend SET claimed_until = %s FROM due WHERE resend.location = %s AND resend.seq = due.seq
RETURNING resend.seq, resend.record, resend.state, resend.attempts
"""
_ENTRIES: Final = f"""
SELECT entry.seq, {ENTRY_COLUMNS} FROM entry {RECORD_JOIN}
WHERE entry.location = %s AND entry.seq = ANY(%s::bigint[])
"""
_RENEW: Final = "UPDATE resend SET claimed_until = %s WHERE location = %s AND seq = ANY(%s::bigint[])"


class PostgresResends:
    """See ``store.resends.Resends``."""

    def __init__(self, database: Database, cursor_key: CursorKey) -> None:
        self._database = database
        self._cursor_key = cursor_key

    async def page(self, location: str, query: ResendListQuery) -> ResendsRow:
        """See ``store.resends.Resends.page``."""
        found, key = await self._database.location(location), await self._cursor_key.read()
        return await self._database.read(lambda view: _page(view, found, query, key), found)

    async def next_at(self, location: str, routes: Collection[Route]) -> datetime | None:
        """See ``store.resends.Resends.next_at``."""
        found = await self._database.location(location)
        row = await self._database.row(_NEXT, (found.no, [route.value for route in routes]), found)
        return None if row is None or row[0] is None else instant(row[0])

    async def claim(
        self, location: str, routes: Collection[Route], now: datetime, until: datetime, limit: int
    ) -> Sequence[Outgoing]:
        """See ``store.resends.Resends.claim``."""
        found, at = await self._database.location(location), micros(now)
        named = [route.value for route in routes]
        async with self._database.transaction(found) as view:
            claimed = await view.rows(_CLAIM, (found.no, named, at, at, limit, micros(until), found.no))
            entries = {row[0]: row[1:] for row in await view.rows(_ENTRIES, (found.no, [one[0] for one in claimed]))}
            resends = {one.seq: one for one in await load_records(view, found, [one[1] for one in claimed])}
        return [
            Outgoing(
                location,
                seq,
                read_entry(entries[seq], location),
                resend_row(resends[record]),
                state == "begun",
                attempts,
            )
            for seq, record, state, attempts in sorted(claimed)
        ]

    async def renew(self, location: str, seqs: Sequence[int], until: datetime) -> None:
        """See ``store.resends.Resends.renew``."""
        found = await self._database.location(location)
        async with self._database.transaction(found) as view:
            await view.execute(_RENEW, (micros(until), found.no, list(seqs)))


async def progress_of(database: Database, location: Location, records: Sequence[int]) -> dict[int, Progress]:
    """Return how far resends are, by their seq."""
    rows = await database.rows(_OF_RECORDS, (location.no, list(records)), location)
    return {record: Progress(*row) for record, *row, _ in rows}


async def _page(view: View, location: Location, query: ResendListQuery, cursor_key: bytes) -> ResendsRow:
    """Return a page of resends. Raises ``CursorError``."""
    cursors = CursorCodec(cursor_key, location.id, query)
    conditions = Conditions().add("resend.location = %s", location.no)
    if query.state is not None:
        conditions.add("resend.state = %s", query.state.value)
    if query.cursor is not None:
        conditions.add("resend.seq < %s", cursors.read(query.cursor).seq)
    sql = f"{_PROGRESS} WHERE {conditions.sql} ORDER BY resend.seq DESC LIMIT %s"
    rows = await view.rows(sql, [*conditions.values, query.limit + 1])
    page = rows[: query.limit]
    records = {one.seq: one for one in await load_records(view, location, [row[0] for row in page])}
    older = cursors.write(Cursor("older", 0, page[-1][5], 0)) if len(rows) > len(page) else None
    made = (with_progress(resend_row(records[record]), Progress(*row)) for record, *row, _ in page)
    return ResendsRow(tuple(made), older)
