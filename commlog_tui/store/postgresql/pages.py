"""Pages of the log: one statement for the rows of a page, its total, and what lies beside it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import msgspec

from commlog_tui.contract.query import PageRequest
from commlog_tui.contract.search_terms import parse
from commlog_tui.records.instants import instant, micros
from commlog_tui.store import answer_size
from commlog_tui.store.cursor import CursorCodec
from commlog_tui.store.location import Location
from commlog_tui.store.paging import Found, Position, limited_page, page_row
from commlog_tui.store.postgresql.connection import Row
from commlog_tui.store.postgresql.database import Database
from commlog_tui.store.postgresql.entry_rows import (
    ENTRY_COLUMNS,
    ENTRY_NAMES,
    ENTRY_SIZE,
    LARGE_NAMES,
    RECORD_JOIN,
    read_entry,
)
from commlog_tui.store.postgresql.page_plan import Filters, Plan
from commlog_tui.store.postgresql.search_page import SearchPage
from commlog_tui.store.postgresql.totals import total
from commlog_tui.store.rows import PageRow, TotalRow

_COLUMNS: Final = ", ".join(
    f"CASE WHEN fits THEN {name} END AS {name}" if name in LARGE_NAMES else name for name in ENTRY_NAMES
)
_ROWS: Final = f"""
SELECT number, sent_at, seq, fits, {_COLUMNS} FROM (
    SELECT *, number = 1 OR number <= %s AND size <= %s AS fits FROM (
        SELECT walked.sent_at, walked.seq, {ENTRY_COLUMNS}, row_number() OVER walk AS number,
        sum({ENTRY_SIZE}) OVER walk AS size
        FROM ({{walk}}) AS walked JOIN entry ON entry.location = %s AND entry.seq = walked.seq {RECORD_JOIN}
        WINDOW walk AS (ORDER BY walked.sent_at {{order}}, walked.seq {{order}})
    ) AS whole
) AS bounded
"""
"""Entries of a walk; where they are large, the last ones without what makes them so."""
_PAGE: Final = """
SELECT total.count, total.exact, {beside}, page.* FROM ({total}) AS total {later}
LEFT JOIN ({rows}) AS page ON true ORDER BY page.number
"""
_NOTHING_BESIDE: Final = "NULL, NULL, NULL"
_BESIDE: Final = "later.count, later.exact, EXISTS ({walk})"


@dataclass(frozen=True, slots=True)
class _Walked:
    """What was read for a page: its rows in the order of the walk, and what lies beside it."""

    rows: list[Row]
    """Of ``_ROWS``, one more than the page has where there are more."""
    total: TotalRow | None = None
    """None where it is counted later."""
    later: TotalRow | None = None
    newer: bool = False


class Pager:
    """Answers page requests for one location."""

    def __init__(
        self,
        database: Database,
        location: Location,
        request: PageRequest,
        cursor_key: bytes,
        *,
        customers: Sequence[str] = (),
        excluded: Sequence[str] = (),
    ) -> None:
        """Set what to read; ``customers`` are all ids of the request's customer, ``excluded`` of those it excludes."""
        self._database = database
        self._customers = customers
        self._location = location
        self._limit = request.limit
        self._cursors = CursorCodec(cursor_key, location.id, request)
        terms = () if request.q is None else parse(request.q, location.region)
        is_timed = bool(terms) or request.is_checked_on_rows
        if excluded:
            request = request.model_copy(update={"not_customer_id": tuple(excluded)})
        self._request = request
        self._search = SearchPage(database, location, request, terms, customers) if is_timed else None

    async def page(self) -> PageRow:
        """Return the page. Raises ``CursorError``."""
        cursor = self._cursors.read_from(self._request)
        limit = self._limit
        if self._search is not None:
            await self._search.prepare()
        if cursor is not None and cursor.direction == "newer":
            walked = await self._walked(rising=True, behind=(cursor.sent_at, cursor.seq))
            if len(walked.rows) > limit:
                first = max(cursor.first, 2) if cursor.first else 0
                return await self._answer(walked, first, newer=True, older=True, rising=True)
            cursor = None
        if cursor is not None and cursor.direction == "oldest":
            return await self._oldest()
        if self._request.at is not None and cursor is None:
            return await self._at(micros(self._request.at))
        walked = await self._walked(behind=None if cursor is None else (cursor.sent_at, cursor.seq))
        first = 1 if cursor is None else cursor.first
        return await self._answer(walked, first, newer=cursor is not None, older=len(walked.rows) > limit)

    async def _oldest(self) -> PageRow:
        walked = await self._walked(rising=True)
        total = walked.total or await self._total(0)
        more = len(walked.rows) > self._limit
        first = (max(total.count - self._limit + 1, 2) if total.exact else 0) if more else 1
        return await self._answer(replace(walked, total=total), first, newer=more, older=False, rising=True)

    async def _at(self, before: int) -> PageRow:
        """Return the page of the newest entries before an instant, else the oldest page."""
        walked = await self._walked(behind=(before, 0), beside=True)  # no seq is 0: before all entries of that instant
        older = len(walked.rows) > self._limit
        if not walked.newer:
            return await self._answer(walked, 1, newer=False, older=older)
        if not walked.rows and not (self._search and self._search.looked_to):
            return await self._oldest()
        later = walked.later
        return await self._answer(walked, later.count + 1 if later and later.exact else 0, newer=True, older=older)

    async def _walked(self, *, rising: bool = False, behind: Position | None = None, beside: bool = False) -> _Walked:
        """Read the rows of a page, its total, and what lies beside it."""
        order, most = "ASC" if rising else "DESC", answer_size.MOST_BYTES
        if self._search is not None:
            rows = await self._search.rows(_ROWS, order, self._limit, most, behind)
            if not beside or behind is None:
                return _Walked(rows)
            newer = await self._search.has_newer(behind)
            above = SearchPage(self._database, self._location, self._later(behind[0]), self._search.terms)
            await above.prepare()
            return _Walked(rows, later=await above.total(0), newer=newer or self._search.looked_to is not None)
        filters = Filters(self._location, self._request, self._customers)
        plan = Plan(filters.branches())
        walk, walked = plan.walk(self._limit + 1, rising=rising, behind=behind)
        counted, values = total(self._location, self._request, filters, plan)
        words, later_values, later = _NOTHING_BESIDE, list[Any](), ""
        if beside and behind is not None:
            newest, newer_values = plan.walk(1, rising=True, behind=behind)
            query = self._later(behind[0])
            later_filters = Filters(self._location, query, self._customers)
            later_sql, later_values = total(self._location, query, later_filters, Plan(later_filters.branches()))
            words, later = _BESIDE.format(walk=newest), f"CROSS JOIN ({later_sql}) AS later"
            values = [*newer_values, *values]
        sql = _PAGE.format(beside=words, total=counted, later=later, rows=_ROWS.format(walk=walk, order=order))
        values += [*later_values, self._limit, most, *walked, self._location.no]
        found = await self._database.rows(sql, values, self._location)
        count, exact, later_count, later_exact, newer = found[0][:5]
        rows = [row[5:] for row in found if row[5] is not None]
        behind_it = None if later_count is None else TotalRow(int(later_count), bool(later_exact))
        return _Walked(rows, TotalRow(int(count), bool(exact)), behind_it, bool(newer))

    async def _total(self, known: int) -> TotalRow:
        """Return how many matches a search has; of all else the total comes with the rows."""
        return TotalRow(known, exact=False) if self._search is None else await self._search.total(known)

    def _later(self, moment: int) -> PageRequest:
        since = max(moment, micros(self._request.since)) if self._request.since else moment
        return self._request.model_copy(update={"since": instant(since), "at": None})

    async def _answer(self, walked: _Walked, first: int, *, newer: bool, older: bool, rising: bool = False) -> PageRow:
        page = walked.rows[: self._limit]
        entries = [read_entry(row[4:], self._location.id) for row in page if row[3]]
        positions = [(int(row[1]), int(row[2])) for row in page]
        if rising:
            positions.reverse()
            entries.reverse()
        search = self._search
        looked_to = None if search is None else search.looked_to
        total = walked.total
        if total is None:
            is_all = first == 1 and not (newer or older or looked_to)
            known = first + len(positions) - 1 if first else 0
            total = TotalRow(len(positions), exact=True) if is_all else await self._total(known)
        row = page_row(Found(positions, first, newer, older, rising), entries, total, self._limit, self._cursors)
        if search is None:
            return row
        row = msgspec.structs.replace(row, entries=await search.explained(entries))
        if looked_to is not None and not older and len(entries) == len(positions):
            following = first + len(positions) if first else 0
            return limited_page(row, looked_to, following, self._cursors, rising=rising)
        if not entries and self._request.cursor is None and (suggestions := await search.suggestions()):
            return msgspec.structs.replace(row, suggestions=suggestions)
        return row
