"""The worklist: messages that did not arrive and that nobody has dealt with, soonest booking first.

An entry is listed from the first status that means trouble. It leaves the list by a resolution, by
being sent again unless that is called off, by a later report of its delivery, by a later message of
the same kind for the same booking that was delivered, and by a redaction.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import apsw

from commlog_tui.contract.resend import ResendState
from commlog_tui.contract.worklist import WorklistQuery
from commlog_tui.records.instants import micros
from commlog_tui.store.answer_size import fitting
from commlog_tui.store.cursor import Position, PositionCodec
from commlog_tui.store.rows import WorkItemRow, WorklistRow
from commlog_tui.store.sqlite.entry_rows import ENTRY_COLUMNS, read_entry
from commlog_tui.store.sqlite.facets import ENTRY_STATUS
from commlog_tui.store.sqlite.keys import Row, key_of, seq_of
from commlog_tui.store.sqlite.place import Place
from commlog_tui.store.sqlite.schema import SEQ_BITS
from commlog_tui.store.sqlite.statuses import Step
from commlog_tui.store.worklist import (
    BEGUN,
    BY_ITSELF,
    DEFERRED_LONG,
    NO_START,
    REPLACED,
    SENT_BEFORE,
    TROUBLE,
    item_row,
    seconds_until,
)

_LIST: Final = f"""
INSERT INTO worklist
SELECT pk, location, ifnull(starts_at, {NO_START}), sent_at, ?2, NULL, NULL FROM entry
WHERE pk = ?1 AND title IS NOT NULL
ON CONFLICT (pk) DO NOTHING
"""
_ARRIVE: Final = "UPDATE worklist SET arrived_at = ?2 WHERE pk = ?1 AND arrived_at IS NULL"
_AGAIN: Final = "UPDATE worklist SET arrived_at = NULL WHERE pk = ?"
_RESOLVE: Final = "UPDATE worklist SET resolution = ?2 WHERE pk = ?1 AND resolution IS NULL"
_DROP: Final = "DELETE FROM worklist WHERE pk = ?"
_COLUMNS: Final = f"worklist.starts_at, worklist.sent_at, worklist.failed_at, {{arrived}}, {ENTRY_COLUMNS}"
_FROM: Final = """
FROM worklist INDEXED BY {index} JOIN entry ON entry.pk = worklist.pk JOIN record ON record.pk = worklist.pk
LEFT JOIN personal ON personal.pk = worklist.pk
"""
_LATER: Final = """
SELECT {what} FROM facet AS mine CROSS JOIN entry AS later INDEXED BY entry_by_reference
JOIN facet AS other ON other.location = later.location AND other.no = later.facet
WHERE mine.location = ?1 AND mine.no = entry.facet AND mine.kind <> ''
AND later.location = ?1 AND later.reference = entry.reference AND later.sent_at > entry.sent_at
AND other.kind = mine.kind AND other.status = 'delivered'
"""
_NOT_RESOLVED: Final = f"""
NOT EXISTS (SELECT 1 FROM resolution WHERE resolution.entry = worklist.pk)
AND NOT EXISTS (SELECT 1 FROM resend WHERE root = worklist.pk AND state <> '{ResendState.CALLED_OFF}')
"""
"""Holds for what was sent again only by messages that were called off; derived, as a row has its first resolution."""
_IN_ORDER: Final = f"""
AND (worklist.starts_at, -worklist.sent_at, -worklist.pk) > (?4, ?5, ?6)
AND ({ENTRY_STATUS} <> 'deferred' OR failed_at < ?7)
AND NOT EXISTS ({_LATER.format(what="1")})
ORDER BY worklist.starts_at, worklist.sent_at DESC, worklist.pk DESC LIMIT ?8
"""
_OPEN: Final = f"""
SELECT {_COLUMNS.format(arrived="NULL")} {_FROM.format(index="worklist_open")}
WHERE worklist.location = ?1 AND arrived_at IS NULL AND resolution IS NULL AND {{listed}} {_IN_ORDER}
"""
_CALLED_OFF: Final = f"""
SELECT {_COLUMNS.format(arrived="NULL")} FROM resend AS called_off INDEXED BY resend_by_state
CROSS JOIN worklist ON worklist.pk = called_off.root AND called_off.record = (?1 << {SEQ_BITS} | worklist.resolution)
JOIN entry ON entry.pk = worklist.pk JOIN record ON record.pk = worklist.pk
LEFT JOIN personal ON personal.pk = worklist.pk
WHERE called_off.location = ?1 AND called_off.state = '{ResendState.CALLED_OFF}' AND arrived_at IS NULL
AND {_NOT_RESOLVED} AND worklist.starts_at >= ?2 AND (worklist.starts_at < {NO_START} OR worklist.sent_at >= ?3)
{_IN_ORDER}
"""
_OPEN_WITH_START: Final = _OPEN.format(listed=f"worklist.starts_at >= ?2 AND worklist.starts_at < {NO_START}")
_OPEN_WITHOUT: Final = _OPEN.format(listed=f"worklist.starts_at = {NO_START} AND worklist.sent_at >= ?3")
_DEFERRED: Final = """
SELECT min(failed_at) FROM facet CROSS JOIN entry INDEXED BY entry_by_facet
ON entry.location = facet.location AND entry.facet = facet.no AND entry.sent_at >= ?2
CROSS JOIN worklist ON worklist.pk = entry.pk
WHERE facet.location = ?1 AND facet.status = 'deferred'
AND failed_at >= ?3 AND arrived_at IS NULL AND resolution IS NULL
"""
_ARRIVED: Final = f"""
SELECT {_COLUMNS.format(arrived="arrived_at")} {_FROM.format(index="worklist_arrived")}
WHERE worklist.location = ? AND arrived_at >= ? AND arrived_at IS NOT NULL AND resolution IS NULL
ORDER BY arrived_at DESC LIMIT ?
"""
_REPLACED: Final = f"""
WITH replaced AS MATERIALIZED (
    SELECT entry.pk AS pk, ({_LATER.format(what="min(later.sent_at)")}) AS at
    FROM worklist INDEXED BY worklist_failed JOIN entry ON entry.pk = worklist.pk
    WHERE worklist.location = ?1 AND arrived_at IS NULL AND resolution IS NULL AND failed_at >= ?3
    AND worklist.starts_at >= ?2
)
SELECT {_COLUMNS.format(arrived="replaced.at")}
FROM replaced JOIN worklist ON worklist.pk = replaced.pk JOIN entry ON entry.pk = replaced.pk
JOIN record ON record.pk = replaced.pk LEFT JOIN personal ON personal.pk = replaced.pk
WHERE replaced.at >= ?4 ORDER BY replaced.at DESC LIMIT ?5
"""
"""Those whose later message was sent within a day and delivered."""


class Worklist:
    """Keeps the worklist of one location within one transaction."""

    def __init__(self, connection: apsw.Connection, place: Place) -> None:
        self._execute = connection.execute
        self._place = place

    def follow(self, steps: Iterable[Step]) -> None:
        """List what has failed, and tick off what was delivered after all."""
        for step in steps:
            if step.after in TROUBLE:
                self._execute(_LIST, (step.pk, step.at))
                if step.before not in TROUBLE:
                    self._execute(_AGAIN, (step.pk,))
            elif step.before in TROUBLE:
                self._execute(_ARRIVE, (step.pk, step.at))

    def resolve(self, root: int, resolution: int) -> None:
        """Tick off an entry, given the positions of the entry and of the resolution."""
        self._execute(_RESOLVE, (key_of(self._place.no, root), resolution))

    def drop(self, pk: int) -> None:
        """No longer list an entry that is redacted."""
        self._execute(_DROP, (pk,))


def worklist(
    connection: apsw.Connection, place: Place, query: WorklistQuery, now: datetime, cursors: PositionCodec
) -> WorklistRow:
    """Return a page of what did not arrive, and on the first page what was delivered after all.

    Raises ``CursorError``.
    """
    behind = cursors.read(query.cursor) if query.cursor else Position(-1, 0, 0)
    begun, lasting = micros(now - BEGUN), micros(now - DEFERRED_LONG)
    after = behind.starts_at, -behind.sent_at, -key_of(place.no, behind.seq)
    bound = place.no, max(begun, behind.starts_at), begun, *after, lasting
    rows: list[Row] = connection.execute(_OPEN_WITH_START, (*bound, query.limit + 1)).fetchall()
    if len(rows) <= query.limit:
        rows += connection.execute(_OPEN_WITHOUT, (*bound, query.limit + 1 - len(rows))).fetchall()
    if reopened := connection.execute(_CALLED_OFF, (*bound, query.limit + 1)).fetchall():
        rows = sorted((*rows, *reopened), key=lambda row: (int(row[0]), -int(row[1]), -int(row[4])))
    page = list(fitting(rows[: query.limit]))
    last = page[-1] if page and len(page) < len(rows) else None
    return WorklistRow(
        items=tuple(map(_item, page)),
        arrived=() if query.cursor else _arrived(connection, place, query.limit, now),
        next=None if last is None else cursors.write(Position(last[0], last[1], seq_of(last[4]))),
        changes_in=None if query.cursor else _changes_in(connection, place, now),
    )


def _changes_in(connection: apsw.Connection, place: Place, now: datetime) -> float | None:
    """Return the seconds until the next message is deferred for so long that it is listed."""
    since = now - DEFERRED_LONG
    found: list[Row] = connection.execute(_DEFERRED, (place.no, micros(since - SENT_BEFORE), micros(since))).fetchall()
    return seconds_until(found[0][0], since)


def _arrived(connection: apsw.Connection, place: Place, limit: int, now: datetime) -> tuple[WorkItemRow, ...]:
    """Return what ticked itself off within a day, newest first."""
    since = micros(now - BY_ITSELF)
    failed = micros(now - BEGUN), micros(now - REPLACED)
    own: list[Row] = connection.execute(_ARRIVED, (place.no, since, limit)).fetchall()
    replaced = connection.execute(_REPLACED, (place.no, *failed, since, limit)).fetchall()
    rows = sorted(own + replaced, key=lambda row: (-int(row[3]), int(row[4])))
    return tuple(map(_item, fitting(rows[:limit])))


def _item(row: Row) -> WorkItemRow:
    starts_at, _, failed_at, arrived_at, *entry = row
    return item_row(starts_at, failed_at, arrived_at, read_entry(tuple(entry)))
