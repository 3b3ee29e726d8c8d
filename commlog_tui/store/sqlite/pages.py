"""Pages of the log: keyset on (sent_at, key), every walk a bounded number of steps along an index."""

from dataclasses import replace
from typing import Protocol

import apsw
import msgspec

from commlog_tui.contract.query import PageRequest
from commlog_tui.contract.search_terms import parse
from commlog_tui.records.instants import instant, micros, optional_micros
from commlog_tui.records.rows import EntryRow
from commlog_tui.store.answer_size import count_fitting
from commlog_tui.store.cursor import Cursor, CursorCodec
from commlog_tui.store.paging import Found, page_row
from commlog_tui.store.rows import PageRow, TotalRow
from commlog_tui.store.sqlite.entry_rows import ENTRY_JOIN, ENTRY_SIZE, read_page
from commlog_tui.store.sqlite.filters import Filters
from commlog_tui.store.sqlite.keys import key_of, seq_of
from commlog_tui.store.sqlite.period import Position
from commlog_tui.store.sqlite.place import Place
from commlog_tui.store.sqlite.search_page import SearchPage
from commlog_tui.store.sqlite.totals import exact_total, plain_total, total_without_excluded
from commlog_tui.store.sqlite.walks import Walker, walk_of


class Walking(Protocol):
    """Finds what a query asks for."""

    @property
    def looked_to(self) -> Position | None:
        """Where the last walk stopped, if its time was over before it was at its end."""
        ...

    def first(self, behind: Position | None, limit: int, *, rising: bool) -> list[Position]:
        """Return the first rows behind a position."""
        ...


class PlainWalk:
    """Finds what the filters leave."""

    looked_to: Position | None = None

    def __init__(self, connection: apsw.Connection, place: Place, filters: Filters) -> None:
        self._walker = Walker(connection, place)
        self._filters = filters
        self._walk = walk_of(filters)

    def first(self, behind: Position | None, limit: int, *, rising: bool) -> list[Position]:
        """Return the first rows behind a position."""
        found = self._walker.among_few(self._filters, behind, limit, rising=rising)
        if found is None:
            found = self._walker.nearby(self._filters, behind, limit, rising=rising)
        return self._walker.first(self._walk, behind, limit, rising=rising) if found is None else found


class Pager:
    """Answers page requests for one location on one connection, within one read transaction."""

    def __init__(self, connection: apsw.Connection, place: Place, request: PageRequest, cursor_key: bytes) -> None:
        self._connection = connection
        self._cursor_key = cursor_key
        self._cursors = CursorCodec(cursor_key, place.id, request)
        self._place = place
        self._request = request
        self._filters = Filters.of(connection, place, request)
        terms = () if request.q is None else parse(request.q, place.region)
        self._search = (
            SearchPage(connection, place, request, self._filters, terms)
            if terms or request.is_checked_on_rows
            else None
        )
        plain = PlainWalk(connection, place, self._filters)
        self._walk: Walking = plain if self._search is None else self._search.walk

    def page(self) -> PageRow:
        """Return the page. Raises ``CursorError``."""
        cursor = self._cursors.read_from(self._request)
        limit = self._request.limit
        if cursor is not None and cursor.direction == "newer":
            found = self._walk.first(self._behind(cursor), limit + 1, rising=True)
            if len(found) > limit:
                first = max(cursor.first, 2) if cursor.first else 0
                return self._answer(found[limit - 1 :: -1], first, newer=True, older=True, rising=True)
            cursor = None
        if cursor is not None and cursor.direction == "oldest":
            return self._oldest()
        if self._request.at is not None and cursor is None:
            return self._at(micros(self._request.at))
        found = self._walk.first(None if cursor is None else self._behind(cursor), limit + 1, rising=False)
        first = 1 if cursor is None else cursor.first
        return self._answer(found[:limit], first, newer=cursor is not None, older=len(found) > limit)

    def _oldest(self) -> PageRow:
        limit = self._request.limit
        found = self._walk.first(None, limit + 1, rising=True)
        more = len(found) > limit
        total = self.total(0)
        first = (max(total.count - limit + 1, 2) if total.exact else 0) if more else 1
        return self._answer(found[:limit][::-1], first, newer=more, older=False, rising=True, total=total)

    def _at(self, before: int) -> PageRow:
        """Return the page of the newest entries before an instant, else the oldest page."""
        limit = self._request.limit
        end = before, 0  # no key is 0, so this lies before all entries of the instant itself
        later = self._total_from(before) if self._search is None else None
        newer = bool(later.count) if later else self._has_newer(end)
        found = self._walk.first(end, limit + 1, rising=False)
        older = len(found) > limit
        if not newer:
            return self._answer(found[:limit], 1, newer=False, older=older)
        if not found and self._walk.looked_to is None:
            return self._oldest()
        later = later or Pager(self._connection, self._place, self._later(before), self._cursor_key).total(0)
        return self._answer(found[:limit], later.count + 1 if later.exact else 0, newer=True, older=older)

    def _has_newer(self, end: Position) -> bool:
        return bool(self._walk.first(end, 1, rising=True)) or self._walk.looked_to is not None

    def _total_from(self, moment: int) -> TotalRow:
        """Return how many entries the filters leave from an instant on."""
        request = self._later(moment)
        return self._plain_total(request, replace(self._filters, since=optional_micros(request.since)))

    def _later(self, moment: int) -> PageRequest:
        since = max(moment, micros(self._request.since)) if self._request.since else moment
        return self._request.model_copy(update={"since": instant(since), "at": None})

    def _behind(self, cursor: Cursor) -> Position:
        return cursor.sent_at, key_of(self._place.no, cursor.seq)

    def total(self, known: int) -> TotalRow:
        """Return how many entries answer the query, counted no further than is cheap; so many are known."""
        if self._search is not None:
            less = total_without_excluded(self._connection, self._place, self._request)
            return self._search.total(known) if less is None else TotalRow(less, exact=True)
        return self._plain_total(self._request, self._filters)

    def _plain_total(self, request: PageRequest, filters: Filters) -> TotalRow:
        exact = exact_total(self._connection, self._place, request, filters)
        return plain_total(self._connection, self._place, filters) if exact is None else TotalRow(exact, exact=True)

    def _answer(
        self,
        found: list[Position],
        first: int,
        *,
        newer: bool,
        older: bool,
        rising: bool = False,
        total: TotalRow | None = None,
    ) -> PageRow:
        """Return the page of these rows, newest first.

        Where they are large, the last ones of the walk are left out.
        """
        looked_to = self._walk.looked_to
        entries = self._entries([pk for _, pk in found], rising=rising)
        rows = Found([(sent_at, seq_of(pk)) for sent_at, pk in found], first, newer, older, rising)
        if total is None:
            is_all = first == 1 and not (newer or older or looked_to)
            total = TotalRow(len(found), exact=True) if is_all else self.total(first + len(found) - 1 if first else 0)
        page = page_row(rows, entries, total, self._request.limit, self._cursors)
        if self._search is None:
            return page
        page = msgspec.structs.replace(page, entries=self._search.explained(entries))
        if looked_to is not None and not older and len(entries) == len(found):
            return self._limited(page, looked_to, first + len(found) if first else 0, rising=rising)
        if not entries and self._request.cursor is None and (suggestions := self._search.suggestions()):
            return msgspec.structs.replace(page, suggestions=suggestions)
        return page

    def _limited(self, page: PageRow, looked_to: Position, following: int, *, rising: bool) -> PageRow:
        """Return a page whose search was stopped by its time limit, with cursors to go on from there."""
        sent_at, seq = looked_to[0], seq_of(looked_to[1])
        if rising:
            return msgspec.structs.replace(page, newer=self._cursors.write(Cursor("newer", sent_at, seq, 0)))
        newer = page.newer
        if newer is None and self._request.cursor is not None:
            newer = self._cursors.write(Cursor("newer", sent_at, seq, 0))
        return msgspec.structs.replace(
            page,
            newer=newer,
            older=self._cursors.write(Cursor("older", sent_at, seq, following)),
            oldest=self._cursors.write(Cursor("oldest", 0, 0, 0)),
            searched_back_to=instant(sent_at),
        )

    def _entries(self, pks: list[int], *, rising: bool) -> tuple[EntryRow, ...]:
        if not pks:
            return ()
        entries = read_page(self._connection, self._place, pks)
        if len(entries) < len(pks):  # rare, so sizes are not asked for before
            return read_page(self._connection, self._place, self._fewer(pks, rising=rising))
        return entries

    def _fewer(self, pks: list[int], *, rising: bool) -> list[int]:
        """Return the entries that fit into one answer, from where the walk began."""
        marks = ",".join("?" * len(pks))
        sizes = dict(
            self._connection.execute(
                f"SELECT entry.pk, {ENTRY_SIZE} FROM {ENTRY_JOIN} WHERE entry.pk IN ({marks})", pks
            )
        )
        if rising:
            return pks[-count_fitting(sizes[pk] for pk in reversed(pks)) :]
        return pks[: count_fitting(sizes[pk] for pk in pks)]
