"""The worklist: messages that did not arrive and that nobody has dealt with, soonest booking first.

An entry is listed from the first status that means trouble. It leaves the list by a resolution,
by a later report of its delivery, by a later message of the same kind for the same booking that
was delivered, and by a redaction.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

import apsw

from commlog_tui.contract.delivery import Status
from commlog_tui.contract.worklist import WorklistQuery
from commlog_tui.records.instants import instant, micros
from commlog_tui.store.cursor import Position, PositionCodec
from commlog_tui.store.rows import WorkItemRow, WorklistRow
from commlog_tui.store.sqlite.answer_size import fitting
from commlog_tui.store.sqlite.entry_rows import ENTRY_COLUMNS, read_entry
from commlog_tui.store.sqlite.keys import Row, key_of, seq_of
from commlog_tui.store.sqlite.place import Place
from commlog_tui.store.sqlite.statuses import Step

TROUBLE: Final = frozenset({Status.DEFERRED, Status.REJECTED, Status.FAILED, Status.BOUNCED, Status.COMPLAINED})
"""Statuses of messages that have not arrived, or were not welcome.

What its sender skipped or canceled is none of them: that was decided, and has its reason.
"""
NO_START: Final = 1 << 62
"""Stands for the start of a booking that is not known: after all that are."""
DEFERRED_LONG: Final = timedelta(hours=4)
"""How long a provider may try again before that is trouble."""
BEGUN: Final = timedelta(days=30)
"""How long ago a booking may have begun, or where that is not known, a message have been sent."""
BY_ITSELF: Final = timedelta(days=1)
"""How long what was delivered after all is still listed as that."""

_LIST: Final = f"""
INSERT INTO worklist
SELECT pk, location, ifnull(starts_at, {NO_START}), sent_at, ?2, NULL, NULL FROM entry WHERE pk = ?1 AND haystack <> ''
ON CONFLICT (pk) DO NOTHING
"""
_ARRIVE: Final = "UPDATE worklist SET arrived_at = ?2 WHERE pk = ?1 AND arrived_at IS NULL"
_AGAIN: Final = "UPDATE worklist SET arrived_at = NULL WHERE pk = ?"
_RESOLVE: Final = "UPDATE worklist SET resolution = ?2 WHERE pk = ?1 AND resolution IS NULL"
_DROP: Final = "DELETE FROM worklist WHERE pk = ?"
_FROM: Final = f"""
SELECT worklist.starts_at, worklist.sent_at, worklist.failed_at, worklist.arrived_at, {ENTRY_COLUMNS}
FROM worklist INDEXED BY {{index}} JOIN entry ON entry.pk = worklist.pk JOIN record ON record.pk = worklist.pk
LEFT JOIN personal ON personal.pk = worklist.pk
"""
_OPEN: Final = f"""
{_FROM.format(index="worklist_open")}
WHERE worklist.location = ?1 AND arrived_at IS NULL AND resolution IS NULL AND worklist.starts_at >= ?2
AND (worklist.starts_at < {NO_START} OR worklist.sent_at >= ?8)
AND (worklist.starts_at, -worklist.sent_at, -worklist.pk) > (?3, ?4, ?5)
AND (entry.status <> 'deferred' OR failed_at < ?6)
AND NOT EXISTS (
    SELECT 1 FROM entry AS later INDEXED BY entry_by_reference
    WHERE later.location = ?1 AND later.reference = entry.reference AND later.sent_at > entry.sent_at
    AND later.message_kind = entry.message_kind AND later.status = 'delivered' AND entry.message_kind <> ''
)
ORDER BY worklist.starts_at, worklist.sent_at DESC, worklist.pk DESC LIMIT ?7
"""
_ARRIVED: Final = f"""
{_FROM.format(index="worklist_arrived")}
WHERE worklist.location = ? AND arrived_at >= ? AND arrived_at IS NOT NULL AND resolution IS NULL
ORDER BY arrived_at DESC LIMIT ?
"""


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
    begun = micros(now - BEGUN)
    bound = (
        place.no, max(begun, behind.starts_at), behind.starts_at, -behind.sent_at, -key_of(place.no, behind.seq),
        micros(now - DEFERRED_LONG), query.limit + 1, begun,
    )  # fmt: skip
    rows: list[Row] = connection.execute(_OPEN, bound).fetchall()
    page = list(fitting(rows[: query.limit]))
    last = page[-1] if page and len(page) < len(rows) else None
    after_all: list[Row] = []
    if query.cursor is None:
        since = micros(now - BY_ITSELF)
        after_all = list(fitting(connection.execute(_ARRIVED, (place.no, since, query.limit))))
    return WorklistRow(
        items=tuple(map(_item, page)),
        arrived=tuple(map(_item, after_all)),
        next=None if last is None else cursors.write(Position(last[0], last[1], seq_of(last[4]))),
    )


def _item(row: Row) -> WorkItemRow:
    starts_at, _, failed_at, arrived_at, *entry = row
    return WorkItemRow(
        entry=read_entry(tuple(entry)),
        failed_at=instant(failed_at),
        starts_at=None if starts_at == NO_START else instant(starts_at),
        arrived_at=None if arrived_at is None else instant(arrived_at),
    )
