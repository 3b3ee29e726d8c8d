"""Counts of matching entries: exact where cheap, else capped and marked as such."""

from time import monotonic
from typing import Final

import apsw

from commlog_tui.contract.query import PageRequest
from commlog_tui.store import totals
from commlog_tui.store.rows import TotalRow
from commlog_tui.store.sqlite.connection import number
from commlog_tui.store.sqlite.place import Place

_STEPS_BETWEEN_LOOKS: Final = 10_000


def exact_total(connection: apsw.Connection, place: Place, request: PageRequest) -> int | None:
    """Return the total from the head or the tallies: only channels and whole local days filter."""
    counters = totals.counters_of(request, place)
    if counters is None:
        return None
    if counters.is_everything:
        return number(connection, "SELECT entries FROM head WHERE location = ?", (place.no,))
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


def count_to_cap(connection: apsw.Connection, sql: str, values: tuple[str | int, ...]) -> TotalRow:
    """Count the rows of a query, to the cap or until a quarter of a second is over."""
    deadline = monotonic() + totals.SECONDS
    count = 0
    connection.set_progress_handler(lambda: monotonic() > deadline, _STEPS_BETWEEN_LOOKS)
    try:
        for _ in connection.execute(f"{sql} LIMIT ?", (*values, totals.CAP + 1)):
            count += 1
    except apsw.InterruptError:
        return TotalRow(min(count, totals.CAP), exact=False)
    finally:
        connection.set_progress_handler(None)
    return TotalRow(min(count, totals.CAP), exact=count <= totals.CAP)
