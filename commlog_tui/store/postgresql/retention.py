"""What has outlived the retention of its location. See ``store.retention``."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Final

from commlog_tui.records.instants import instant, micros
from commlog_tui.store import retention as rules
from commlog_tui.store.location import Location
from commlog_tui.store.postgresql.connection import Row
from commlog_tui.store.postgresql.database import Database, View
from commlog_tui.store.postgresql.entry_rows import of_facet
from commlog_tui.store.postgresql.record_rows import PUBLIC_COLUMNS, public_of
from commlog_tui.store.protocol import Due, DueEntry, RetentionRun
from commlog_tui.store.retention import Witnessed, cutoff

_DUE: Final = """
FROM entry JOIN record ON record.location = entry.location AND record.seq = entry.seq
WHERE entry.location = %s AND entry.sent_at < %s AND record.personal IS NOT NULL
ORDER BY entry.sent_at, entry.seq
"""
_DUE_IDS: Final = f"SELECT record.id {_DUE} LIMIT %s"
_DUE_WORK: Final = """
SELECT record.id FROM {table} AS work JOIN record ON record.location = work.location AND record.seq = work.seq
WHERE work.location = %s AND work.recorded_at < %s AND record.personal IS NOT NULL
ORDER BY work.recorded_at, work.seq LIMIT %s
"""
"""Of tasks and handovers, whose words may name a guest."""
_ALL_DUE: Final = (_DUE_IDS, _DUE_WORK.format(table="task"), _DUE_WORK.format(table="handover"))
_DUE_NOTES: Final = """
SELECT record.id FROM customer_note AS note
JOIN record ON record.location = note.location AND record.seq = note.seq
WHERE note.location = %(location)s AND note.recorded_at < %(before)s AND NOT EXISTS (
    SELECT 1 FROM contact JOIN entry ON entry.location = %(location)s AND entry.contact = contact.no
    WHERE contact.location = %(location)s AND entry.sent_at >= %(before)s AND contact.customer IN (
        CASE WHEN note.person LIKE 'c%%' THEN substr(note.person, 2) END,
        CASE WHEN note.other LIKE 'c%%' THEN substr(note.other, 2) END
    )
) AND NOT EXISTS (
    SELECT 1 FROM contact JOIN entry ON entry.location = %(location)s AND entry.contact = contact.no
    WHERE contact.location = %(location)s AND entry.sent_at >= %(before)s AND contact.address IN (
        CASE WHEN note.person LIKE 'a%%' THEN substr(note.person, 2) END,
        CASE WHEN note.other LIKE 'a%%' THEN substr(note.other, 2) END
    )
)
ORDER BY note.recorded_at, note.seq LIMIT %(limit)s
"""
"""Of what is recorded about customers: as long as somebody writes to them, it is needed."""
_DUE_ENTRIES: Final = f"SELECT record.id, {of_facet('via')}, entry.sent_at {_DUE}"
_LOCATIONS: Final = "SELECT id, retention FROM location ORDER BY id"
_HEAD: Final = "SELECT seq FROM head WHERE location = %s"
_PUBLIC: Final = f"SELECT {PUBLIC_COLUMNS} FROM record WHERE location = %s AND seq = %s"


async def believed(
    database: Database, now: datetime, *, trust_clock: bool
) -> tuple[RetentionRun, list[tuple[str, int]]]:
    """Return what time it is believed to be, and the locations with a retention and their months.

    Raises ``ClockError``.
    """
    rows = await database.rows(_LOCATIONS)
    locations = [(str(location), int(months)) for location, months in rows if months is not None]
    if not locations:
        return RetentionRun(0, now, is_held_back=False), []
    time = Witnessed(now, now)
    if not trust_clock:
        time = rules.witnessed(await _timelines(database, [str(row[0]) for row in rows]), now)
    return RetentionRun(0, time.now, is_held_back=await _is_held_back(database, time, locations)), locations


async def find_due(database: Database, now: datetime, *, trust_clock: bool) -> tuple[RetentionRun, Sequence[Due]]:
    """Return what would be redacted, and of what. Raises ``ClockError``."""
    run, locations = await believed(database, now, trust_clock=trust_clock)
    found = []
    for name, months in locations:
        location, before = await database.location(name), cutoff(run.believed, months)
        rows = await database.rows(_DUE_ENTRIES, (location.no, micros(before)), location)
        entries = tuple(DueEntry(str(record_id), str(via), instant(sent_at)) for record_id, via, sent_at in rows)
        found.append(Due(name, months, before, entries))
    return run, found


async def due_ids(view: View, location: Location, before: datetime, limit: int) -> list[str]:
    """Return the ids of unredacted entries sent before an instant, oldest first, at most ``limit``.

    And of tasks, handovers and records about customers recorded before it.
    """
    found: list[str] = []
    for sql in _ALL_DUE:
        found += [str(row[0]) for row in await view.rows(sql, (location.no, micros(before), limit - len(found)))]
    values = {"location": location.no, "before": micros(before), "limit": limit - len(found)}
    found += [str(row[0]) for row in await view.rows(_DUE_NOTES, values)]
    return found


async def _is_held_back(database: Database, time: Witnessed, locations: Sequence[tuple[str, int]]) -> bool:
    """Whether something is due by the clock that is not by the time that is believed."""
    if not time.is_held_back:
        return False
    for name, months in locations:
        location = await database.location(name)
        before = micros(cutoff(time.clock, months))
        if await database.rows(_DUE_IDS, (location.no, before, 1), location):
            return True
    return False


async def _timelines(database: Database, locations: Sequence[str]) -> list[rules.Timeline]:
    found = []
    for name in locations:
        location = await database.location(name)
        timeline = await database.read(partial(_timeline, location=location), location)
        if timeline is not None:
            found.append(timeline)
    return found


async def _timeline(view: View, location: Location) -> rules.Timeline | None:
    head = await view.row(_HEAD, (location.no,))
    if head is None or not head[0]:
        return None
    looking = rules.timeline(int(head[0]))
    seq = next(looking)
    while True:
        row = await view.row(_PUBLIC, (location.no, seq))
        try:
            seq = looking.send(rules.recorded_at(_public(row, location)))
        except StopIteration as end:
            found: rules.Timeline = end.value
            return found


def _public(row: Row | None, location: Location) -> bytes | None:
    try:
        return None if row is None else public_of(row, location.id)
    except ValueError:
        return None
