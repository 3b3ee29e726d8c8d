"""Counts of matching entries: exact where cheap, else capped and marked as such."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

import apsw

from commlog_tui.contract.query import EntryQuery, PageRequest
from commlog_tui.store import totals
from commlog_tui.store.rows import TotalRow
from commlog_tui.store.sqlite.connection import number
from commlog_tui.store.sqlite.filters import FACETS, Filters
from commlog_tui.store.sqlite.place import Place
from commlog_tui.store.sqlite.walks import Walker, walk_of

_STEPS: Final = 1_000
_LOOKS: Final = 300
"""Counting what exclusions take away ends after so many thousand steps of SQLite's virtual machine."""
_ENTRIES: Final = "SELECT entries FROM head WHERE location = ?"
FEW: Final = 2_000
MOST_FEW: Final = 2 * FEW
"""So many entries are counted one by one where that is expected, up to so many where they are more."""
_TALLY: Final = "SELECT coalesce(sum(entries), 0) FROM tally WHERE location = ?"
_EDGES: Final = """
SELECT (SELECT day FROM tally WHERE location = ?1 ORDER BY day LIMIT 1)
+ (SELECT day FROM tally WHERE location = ?1 ORDER BY day DESC LIMIT 1)
"""


def exact_total(connection: apsw.Connection, place: Place, request: EntryQuery, filters: Filters) -> int | None:
    """Return the total from counters: of the head, of facets, or of local days by channel."""
    asked = {name for name in EntryQuery.model_fields if getattr(request, name)}
    if not asked:
        return number(connection, _ENTRIES, (place.no,))
    if asked <= FACETS or filters.is_impossible:
        return 0 if filters.is_impossible else filters.entries
    period = totals.whole_days(request, place)
    if period is None:
        return None
    if _is_short(connection, place, filters):
        count = Walker(connection, place).count(walk_of(filters), MOST_FEW + 1)
        if count <= MOST_FEW:
            return count
    counters, parts = period
    count = _of_days(connection, place, counters, filters)
    for since, until in parts:
        some = Walker(connection, place).count(walk_of(replace(filters, since=since, until=until)), totals.CAP + 1)
        if some > totals.CAP:
            return None
        count += some
    return count


def plain_total(connection: apsw.Connection, place: Place, filters: Filters) -> TotalRow:
    """Count the entries that the filters leave, to the cap."""
    count = Walker(connection, place).count(walk_of(filters), totals.CAP + 1)
    return TotalRow(min(count, totals.CAP), exact=count <= totals.CAP)


def total_without_excluded(connection: apsw.Connection, place: Place, request: PageRequest) -> int | None:
    """Return the total of a query with exclusions: that without them, less what they take away.

    None where either is too much to count.
    """
    found = totals.taken_away(request, place)
    if found is None:
        return None
    rest, parts = found
    try:
        with step_limit(connection, _LOOKS):
            total = _total_of(connection, place, rest)
            less = [_total_of(connection, place, part) for part in parts if total.exact]
    except apsw.InterruptError:
        return None
    return total.count - sum(one.count for one in less) if all(one.exact for one in (total, *less)) else None


def _total_of(connection: apsw.Connection, place: Place, query: EntryQuery) -> TotalRow:
    filters = Filters.of(connection, place, query)
    exact = exact_total(connection, place, query, filters)
    return plain_total(connection, place, filters) if exact is None else TotalRow(exact, exact=True)


@contextmanager
def step_limit(connection: apsw.Connection, looks: int) -> Iterator[None]:
    """Interrupt statements after so many thousand steps: the same at every time. They raise ``apsw.InterruptError``."""
    left = iter(range(looks))
    connection.set_progress_handler(lambda: next(left, None) is None, _STEPS)
    try:
        yield
    finally:
        connection.set_progress_handler(None)


def _is_short(connection: apsw.Connection, place: Place, filters: Filters) -> bool:
    """Whether a period has about so few entries that counting them is faster than adding up its days."""
    ends = Walker(connection, place).ends()
    if ends is None or filters.since is None or filters.until is None:
        return False
    share = (filters.until - filters.since) / (ends[1] - ends[0] + 1)
    return share * _everything(connection, place, filters) <= FEW


def _of_days(connection: apsw.Connection, place: Place, counters: totals.Counters, filters: Filters) -> int:
    """Return how many entries whole days have; of a period with one end, the shorter side is counted."""
    first, last = counters.first, counters.last
    if (first is None) is not (last is None):
        middle = number(connection, _EDGES, (place.no,)) // 2
        if first is not None and first < middle:
            return _everything(connection, place, filters) - _sum(connection, place, None, first, counters.vias)
        if last is not None and last > middle:
            return _everything(connection, place, filters) - _sum(connection, place, last, None, counters.vias)
    return _sum(connection, place, first, last, counters.vias)


def _everything(connection: apsw.Connection, place: Place, filters: Filters) -> int:
    return number(connection, _ENTRIES, (place.no,)) if filters.entries is None else filters.entries


def _sum(connection: apsw.Connection, place: Place, first: int | None, last: int | None, vias: tuple[str, ...]) -> int:
    sql = _TALLY
    values: list[int | str] = [place.no]
    if first is not None:
        sql += " AND day >= ?"
        values.append(first)
    if last is not None:
        sql += " AND day < ?"
        values.append(last)
    if vias:
        sql += f" AND via IN ({','.join('?' * len(vias))})"
        values += vias
    return number(connection, sql, values)
