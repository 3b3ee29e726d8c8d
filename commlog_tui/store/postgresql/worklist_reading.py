"""Pages of the worklist, see ``store.worklist``: what did not arrive, soonest booking first."""

from datetime import datetime
from typing import Any, Final

from commlog_tui.contract.resend import ResendState
from commlog_tui.contract.worklist import WorklistQuery
from commlog_tui.records.instants import micros
from commlog_tui.store.answer_size import fitting
from commlog_tui.store.cursor import Position, PositionCodec
from commlog_tui.store.location import Location
from commlog_tui.store.postgresql.connection import Row
from commlog_tui.store.postgresql.database import View
from commlog_tui.store.postgresql.entry_rows import ENTRY_COLUMNS, RECORD_JOIN, read_entry
from commlog_tui.store.rows import WorkItemRow, WorklistRow
from commlog_tui.store.worklist import (
    BEGUN,
    BY_ITSELF,
    DEFERRED_LONG,
    NO_START,
    REPLACED,
    SENT_BEFORE,
    item_row,
    seconds_until,
)

_COLUMNS: Final = (
    f"worklist.starts_at, worklist.sent_at, worklist.seq, worklist.failed_at, {{arrived}}, {ENTRY_COLUMNS}"
)
_FROM: Final = f"""
FROM worklist JOIN entry ON entry.location = worklist.location AND entry.seq = worklist.seq {RECORD_JOIN}
"""
_LATER: Final = """
SELECT {what} FROM facet AS shown JOIN facet AS better ON better.location = %(location)s
AND better.message_kind = shown.message_kind AND better.status = 'delivered'
JOIN entry AS later ON later.location = %(location)s AND later.facet = better.no
AND later.reference = entry.reference AND later.sent_at > entry.sent_at
WHERE shown.location = %(location)s AND shown.no = entry.facet AND shown.message_kind <> ''
"""
_DEFERRED_FACETS: Final = "ARRAY(SELECT no FROM facet WHERE location = %(location)s AND status = 'deferred')"
_NOT_RESOLVED: Final = f"""
NOT EXISTS (SELECT 1 FROM resolution WHERE resolution.location = worklist.location AND resolution.entry = worklist.seq)
AND NOT EXISTS (
    SELECT 1 FROM resend AS other WHERE other.location = worklist.location AND other.root = worklist.seq
    AND other.state <> '{ResendState.CALLED_OFF}'
)
"""
"""Holds for what was sent again only by messages that were called off; derived, as a row has its first resolution."""
_OPEN: Final = f"""
SELECT {_COLUMNS.format(arrived="NULL")} {_FROM} {{called_off}}
WHERE worklist.location = %(location)s AND arrived_at IS NULL AND {{resolved}}
AND worklist.starts_at >= %(since)s AND (worklist.starts_at < {NO_START} OR worklist.sent_at >= %(begun)s)
AND (worklist.starts_at > %(starts_at)s OR worklist.starts_at = %(starts_at)s
AND (worklist.sent_at, worklist.seq) < (%(sent_at)s, %(seq)s))
AND (entry.facet <> ALL ({_DEFERRED_FACETS}) OR failed_at < %(lasting)s)
AND NOT EXISTS ({_LATER.format(what="1")})
ORDER BY worklist.starts_at, worklist.sent_at DESC, worklist.seq DESC LIMIT %(limit)s
"""
_UNRESOLVED: Final = _OPEN.format(called_off="", resolved="resolution IS NULL")
_CALLED_OFF: Final = _OPEN.format(
    called_off=f"""JOIN resend ON resend.location = worklist.location AND resend.root = worklist.seq
    AND resend.record = worklist.resolution AND resend.state = '{ResendState.CALLED_OFF}'""",
    resolved=_NOT_RESOLVED,
)
_DEFERRED: Final = f"""
SELECT min(failed_at) FROM entry JOIN worklist ON worklist.location = entry.location AND worklist.seq = entry.seq
WHERE entry.location = %(location)s AND entry.facet = ANY ({_DEFERRED_FACETS}) AND entry.sent_at >= %(sent)s
AND failed_at >= %(since)s AND arrived_at IS NULL AND resolution IS NULL
"""
_ARRIVED: Final = f"""
SELECT {_COLUMNS.format(arrived="arrived_at")} {_FROM}
WHERE worklist.location = %(location)s AND arrived_at >= %(since)s AND resolution IS NULL
ORDER BY arrived_at DESC LIMIT %(limit)s
"""
_REPLACED: Final = f"""
WITH replaced AS MATERIALIZED (
    SELECT entry.seq AS seq, ({_LATER.format(what="min(later.sent_at)")}) AS at
    FROM worklist JOIN entry ON entry.location = worklist.location AND entry.seq = worklist.seq
    WHERE worklist.location = %(location)s AND arrived_at IS NULL AND resolution IS NULL
    AND worklist.starts_at >= %(begun)s AND failed_at >= %(failed)s
)
SELECT {_COLUMNS.format(arrived="replaced.at")} {_FROM} JOIN replaced ON replaced.seq = worklist.seq
WHERE worklist.location = %(location)s AND replaced.at >= %(since)s ORDER BY replaced.at DESC LIMIT %(limit)s
"""
"""Those whose later message was sent within a day and delivered."""
_NEWEST: Final = (1 << 63) - 1


async def worklist(
    view: View, location: Location, query: WorklistQuery, now: datetime, cursors: PositionCodec
) -> WorklistRow:
    """Return a page of what did not arrive, and on the first page what was delivered after all.

    Raises ``CursorError``.
    """
    behind = cursors.read(query.cursor) if query.cursor else Position(-1, _NEWEST, 0)
    begun = micros(now - BEGUN)
    values = {
        "location": location.no,
        "since": max(begun, behind.starts_at),
        "begun": begun,
        "starts_at": behind.starts_at,
        "sent_at": behind.sent_at,
        "seq": behind.seq,
        "lasting": micros(now - DEFERRED_LONG),
        "limit": query.limit + 1,
    }
    rows = await view.rows(_UNRESOLVED, values)
    if reopened := await view.rows(_CALLED_OFF, values):
        rows = sorted((*rows, *reopened), key=lambda row: (int(row[0]), -int(row[1]), -int(row[2])))
    page = list(fitting(rows[: query.limit]))
    last = page[-1] if page and len(page) < len(rows) else None
    return WorklistRow(
        items=tuple(_item(row, location) for row in page),
        arrived=() if query.cursor else await _arrived(view, location, query.limit, now),
        next=None if last is None else cursors.write(Position(*last[:3])),
        changes_in=None if query.cursor else await _changes_in(view, location, now),
    )


async def _changes_in(view: View, location: Location, now: datetime) -> float | None:
    """Return the seconds until the next message is deferred for so long that it is listed."""
    since = now - DEFERRED_LONG
    values = {"location": location.no, "sent": micros(since - SENT_BEFORE), "since": micros(since)}
    ((first,),) = await view.rows(_DEFERRED, values)
    return seconds_until(first, since)


async def _arrived(view: View, location: Location, limit: int, now: datetime) -> tuple[WorkItemRow, ...]:
    """Return what ticked itself off within a day, newest first."""
    values: dict[str, Any] = {
        "location": location.no,
        "since": micros(now - BY_ITSELF),
        "begun": micros(now - BEGUN),
        "failed": micros(now - REPLACED),
        "limit": limit,
    }
    rows = await view.rows(_ARRIVED, values) + await view.rows(_REPLACED, values)
    rows.sort(key=lambda row: (-int(row[4]), int(row[2])))
    return tuple(_item(row, location) for row in fitting(rows[:limit]))


def _item(row: Row, location: Location) -> WorkItemRow:
    starts_at, _, _, failed_at, arrived_at, *entry = row
    return item_row(starts_at, failed_at, arrived_at, read_entry(entry, location.id))
