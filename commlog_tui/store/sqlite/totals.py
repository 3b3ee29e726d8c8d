"""Counts of matching entries: exact where cheap, else capped and marked as such."""

import apsw

from commlog_tui.contract.query import EntryQuery, PageRequest
from commlog_tui.store import totals
from commlog_tui.store.rows import TotalRow
from commlog_tui.store.sqlite.connection import number
from commlog_tui.store.sqlite.filters import Filters
from commlog_tui.store.sqlite.place import Place
from commlog_tui.store.sqlite.walks import Walker, walk_of

_COUNTED: frozenset[str] = frozenset({"via", "source", "status", "kind"})


def exact_total(connection: apsw.Connection, place: Place, request: PageRequest, filters: Filters) -> int | None:
    """Return the total from counters: of the head, of facets, or of whole local days by channel."""
    asked = {name for name in EntryQuery.model_fields if getattr(request, name)}
    if not asked:
        return number(connection, "SELECT entries FROM head WHERE location = ?", (place.no,))
    if asked <= _COUNTED or filters.is_impossible:
        return 0 if filters.is_impossible else filters.entries
    counters = totals.counters_of(request, place)
    if counters is None:
        return None
    sql = "SELECT coalesce(sum(entries), 0) FROM tally WHERE location = ?"
    bound: list[int | str] = [place.no]
    if counters.first is not None:
        sql += " AND day >= ?"
        bound.append(counters.first)
    if counters.last is not None:
        sql += " AND day < ?"
        bound.append(counters.last)
    if counters.vias:
        sql += f" AND via IN ({','.join('?' * len(counters.vias))})"
        bound += counters.vias
    return number(connection, sql, bound)


def plain_total(connection: apsw.Connection, place: Place, filters: Filters) -> TotalRow:
    """Count the entries that the filters leave, to the cap."""
    count = Walker(connection, place).count(walk_of(filters), totals.CAP + 1)
    return TotalRow(min(count, totals.CAP), exact=count <= totals.CAP)
