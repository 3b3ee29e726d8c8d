"""Walks along the indexes of entries, newest or oldest first: each a bounded number of steps to a page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from heapq import merge
from itertools import islice
from typing import Final, cast

import apsw
from msgspec.json import encode

from commlog_tui.store.sqlite.connection import number
from commlog_tui.store.sqlite.filters import Condition, Filters, Value, one_of
from commlog_tui.store.sqlite.keys import range_of
from commlog_tui.store.sqlite.period import ALL_TIME, Period, Position
from commlog_tui.store.sqlite.place import Place

MOST_STREAMS: Final = 64
"""Ranges of an index that one statement merges."""
MOST_MERGED: Final = 1_000
"""Ranges that are merged at all; of more, the rows are collected and sorted."""
_DENSE: Final = 0.25
"""Share of all entries from which on the entries of facets are found among the newest few."""
_SCANNED: Final = 0.1
"""Share from which on a walk over very many rows looks at all entries."""
_MOST_LOOKED_AT: Final = 1_000
_SAMPLE: Final = 2_000
"""Rows of the far end of a range, the first of which are a limit to those that are sorted."""
_MANY: Final = 5
"""Facets from which on merging their ranges takes longer than looking into each for a while."""
_TRIES, _WIDER = 4, 5
"""How often a longer while is tried, and how many times as long."""
_ENDS: Final = """
SELECT (SELECT sent_at FROM entry INDEXED BY entry_by_time WHERE location = ?1 ORDER BY sent_at LIMIT 1),
(SELECT sent_at FROM entry INDEXED BY entry_by_time WHERE location = ?1 ORDER BY sent_at DESC LIMIT 1)
"""
_IN_ORDER: Final = """
SELECT sent_at, pk FROM (
    SELECT sent_at, pk, facet FROM entry INDEXED BY entry_by_time WHERE entry.location = ?{} ORDER BY sent_at {}, pk {}
    LIMIT ?
) WHERE facet IN (SELECT value FROM json_each(?)) LIMIT ?
"""
_SELECT: Final = "SELECT entry.sent_at, entry.pk{columns} FROM entry {index} WHERE "


@dataclass(frozen=True, slots=True)
class Walk:
    """The entries of some ranges of one index that meet conditions.

    Each number of a column is a range in the order of time; other ranges are sorted. Without
    either, there is one range: the location.
    """

    index: str | None
    """None where a condition leads to the rows."""
    column: str | None = None
    numbers: tuple[Value, ...] = ()
    ranges: tuple[Condition, ...] = ()
    ranged_by: str = ""
    """Column of the ranges. They are read from the far end, as codes mostly rise with time: sorting takes half."""
    conditions: tuple[Condition, ...] = ()
    period: Period = ALL_TIME
    is_small: bool = False
    """Whether the ranges have few rows together: of many ranges, these are then collected and sorted."""
    columns: tuple[Condition, ...] = ()
    """Expressions whose values each row has beside its position."""

    @property
    def is_in_order(self) -> bool:
        """Whether its rows come in the order of time, without a look at all of them."""
        return self.index is not None and not self.ranges and len(self.numbers) <= MOST_STREAMS

    def also(self, *conditions: Condition) -> "Walk":
        """Return the walk with further conditions."""
        return replace(self, conditions=(*self.conditions, *conditions))

    def within(self, since: int | None = None, until: int | None = None) -> "Walk":
        """Return the part of the walk in a period."""
        return replace(self, period=self.period.within(since, until))

    def sql(self, place: Place, behind: Position | None, *, rising: bool) -> list[Condition]:
        """Return the statement of each range; its rows are in the order of the index."""
        columns = "".join(f", {one.sql}" for one in self.columns)
        select = _SELECT.format(columns=columns, index=f"INDEXED BY {self.index}" if self.index else "NOT INDEXED")
        before = tuple(value for one in self.columns for value in one.values)
        conditions = [*self.period.conditions(behind, rising=rising), *self.conditions]
        rest = "".join(f" AND {one.sql}" for one in conditions)
        values = tuple(value for one in conditions for value in one.values)
        ranges: Sequence[Condition] = self.ranges or [Condition("1")]
        if self.column is not None:
            ranges = [Condition(f"entry.{self.column} = ?", (number,)) for number in self.numbers]
        head = f"{select}entry.location = ? AND "
        parts = [Condition(f"{head}{one.sql}{rest}", (*before, place.no, *one.values, *values)) for one in ranges]
        return [_from_far_end(part, self.ranged_by, rising=rising) for part in parts] if self.ranged_by else parts


class Walker:
    """Runs walks of one location on one connection."""

    def __init__(self, connection: apsw.Connection, place: Place) -> None:
        self._connection = connection
        self._place = place

    def first(self, walk: Walk, behind: Position | None, limit: int, *, rising: bool) -> list[Position]:
        """Return the first rows of a walk behind a position."""
        if walk.column == "contact" and len(walk.numbers) > MOST_STREAMS:
            entries, contacts = self._sizes()
            about = len(walk.numbers) * entries // max(contacts, 1)
            found = self._in_time(walk, None, about, behind, limit, rising=rising)
            if found is not None:
                return found
        return list(islice(self.rows(walk, behind, rising=rising, limit=limit), limit))

    def ends(self) -> tuple[int, int] | None:
        """Return when the oldest and the newest entry was sent; None where there is none."""
        ((oldest, newest),) = self._connection.execute(_ENDS, (self._place.no,)).fetchall()
        return None if oldest is None or newest is None else (int(oldest), int(newest))

    def among_few(
        self, filters: Filters, behind: Position | None, limit: int, *, rising: bool
    ) -> list[Position] | None:
        """Return the first rows of facets by looking at a few entries in order; None where these are not enough.

        Facets that many entries have would be merged from many ranges.
        """
        if filters.facets is None or any(
            lead is not None for lead in (filters.contacts, filters.reference, filters.titles, filters.code)
        ):
            return None
        if filters.share < _DENSE:
            return None
        few = min(int(1.5 * limit / filters.share) + 20, _MOST_LOOKED_AT)
        order = "ASC" if rising else "DESC"
        conditions = Period(filters.since, filters.until).conditions(behind, rising=rising)
        rest = "".join(f" AND {one.sql}" for one in conditions)
        facets = encode(filters.facets).decode()
        values = (self._place.no, *(value for one in conditions for value in one.values), few, facets, limit)
        found = self._connection.execute(_IN_ORDER.format(rest, order, order), values).fetchall()
        return cast("list[Position]", found) if len(found) == limit else None

    def nearby(self, filters: Filters, behind: Position | None, limit: int, *, rising: bool) -> list[Position] | None:
        """Return the first rows of many facets by looking at the time in which they should be.

        None where they are not, as entries are spread over time in another way.
        """
        walk = walk_of(filters)
        if walk.column != "facet" or len(walk.numbers) < _MANY or not filters.entries:
            return None
        return self._in_time(walk, filters, filters.entries, behind, limit, rising=rising)

    def _in_time(
        self,
        walk: Walk,
        filters: Filters | None,
        entries: int,
        behind: Position | None,
        limit: int,
        *,
        rising: bool,
    ) -> list[Position] | None:
        """Return the first rows of very many ranges, which have about so many entries; None where it takes too long."""
        ends = self.ends()
        if ends is None:
            return None
        oldest, newest = ends
        span = (newest - oldest) * 2 * limit // max(entries, 1) + 1
        if filters is not None:
            oldest, newest = max(oldest, filters.since or oldest), min(newest, filters.until or newest)
        start = behind[0] if behind is not None else oldest if rising else newest
        every = _as_one(walk)
        for _ in range(_TRIES):
            edge = start + span if rising else start - span
            is_all = edge >= newest if rising else edge <= oldest
            piece = every if is_all else every.within(until=edge + 1) if rising else every.within(since=edge)
            (part,) = piece.sql(self._place, behind, rising=rising)
            rows = self._connection.execute(f"{part.sql} LIMIT ?", (*part.values, _MOST_LOOKED_AT + 1)).fetchall()
            if len(rows) > _MOST_LOOKED_AT:
                return None
            if is_all or len(rows) >= limit:
                return cast("list[Position]", sorted(rows, reverse=not rising)[:limit])
            span *= _WIDER
        return None

    def rows(self, walk: Walk, behind: Position | None, *, rising: bool, limit: int = -1) -> Iterator[Position]:
        """Yield the rows of a walk in order; one statement has the number wanted as its limit."""
        order = "ASC" if rising else "DESC"
        most = MOST_STREAMS if walk.is_small else MOST_MERGED
        if walk.column is not None and len(walk.numbers) > most:
            return self._sorted(walk, behind, order, limit, rising=rising)
        if walk.ranged_by and limit > 0:
            walk = self._narrowed(walk, behind, limit, rising=rising)
        parts = walk.sql(self._place, behind, rising=rising)
        if not parts:
            return iter(())
        if len(parts) <= MOST_STREAMS:
            sql = " UNION ALL ".join(part.sql for part in parts)
            values = [value for part in parts for value in part.values]
            return self._run(f"{sql} ORDER BY 1 {order}, 2 {order} LIMIT ?", (*values, limit))
        streams = [self._run(f"{part.sql} ORDER BY 1 {order}, 2 {order}", part.values) for part in parts]
        return merge(*streams, reverse=not rising)

    def in_any_order(self, walk: Walk, most: int) -> Iterator[Position]:
        """Yield as many rows of a walk."""
        parts = _as_one(walk).sql(self._place, None, rising=False)
        for at in range(0, len(parts), MOST_STREAMS):
            chunk = parts[at : at + MOST_STREAMS]
            values = [value for part in chunk for value in part.values]
            yield from self._run(f"{' UNION ALL '.join(part.sql for part in chunk)} LIMIT ?", (*values, most))

    def _sizes(self) -> tuple[int, int]:
        """Return how many entries and contacts there are, or were."""
        entries = number(self._connection, "SELECT entries FROM head WHERE location = ?", (self._place.no,))
        first, last = range_of(self._place.no)
        contacts = number(self._connection, "SELECT max(no) FROM contact WHERE no BETWEEN ? AND ?", (first, last))
        return entries, contacts - first

    def count(self, walk: Walk, most: int) -> int:
        """Count the rows of a walk, no further than to a number."""
        parts = _as_one(walk).sql(self._place, None, rising=False)
        count = 0
        for at in range(0, len(parts), MOST_STREAMS):
            chunk = parts[at : at + MOST_STREAMS]
            sql = f"SELECT count(*) FROM ({' UNION ALL '.join(part.sql for part in chunk)} LIMIT ?)"
            count += number(self._connection, sql, [*(value for part in chunk for value in part.values), most - count])
            if count >= most:
                break
        return count

    def _sorted(
        self, walk: Walk, behind: Position | None, order: str, limit: int, *, rising: bool
    ) -> Iterator[Position]:
        """Collect the rows of very many ranges, and sort them."""
        (part,) = _as_one(walk).sql(self._place, behind, rising=rising)
        return self._run(f"{part.sql} ORDER BY 1 {order}, 2 {order} LIMIT ?", (*part.values, limit))

    def _narrowed(self, walk: Walk, behind: Position | None, limit: int, *, rising: bool) -> Walk:
        """Return the walk without what is further than a page of its rows at the far end of the ranges.

        To sort very many rows would take twice as long as to look at them.
        """
        some: list[int] = []
        for part in walk.sql(self._place, behind, rising=rising):
            rows = self._connection.execute(f"{part.sql} LIMIT ?", (*part.values, _SAMPLE))
            some += [int(sent_at) for sent_at, _ in rows]
        if len(some) < max(limit, _SAMPLE):
            return walk
        edge = sorted(some, reverse=not rising)[limit - 1]
        return walk.within(until=edge + 1) if rising else walk.within(since=edge)

    def _run(self, sql: str, values: Sequence[Value]) -> Iterator[Position]:
        return cast("Iterator[Position]", self._connection.cursor().execute(sql, values))


def _as_one(walk: Walk) -> Walk:
    """Return a walk with one range for all numbers of its column, in no order."""
    if walk.column is None:
        return walk
    return replace(walk, column=None).also(one_of(f"entry.{walk.column}", cast("tuple[int, ...]", walk.numbers)))


def _from_far_end(part: Condition, column: str, *, rising: bool) -> Condition:
    """Return the same rows in the order of a column."""
    order = "ASC" if rising else "DESC"
    return Condition(f"SELECT sent_at, pk FROM ({part.sql} ORDER BY entry.{column} {order} LIMIT -1)", part.values)


def walk_of(filters: Filters) -> Walk:
    """Return the walk that the filters lead into: of contacts, a reference, a code, a title, facets, or all."""
    leads: tuple[tuple[str, Sequence[Value] | None], ...] = (
        ("contact", filters.contacts),
        ("reference", None if filters.reference is None else (filters.reference,)),
        ("code", None if filters.code is None else (filters.code,)),
        ("title", filters.titles),
        ("facet", filters.facets),
    )
    period = Period(filters.since, filters.until)
    for column, numbers in leads:
        if numbers is not None:
            rest = tuple(filters.conditions(led_by=column))
            return Walk(f"entry_by_{column}", column, tuple(numbers), conditions=rest, period=period)
    return Walk("entry_by_time", conditions=tuple(filters.conditions()), period=period)


def scan_of(filters: Filters) -> Walk:
    """Return the walk for looking at very many rows: of facets that many entries have, along all entries."""
    walk = walk_of(filters)
    if walk.column == "facet" and filters.share >= _SCANNED:
        return Walk("entry_by_time", conditions=tuple(filters.conditions()), period=walk.period)
    return walk
