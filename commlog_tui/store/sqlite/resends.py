"""Messages that are sent again, in a SQLite file."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

import apsw
import msgspec

from commlog_tui.contract.resend import Route
from commlog_tui.contract.resend_list import ResendListQuery
from commlog_tui.records.instants import instant, micros
from commlog_tui.records.resend_row import resend_row
from commlog_tui.records.rows import ResendRow
from commlog_tui.store.cursor import Cursor, CursorCodec
from commlog_tui.store.resends import Outgoing, Progress, with_progress
from commlog_tui.store.rows import ResendsRow
from commlog_tui.store.sqlite.cursor_key import CursorKey
from commlog_tui.store.sqlite.database import Database
from commlog_tui.store.sqlite.entry_rows import ENTRY_COLUMNS, read_entry
from commlog_tui.store.sqlite.facets import ENTRY_STATUS
from commlog_tui.store.sqlite.keys import Row, key_of, range_of, seq_of
from commlog_tui.store.sqlite.place import Place
from commlog_tui.store.sqlite.record_rows import RECORD_COLUMNS, read_record

_PROGRESS: Final = f"""
resend.state, resend.attempts, resend.next_at, coalesce({ENTRY_STATUS}, '')
"""
_OF_ROOT: Final = f"""
SELECT resend.record, {_PROGRESS} FROM resend LEFT JOIN entry ON entry.pk = resend.pk WHERE root = ?
"""
_LIST: Final = f"""
SELECT resend.pk, {_PROGRESS}, {RECORD_COLUMNS} FROM resend {{index}} LEFT JOIN entry ON entry.pk = resend.pk
JOIN record ON record.pk = resend.record
WHERE resend.location = ? AND {{state}} AND resend.pk >= ? AND resend.pk < ? ORDER BY resend.pk DESC LIMIT ?
"""
_OPEN: Final = "state IN ('waiting', 'begun')"
_ROUTES: Final = "route IN (SELECT value FROM json_each(?))"
_IN_ORDER: Final = """
(route <> 'webhook' OR NOT EXISTS (
    SELECT 1 FROM resend AS earlier INDEXED BY resend_by_state
    WHERE earlier.location = resend.location AND earlier.state IN ('waiting', 'begun') AND earlier.route = 'webhook'
    AND earlier.pk < resend.pk
))
"""
_NEXT: Final = f"""
SELECT min(max(next_at, claimed_until)) FROM resend INDEXED BY resend_open
WHERE location = ? AND {_OPEN} AND {_ROUTES} AND {_IN_ORDER}
"""
_DUE: Final = f"""
SELECT pk FROM resend INDEXED BY resend_open
WHERE location = ? AND {_OPEN} AND {_ROUTES} AND next_at <= ? AND claimed_until <= ? AND {_IN_ORDER}
ORDER BY pk LIMIT ?
"""
_CLAIM: Final = "UPDATE resend SET claimed_until = ? WHERE pk IN (SELECT value FROM json_each(?))"
_CLAIMED: Final = f"""
SELECT resend.pk, resend.record, resend.state, resend.attempts, {ENTRY_COLUMNS}
FROM json_each(?) AS wanted JOIN resend ON resend.pk = wanted.value JOIN entry ON entry.pk = resend.pk
JOIN record ON record.pk = entry.pk LEFT JOIN personal ON personal.pk = entry.pk ORDER BY resend.pk
"""
_RECORD: Final = f"SELECT {RECORD_COLUMNS} FROM record WHERE record.pk = ?"


def progress_of(connection: apsw.Connection, root: int) -> dict[int, Progress]:
    """Return how far the resends of an entry are, by their seq, given the key of the entry."""
    rows: list[Row] = connection.execute(_OF_ROOT, (root,)).fetchall()
    return {seq_of(int(record)): Progress(*row) for record, *row in rows}


class SqliteResends:
    """See ``store.resends.Resends``."""

    def __init__(self, database: Database, cursor_key: CursorKey) -> None:
        self._database = database
        self._cursor_key = cursor_key

    async def page(self, location: str, query: ResendListQuery) -> ResendsRow:
        """See ``store.resends.Resends.page``."""
        return self._database.read(lambda c: _list(c, Place.find(c, location), query, self._cursor_key.read(c)))

    async def next_at(self, location: str, routes: Collection[Route]) -> datetime | None:
        """See ``store.resends.Resends.next_at``."""

        def read(connection: apsw.Connection) -> int | None:
            no = Place.find(connection, location).no
            found: Row | None = connection.execute(_NEXT, (no, _json(routes))).fetchone()
            return None if found is None else found[0]

        next_at = self._database.read(read)
        return None if next_at is None else instant(next_at)

    async def claim(
        self, location: str, routes: Collection[Route], now: datetime, until: datetime, limit: int
    ) -> Sequence[Outgoing]:
        """See ``store.resends.Resends.claim``."""

        def work(connection: apsw.Connection) -> Sequence[Outgoing]:
            no, instant_ = Place.find(connection, location).no, micros(now)
            due = (no, _json(routes), instant_, instant_, limit)
            rows: list[Row] = connection.execute(_DUE, due).fetchall()
            pks = [int(pk) for (pk,) in rows]
            connection.execute(_CLAIM, (micros(until), _json(pks)))
            return _claimed(connection, location, pks)

        claimed: Sequence[Outgoing] = await self._database.writer.run(work)
        return claimed

    async def renew(self, location: str, seqs: Sequence[int], until: datetime) -> None:
        """See ``store.resends.Resends.renew``."""

        def work(connection: apsw.Connection) -> None:
            no = Place.find(connection, location).no
            connection.execute(_CLAIM, (micros(until), _json([key_of(no, seq) for seq in seqs])))

        await self._database.writer.run(work)


def _list(connection: apsw.Connection, place: Place, query: ResendListQuery, cursor_key: bytes) -> ResendsRow:
    """Return a page of resends. Raises ``CursorError``."""
    cursors = CursorCodec(cursor_key, place.id, query)
    first, last = range_of(place.no)
    before = last + 1 if query.cursor is None else key_of(place.no, cursors.read(query.cursor).seq)
    if query.state is None:
        statement, state = _LIST.format(index="NOT INDEXED", state="? = ''"), ""
    else:
        statement, state = _LIST.format(index="INDEXED BY resend_by_state", state="state = ?"), query.state.value
    rows: list[Row] = connection.execute(statement, (place.no, state, first, before, query.limit + 1)).fetchall()
    page = rows[: query.limit]
    older = cursors.write(Cursor("older", 0, seq_of(int(page[-1][0])), 0)) if len(rows) > len(page) else None
    return ResendsRow(tuple(_row(row) for row in page), older)


def _row(row: Row) -> ResendRow:
    return with_progress(resend_row(read_record(row[5:])), Progress(*row[1:5]))


def _claimed(connection: apsw.Connection, location: str, pks: Sequence[int]) -> Sequence[Outgoing]:
    found = []
    rows: list[Row] = connection.execute(_CLAIMED, (_json(pks),)).fetchall()
    for pk, record, state, attempts, *entry in rows:
        resend = resend_row(read_record(next(iter(connection.execute(_RECORD, (record,))))))
        entry_row = read_entry(tuple(entry))
        found.append(Outgoing(location, seq_of(int(pk)), entry_row, resend, state == "begun", int(attempts)))
    return found


def _json(values: Collection[object]) -> str:
    return msgspec.json.encode(list(values)).decode()
