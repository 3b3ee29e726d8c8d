"""What has outlived the retention of its location, in a file. See ``store.retention``."""

from datetime import datetime
from typing import Final

import apsw

from commlog_tui.records.instants import instant, micros
from commlog_tui.records.uuids import uuid_text
from commlog_tui.store import retention as rules
from commlog_tui.store.protocol import Due, DueEntry
from commlog_tui.store.retention import Witnessed, cutoff
from commlog_tui.store.sqlite.keys import Row, key_of
from commlog_tui.store.sqlite.place import Place
from commlog_tui.store.sqlite.record_rows import PUBLIC_COLUMNS, public_of
from commlog_tui.store.sqlite.schema import SEQ_BITS

_SEQ: Final = (1 << SEQ_BITS) - 1
_PUBLIC: Final = f"SELECT {PUBLIC_COLUMNS} FROM record WHERE pk = ?"
_DUE: Final = """
SELECT entry.pk FROM entry INDEXED BY entry_by_time JOIN personal ON personal.pk = entry.pk
WHERE entry.location = ? AND entry.sent_at < ? LIMIT ?
"""
_DUE_WORK: Final = (
    "SELECT pk FROM task INDEXED BY task_by_age WHERE location = ? AND recorded_at < ? LIMIT ?",
    """
SELECT handover.pk FROM handover INDEXED BY handover_by_age JOIN personal ON personal.pk = handover.pk
WHERE location = ? AND recorded_at < ? LIMIT ?
""",
)
_DUE_NOTES: Final = f"""
SELECT pk FROM customer_note AS note INDEXED BY customer_note_by_age
WHERE location = ?1 AND recorded_at < ?2 AND NOT EXISTS (
    SELECT 1 FROM person CROSS JOIN contact INDEXED BY contact_by_person
    ON contact.location = ?1 AND contact.person = person.no & {_SEQ}
    CROSS JOIN entry INDEXED BY entry_by_contact
    ON entry.location = ?1 AND entry.contact = contact.no & {_SEQ} AND entry.sent_at >= ?2
    WHERE person.location = ?1 AND person.key IN (note.person, note.other)
) AND NOT EXISTS (
    SELECT 1 FROM contact JOIN entry INDEXED BY entry_by_contact
    ON entry.location = ?1 AND entry.contact = contact.no & {_SEQ} AND entry.sent_at >= ?2
    WHERE contact.location = ?1 AND contact.address IN (
        iif(note.person GLOB 'a*', substr(note.person, 2), NULL), iif(note.other GLOB 'a*', substr(note.other, 2), NULL)
    )
) LIMIT ?3
"""
"""Of what is recorded about customers: as long as somebody writes to them, it is needed."""
"""Of tasks and handovers, whose words may name a guest."""
_DUE_ENTRIES: Final = """
SELECT record.id, facet.via, entry.sent_at FROM entry INDEXED BY entry_by_time JOIN personal ON
personal.pk = entry.pk JOIN facet ON facet.location = entry.location AND facet.no = entry.facet
JOIN record ON record.pk = entry.pk WHERE entry.location = ? AND entry.sent_at < ? ORDER BY entry.sent_at, entry.pk
"""
_RETAINED: Final = "SELECT id, retention FROM location WHERE retention IS NOT NULL ORDER BY id"


def witnessed(connection: apsw.Connection, clock: datetime, *, trust_clock: bool) -> Witnessed:
    """Return the time that clock and records agree on, or the clock's own if a person confirms it.

    Raises:
        ClockError: the newest records lie behind a jump in time, and do not yet span the bound.
    """
    if trust_clock:
        return Witnessed(clock, clock)
    heads: list[Row] = connection.execute("SELECT location, seq FROM head WHERE seq > 0").fetchall()
    return rules.witnessed((_timeline(connection, location, seq) for location, seq in heads), clock)


def _timeline(connection: apsw.Connection, location: int, size: int) -> rules.Timeline:
    looking = rules.timeline(size)
    seq = next(looking)
    while True:
        row: Row | None = connection.execute(_PUBLIC, (key_of(location, seq),)).fetchone()
        try:
            seq = looking.send(rules.recorded_at(_public(row)))
        except StopIteration as end:
            found: rules.Timeline = end.value
            return found


def _public(row: Row | None) -> bytes | None:
    """Return the bytes of a record, None for a missing or damaged one."""
    try:
        return None if row is None else public_of(row)
    except ValueError:
        return None


def due(connection: apsw.Connection, place: Place, before: datetime, limit: int) -> list[int]:
    """Return the keys of unredacted entries sent before an instant, at most ``limit``.

    And of tasks, handovers and records about customers recorded before it.
    """
    found: list[int] = []
    for sql in (_DUE, *_DUE_WORK, _DUE_NOTES):
        rows: list[Row] = connection.execute(sql, (place.no, micros(before), limit - len(found))).fetchall()
        found += [int(row[0]) for row in rows]
    return found


def plan(connection: apsw.Connection, now: datetime) -> list[Due]:
    """Return what is due at each location that has a retention."""
    found = []
    for location, months in retained(connection):
        place, before = Place.find(connection, location), cutoff(now, months)
        rows: list[Row] = connection.execute(_DUE_ENTRIES, (place.no, micros(before))).fetchall()
        entries = tuple(DueEntry(uuid_text(record_id), str(via), instant(sent_at)) for record_id, via, sent_at in rows)
        found.append(Due(location, months, before, entries))
    return found


def retained(connection: apsw.Connection) -> list[tuple[str, int]]:
    """Return the locations with limited retention, and their months."""
    rows: list[Row] = connection.execute(_RETAINED).fetchall()
    return [(str(location), int(months)) for location, months in rows]


def retention(connection: apsw.Connection, place: Place) -> int | None:
    """Return for how many months a location keeps personal data; None stands for ever."""
    return dict(retained(connection)).get(place.id)


def set_retention(connection: apsw.Connection, place: Place, months: int | None) -> None:
    """Let a location keep personal data for so many months, or for ever."""
    connection.execute("UPDATE location SET retention = ? WHERE no = ?", (months, place.no))


def is_held_back(connection: apsw.Connection, time: Witnessed) -> bool:
    """Whether something is due by the clock that is not by the time that is believed."""
    return time.is_held_back and any(
        due(connection, Place.find(connection, location), cutoff(time.clock, months), 1)
        for location, months in retained(connection)
    )
