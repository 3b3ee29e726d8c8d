"""What has outlived the retention of its location, by a time that has two witnesses.

A clock that is wrong must not cost anybody's data. The first witness is the clock, the second are
the records: time is believed no further than a bound beyond the newest of them, and a record counts
only where others lead up to it. Records that begin behind a jump of more than a month are believed
once they span the bound; until then the clock may have stepped.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import apsw
import msgspec
from dateutil.relativedelta import relativedelta

from commlog_tui.ledger.record import decode_public
from commlog_tui.records.instants import EPOCH, instant, micros
from commlog_tui.store.errors import ClockError, DamagedLogError
from commlog_tui.store.protocol import Due, DueEntry
from commlog_tui.store.sqlite.keys import Row, key_of
from commlog_tui.store.sqlite.place import Place

BOUND: Final = timedelta(days=7)
"""How far beyond the newest record time is believed."""

STEP: Final = timedelta(days=31)
"""Longest gap between records that does not count as a jump of the clock."""

_STEP: Final = STEP // timedelta(microseconds=1)
_BOUND: Final = BOUND // timedelta(microseconds=1)
_PUBLIC: Final = "SELECT public FROM record WHERE pk = ?"
_DUE: Final = """
SELECT entry.pk FROM entry INDEXED BY entry_by_time JOIN personal ON personal.pk = entry.pk
WHERE entry.location = ? AND entry.sent_at < ? LIMIT ?
"""
_DUE_ENTRIES: Final = """
SELECT record.public, entry.via, entry.sent_at FROM entry INDEXED BY entry_by_time JOIN personal ON
personal.pk = entry.pk
JOIN record ON record.pk = entry.pk WHERE entry.location = ? AND entry.sent_at < ? ORDER BY entry.sent_at, entry.pk
"""
_RETAINED: Final = "SELECT id, retention FROM location WHERE retention IS NOT NULL ORDER BY id"


@dataclass(frozen=True, slots=True)
class Witnessed:
    """What time it is, as far as both witnesses agree."""

    now: datetime
    clock: datetime

    @property
    def is_held_back(self) -> bool:
        """Whether the clock is further than the records vouch for."""
        return self.now < self.clock


def witnessed(connection: apsw.Connection, clock: datetime, *, trust_clock: bool) -> Witnessed:
    """Return the time that clock and records agree on, or the clock's own if a person confirms it.

    Raises:
        ClockError: the newest records lie behind a jump in time, and do not yet span the bound.
    """
    if trust_clock:
        return Witnessed(clock, clock)
    heads: list[Row] = connection.execute("SELECT location, seq FROM head WHERE seq > 0").fetchall()
    timelines = [_Timeline(connection, location).newest(seq) for location, seq in heads]
    if not timelines:
        return Witnessed(clock, clock)
    newest = max(newest for newest, _ in timelines)
    believed = max((believed for _, believed in timelines if believed is not None), default=newest)
    if newest > believed + _STEP:
        raise ClockError(
            f"The clock stepped: records of {instant(newest):%Y-%m-%d} follow on {instant(believed):%Y-%m-%d}. "
            f"Nothing was redacted. If the clock is right, retention goes on by itself once {BOUND.days} days have "
            "been "
            "recorded, or at once with: commlog retention run --trust-clock"
        )
    return Witnessed(min(clock, instant(believed + _BOUND)), clock)


class _Timeline:
    """When the records of a location were recorded, by their positions."""

    def __init__(self, connection: apsw.Connection, location: int) -> None:
        self._connection = connection
        self._location = location

    def newest(self, size: int) -> tuple[int, int | None]:
        """Return the newest time and the newest plausible one, or None within a short span."""
        newest, at = self._at(size), size
        while before := self._before(at):
            if self._at(before + 1) - self._at(before) <= _STEP:
                return newest, self._at(at)
            at = before
        return newest, None if at == size else self._at(at)

    def _before(self, at: int) -> int:
        """Return the last position recorded more than a bound before its successor, or 0."""
        latest = self._at(at) - _BOUND
        step = 1
        while at - step >= 1 and self._at(at - step) > latest:
            step *= 2
        low, high = max(at - step, 0), at - step // 2
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self._at(middle) <= latest else (low, middle)
        return low

    def _at(self, seq: int) -> int:
        row: Row | None = self._connection.execute(_PUBLIC, (key_of(self._location, seq),)).fetchone()
        try:
            return decode_public(row[0]).recorded_at  # type: ignore[index] # None is caught
        except (msgspec.DecodeError, TypeError):
            raise DamagedLogError(
                "A record is missing or cannot be read. Nothing was redacted; see commlog verify."
            ) from None


def cutoff(now: datetime, months: int) -> datetime:
    """Return before when an entry must have been sent to have outlived so many months."""
    return max(now - relativedelta(months=months), EPOCH)


def due(connection: apsw.Connection, place: Place, before: datetime, limit: int) -> list[int]:
    """Return the keys of unredacted entries sent before an instant, at most ``limit``."""
    rows: list[Row] = connection.execute(_DUE, (place.no, micros(before), limit)).fetchall()
    return [int(row[0]) for row in rows]


def plan(connection: apsw.Connection, now: datetime) -> list[Due]:
    """Return what is due at each location that has a retention."""
    found = []
    for location, months in retained(connection):
        place, before = Place.find(connection, location), cutoff(now, months)
        rows: list[Row] = connection.execute(_DUE_ENTRIES, (place.no, micros(before))).fetchall()
        entries = tuple(DueEntry(decode_public(public).id, str(via), instant(sent_at)) for public, via, sent_at in rows)
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
