"""Counts of matching entries: exact where cheap, else capped and marked as such."""

from time import monotonic
from typing import Final

import apsw

from commlog_tui.contract.query import EntryQuery, PageRequest
from commlog_tui.store.rows import TotalRow
from commlog_tui.store.sqlite.connection import number
from commlog_tui.store.sqlite.place import Place

CAP: Final = 10_000
_SECONDS: Final = 0.25
_STEPS_BETWEEN_LOOKS: Final = 10_000


def exact_total(connection: apsw.Connection, place: Place, request: PageRequest) -> int | None:
    """Return the total from the head or the tallies: only channels and whole local days filter."""
    asked = {name for name in EntryQuery.model_fields if getattr(request, name)}
    if not asked:
        return number(connection, "SELECT entries FROM head WHERE location = ?", (place.no,))
    edges = [edge for edge in (request.since, request.until) if edge is not None]
    if asked - {"via", "since", "until"} or not all(map(place.starts_day, edges)):
        return None
    sql = "SELECT coalesce(sum(entries), 0) FROM tally WHERE location = ?"
    bound: list[int | str] = [place.no]
    if request.since is not None:
        sql += " AND day >= ?"
        bound.append(request.since.astimezone(place.zone).toordinal())
    if request.until is not None:
        sql += " AND day < ?"
        bound.append(request.until.astimezone(place.zone).toordinal())
    if request.via:
        vias = tuple(dict.fromkeys(request.via))
        sql += f" AND via IN ({','.join('?' * len(vias))})"
        bound += vias
    return number(connection, sql, bound)


def count_to_cap(connection: apsw.Connection, sql: str, values: tuple[str | int, ...]) -> TotalRow:
    """Count the rows of a query, to the cap or until a quarter of a second is over."""
    deadline = monotonic() + _SECONDS
    count = 0
    connection.set_progress_handler(lambda: monotonic() > deadline, _STEPS_BETWEEN_LOOKS)
    try:
        for _ in connection.execute(f"{sql} LIMIT ?", (*values, CAP + 1)):
            count += 1
    except apsw.InterruptError:
        return TotalRow(min(count, CAP), exact=False)
    finally:
        connection.set_progress_handler(None)
    return TotalRow(min(count, CAP), exact=count <= CAP)
