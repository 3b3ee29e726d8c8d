"""Pages of the log: one statement for the rows of a page, its total, and what lies beside it."""

from typing import Any, Final

from commlog_tui.contract.query import PageRequest
from commlog_tui.contract.search_terms import parse
from commlog_tui.records.instants import instant, micros
from commlog_tui.store import answer_size
from commlog_tui.store.cursor import CursorCodec
from commlog_tui.store.location import Location
from commlog_tui.store.paging import Found, Position, page_row
from commlog_tui.store.postgresql.connection import Row
from commlog_tui.store.postgresql.database import Database, View
from commlog_tui.store.postgresql.entry_rows import ENTRY_COLUMNS, ENTRY_SIZE, RECORD_JOIN, read_entry
from commlog_tui.store.postgresql.page_plan import Filters, Plan
from commlog_tui.store.postgresql.search_plan import Search
from commlog_tui.store.postgresql.totals import from_counters, total
from commlog_tui.store.rows import PageRow, TotalRow

_ROWS: Final = f"""
SELECT number, sent_at, seq, fits, CASE WHEN fits THEN public END AS public,
CASE WHEN fits THEN data END AS data, status, CASE WHEN fits THEN corrected END AS corrected FROM (
    SELECT *, number = 1 OR number <= %s AND size <= %s AS fits FROM (
        SELECT walked.sent_at, walked.seq, {ENTRY_COLUMNS}, row_number() OVER walk AS number,
        sum({ENTRY_SIZE}) OVER walk AS size
        FROM ({{walk}}) AS walked JOIN entry ON entry.location = %s AND entry.seq = walked.seq {RECORD_JOIN}
        WINDOW walk AS (ORDER BY walked.sent_at {{order}}, walked.seq {{order}})
    ) AS whole
) AS bounded
"""
"""Entries of a walk; where they are large, the last ones without their records."""
_PAGE: Final = """
SELECT total.count, total.exact, {beside}, page.* FROM ({total}) AS total {later}
LEFT JOIN ({rows}) AS page ON true ORDER BY page.number
"""
_NOTHING_BESIDE: Final = "NULL, NULL, NULL"
_NOTHING_FOUND: Final = (0, True, 0, True, False, *[None] * 8)
_BESIDE: Final = "later.count, later.exact, EXISTS ({walk})"


class Pager:
    """Answers page requests for one location."""

    def __init__(self, database: Database, location: Location, request: PageRequest, cursor_key: bytes) -> None:
        self._database = database
        self._location = location
        self._request = request
        self._limit = request.limit
        self._cursors = CursorCodec(cursor_key, location.id, request)

    async def page(self) -> PageRow:
        """Return the page. Raises ``CursorError``."""
        cursor = self._cursors.read_from(self._request)
        limit = self._limit
        if cursor is not None and cursor.direction == "newer":
            rows = await self._rows(rising=True, behind=(cursor.sent_at, cursor.seq))
            if len(_positions(rows)) > limit:
                first = max(cursor.first, 2) if cursor.first else 0
                return self._answer(rows, first, newer=True, older=True, rising=True)
            cursor = None
        if cursor is not None and cursor.direction == "oldest":
            return await self._oldest()
        if self._request.at is not None and cursor is None:
            return await self._at(micros(self._request.at))
        rows = await self._rows(behind=None if cursor is None else (cursor.sent_at, cursor.seq))
        first = 1 if cursor is None else cursor.first
        return self._answer(rows, first, newer=cursor is not None, older=len(_positions(rows)) > limit)

    async def _oldest(self) -> PageRow:
        rows = await self._rows(rising=True)
        count, exact = rows[0][:2]
        more = len(_positions(rows)) > self._limit
        first = (max(count - self._limit + 1, 2) if exact else 0) if more else 1
        return self._answer(rows, first, newer=more, older=False, rising=True)

    async def _at(self, before: int) -> PageRow:
        """Return the page of the newest entries before an instant, else the oldest page."""
        rows = await self._rows(behind=(before, 0), beside=True)  # no seq is 0: before all entries of that instant
        later, is_exact, newer = rows[0][2:5]
        older = len(_positions(rows)) > self._limit
        if not newer:
            return self._answer(rows, 1, newer=False, older=older)
        if not _positions(rows):
            return await self._oldest()
        return self._answer(rows, later + 1 if is_exact else 0, newer=True, older=older)

    async def _rows(self, *, rising: bool = False, behind: Position | None = None, beside: bool = False) -> list[Row]:
        """Return the total, what lies beside the page, and its rows; one row without entries at least."""
        filters, plan = await self._planned(self._request)
        if plan is None:
            return [_NOTHING_FOUND]
        walk, walked = plan.walk(self._limit + 1, rising=rising, behind=behind)
        rows = _ROWS.format(walk=walk, order="ASC" if rising else "DESC")
        counted, values = total(self._location, self._request, filters, plan)
        words, later_values, later = _NOTHING_BESIDE, list[Any](), ""
        if beside and behind is not None:
            newest, newer_values = plan.walk(1, rising=True, behind=behind)
            query = self._later(behind[0])
            later_filters, later_plan = await self._planned(query)
            later_sql, later_values = total(self._location, query, later_filters, later_plan or plan)
            words, later = _BESIDE.format(walk=newest), f"CROSS JOIN ({later_sql}) AS later"
            values = [*newer_values, *values]
        sql = _PAGE.format(beside=words, total=counted, later=later, rows=rows)
        values += [*later_values, self._limit, answer_size.MOST_BYTES, *walked, self._location.no]
        return await self._database.rows(sql, values, self._location)

    async def _planned(self, query: PageRequest) -> tuple[Filters, Plan | None]:
        """Return the filters of a query and its walks; None where nothing can match."""
        filters = Filters(self._location, query)
        if query.q is None:
            return filters, Plan(filters.branches())
        search = Search(self._location, parse(query.q, self._location.region), filters)
        counted = from_counters(self._location, query.model_copy(update={"q": None}), filters)
        page = self._limit + 1

        async def plan(view: View) -> Plan | None:
            left = None if counted is None else await view.row(*counted)
            return await search.plan(view, page, None if left is None else int(left[0]))

        return filters, await self._database.read(plan, self._location)

    def _later(self, moment: int) -> PageRequest:
        since = max(moment, micros(self._request.since)) if self._request.since else moment
        return self._request.model_copy(update={"since": instant(since), "at": None})

    def _answer(self, rows: list[Row], first: int, *, newer: bool, older: bool, rising: bool = False) -> PageRow:
        count, exact = rows[0][:2]
        page = [row[5:] for row in rows[: self._limit] if row[5] is not None]
        entries = [read_entry(tuple(row[4:])) for row in page if row[3]]
        positions = [(int(row[1]), int(row[2])) for row in page]
        if rising:
            positions.reverse()
            entries.reverse()
        found = Found(positions, first, newer, older, rising)
        return page_row(found, entries, TotalRow(int(count), bool(exact)), self._limit, self._cursors)


def _positions(rows: list[Row]) -> list[Row]:
    """Return the rows that have an entry."""
    return [row for row in rows if row[5] is not None]
