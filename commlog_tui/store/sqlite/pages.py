"""Pages of the log: keyset on (sent_at, key), every branch a bounded walk of one index."""

from dataclasses import dataclass
from typing import Final

import apsw

from commlog_tui.contract.addresses import match_form
from commlog_tui.contract.query import PageRequest
from commlog_tui.records.instants import instant, micros
from commlog_tui.records.rows import EntryRow
from commlog_tui.store.answer_size import count_fitting, fitting
from commlog_tui.store.cursor import Cursor, CursorCodec
from commlog_tui.store.paging import Found, page_row
from commlog_tui.store.rows import PageRow, TotalRow
from commlog_tui.store.sqlite.connection import number
from commlog_tui.store.sqlite.entry_rows import ENTRY_COLUMNS, ENTRY_JOIN, ENTRY_SIZE, read_entry
from commlog_tui.store.sqlite.keys import key_of, range_of, seq_of
from commlog_tui.store.sqlite.place import Place
from commlog_tui.store.sqlite.search import Search
from commlog_tui.store.sqlite.totals import count_to_cap, exact_total

MOST_CANDIDATES: Final = 5_000
_MOST_CONTACTS: Final = 100
Value = str | int
Condition = tuple[str, tuple[Value, ...]]


@dataclass(frozen=True, slots=True)
class Branch:
    """One walk: an index, and the conditions with their values."""

    index: str
    conditions: tuple[str, ...]
    values: tuple[Value, ...]


Position = tuple[int, int]


class Pager:
    """Answers page requests for one location on one connection, within one read transaction."""

    def __init__(self, connection: apsw.Connection, place: Place, request: PageRequest, cursor_key: bytes) -> None:
        self._connection = connection
        self._cursor_key = cursor_key
        self._cursors = CursorCodec(cursor_key, place.id, request)
        self._place = place
        self._request = request
        self._branches = self._plan()

    def page(self) -> PageRow:
        """Return the page. Raises ``CursorError``."""
        cursor = self._cursors.read_from(self._request)
        total = self.total()
        limit = self._request.limit
        if cursor is not None and cursor.direction == "newer":
            found = self._walk(self._behind(cursor), limit + 1, rising=True)
            if len(found) > limit:
                first = max(cursor.first, 2) if cursor.first else 0
                return self._answer(found[limit - 1 :: -1], first, total, newer=True, older=True, rising=True)
            cursor = None
        if cursor is not None and cursor.direction == "oldest":
            return self._oldest(total)
        if self._request.at is not None and cursor is None:
            return self._at(micros(self._request.at), total)
        found = self._walk(None if cursor is None else self._behind(cursor), limit + 1, rising=False)
        first = 1 if cursor is None else cursor.first
        return self._answer(found[:limit], first, total, newer=cursor is not None, older=len(found) > limit)

    def _oldest(self, total: TotalRow) -> PageRow:
        limit = self._request.limit
        found = self._walk(None, limit + 1, rising=True)
        more = len(found) > limit
        first = (max(total.count - limit + 1, 2) if total.exact else 0) if more else 1
        return self._answer(found[:limit][::-1], first, total, newer=more, older=False, rising=True)

    def _at(self, before: int, total: TotalRow) -> PageRow:
        """Return the page of the newest entries before an instant, else the oldest page."""
        limit = self._request.limit
        end = before, 0  # no key is 0, so this lies before all entries of the instant itself
        found = self._walk(end, limit + 1, rising=False)
        newer = bool(self._walk(end, 1, rising=True))
        if not newer:
            return self._answer(found[:limit], 1, total, newer=False, older=len(found) > limit)
        if not found:
            return self._oldest(total)
        later = Pager(self._connection, self._place, self._later(before), self._cursor_key).total()
        return self._answer(
            found[:limit], later.count + 1 if later.exact else 0, total, newer=True, older=len(found) > limit
        )

    def _later(self, moment: int) -> PageRequest:
        since = max(moment, micros(self._request.since)) if self._request.since else moment
        return self._request.model_copy(update={"since": instant(since), "at": None})

    def _behind(self, cursor: Cursor) -> Position:
        return cursor.sent_at, key_of(self._place.no, cursor.seq)

    def total(self) -> TotalRow:
        """Return how many entries answer the query, counted no further than is cheap."""
        exact = exact_total(self._connection, self._place, self._request)
        if exact is not None:
            return TotalRow(exact, exact=True)
        sql, values = self._union("entry.pk", None, None, rising=False)
        return count_to_cap(self._connection, sql, values)

    def _answer(
        self, found: list[Position], first: int, total: TotalRow, *, newer: bool, older: bool, rising: bool = False
    ) -> PageRow:
        """Return the page of these rows, newest first.

        Where they are large, the last ones of the walk are left out.
        """
        entries = self._entries([pk for _, pk in found], rising=rising)
        rows = Found([(sent_at, seq_of(pk)) for sent_at, pk in found], first, newer, older, rising)
        return page_row(rows, entries, total, self._request.limit, self._cursors)

    def _entries(self, pks: list[int], *, rising: bool) -> tuple[EntryRow, ...]:
        marks = ",".join("?" * len(pks))
        rows = self._connection.execute(f"SELECT {ENTRY_COLUMNS} FROM {ENTRY_JOIN} WHERE entry.pk IN ({marks})", pks)
        by_key = {row[0]: read_entry(row) for row in fitting(rows)}
        if len(by_key) < len(pks):  # rare, so sizes are not asked for before
            return self._entries(self._fewer(pks, rising=rising), rising=rising)
        return tuple(by_key[pk] for pk in pks)

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

    def _walk(self, behind: Position | None, limit: int, *, rising: bool) -> list[Position]:
        sql, values = self._union("entry.sent_at, entry.pk", behind, limit, rising=rising)
        order = "ASC" if rising else "DESC"
        rows = self._connection.execute(f"{sql} ORDER BY 1 {order}, 2 {order} LIMIT ?", (*values, limit))
        return [(int(sent_at), int(pk)) for sent_at, pk in rows]

    def _union(
        self, columns: str, behind: Position | None, limit: int | None, *, rising: bool
    ) -> tuple[str, tuple[Value, ...]]:
        order = "ASC" if rising else "DESC"
        parts, values = [], []
        for branch in self._branches:
            conditions, bound = list(branch.conditions), list(branch.values)
            if behind is not None:
                conditions.append(f"(entry.sent_at, entry.pk) {'>' if rising else '<'} (?, ?)")
                bound += behind
            part = f"SELECT {columns} FROM entry {branch.index} WHERE {' AND '.join(conditions)}"
            if limit is not None:
                part += f" ORDER BY entry.sent_at {order}, entry.pk {order} LIMIT ?"
                bound.append(limit)
            parts.append(f"SELECT * FROM ({part})")
            values += bound
        return " UNION ".join(parts) if self._overlapping() else " UNION ALL ".join(parts), tuple(values)

    def _overlapping(self) -> bool:
        return len(self._branches) > 1 and self._request.customer_id is not None

    def _plan(self) -> list[Branch]:
        request, place = self._request, self._place
        conditions: list[str] = ["entry.location = ?"]
        values: list[Value] = [place.no]

        def also(condition: str, *bound: Value) -> None:
            conditions.append(condition)
            values.extend(bound)

        if request.since is not None:
            also("entry.sent_at >= ?", micros(request.since))
        if request.until is not None:
            also("entry.sent_at < ?", micros(request.until))
        if request.source is not None:
            also("entry.source = ?", request.source.value)
        if request.kind is not None:
            also("entry.message_kind = ? AND entry.message_kind <> ''", request.kind)
        if request.q is not None:
            search = Search.of(request.q, place.region)
            condition, terms = search.condition("entry.haystack")
            also(condition, *terms)
            expression = search.match()
            if expression is not None and self._few(expression):
                also(
                    "entry.pk IN (SELECT rowid FROM search WHERE search MATCH ? AND rowid BETWEEN ? AND ?)", expression
                )
                values.extend(range_of(place.no))
                filters, filtered = self._filters()
                return [Branch("", (*conditions, filters), (*values, *filtered))]
        return [
            Branch(
                f"INDEXED BY {index}",
                (*conditions, *(c for c, _ in lead)),
                (*values, *(v for _, bound in lead for v in bound)),
            )
            for index, lead in self._leads()
        ]

    def _few(self, expression: str) -> bool:
        found = number(
            self._connection,
            "SELECT count(*) FROM (SELECT 1 FROM search WHERE search MATCH ? AND rowid BETWEEN ? AND ? LIMIT ?)",
            (expression, *range_of(self._place.no), MOST_CANDIDATES + 1),
        )
        return found <= MOST_CANDIDATES

    def _filters(self) -> tuple[str, tuple[Value, ...]]:
        """Return the remaining filters as a condition for a walk along the search index."""
        leads = self._leads()
        parts = [" AND ".join(condition for condition, _ in lead) or "1" for _, lead in leads]
        values = tuple(value for _, lead in leads for _, bound in lead for value in bound)
        return f"({' OR '.join(f'({part})' for part in parts)})", values

    def _leads(self) -> list[tuple[str, list[Condition]]]:
        """Return each index to walk with the conditions that lead into it."""
        request = self._request
        statuses = tuple(dict.fromkeys(status.value for status in request.status))
        rest: list[Condition] = []
        if request.to is not None:
            rest.append(("entry.address = ?", (match_form(request.to, self._place.region) or request.to,)))
        if request.reference is not None:
            rest.append(("entry.reference = ?", (request.reference,)))
        vias: list[list[Condition]] = [[("entry.via = ?", (via,))] for via in dict.fromkeys(request.via)] or [[]]
        if statuses and request.customer_id is None and not rest:
            also = [_any_of("entry.via", request.via)] if request.via else []
            return [("entry_by_status", [("entry.status = ?", (status,)), *also]) for status in statuses]
        if statuses:
            rest.append(_any_of("entry.status", statuses))
        if request.customer_id is not None:
            people: list[tuple[str, Condition]] = [
                ("entry_by_customer", ("entry.customer = ?", (request.customer_id,))),
                *(("entry_by_address", ("entry.address = ?", (address,))) for address in self._contacts()),
            ]
            return [(index, [person, *via, *rest]) for index, person in people for via in vias]
        if request.reference is not None:
            index = "entry_by_reference"
        elif request.to is not None:
            index = "entry_by_address"
        else:
            index = "entry_by_kind" if request.kind else "entry_by_via" if request.via else "entry_by_time"
        return [(index, [*via, *rest]) for via in vias]

    def _contacts(self) -> list[str]:
        rows = self._connection.execute(
            "SELECT address FROM contact WHERE location = ? AND customer = ? ORDER BY last_seen DESC LIMIT ?",
            (self._place.no, self._request.customer_id, _MOST_CONTACTS // max(len(self._request.via), 1)),
        )
        return [str(address) for (address,) in rows]


def _any_of(column: str, values: tuple[str, ...]) -> Condition:
    return f"{column} IN ({','.join('?' * len(values))})", values
