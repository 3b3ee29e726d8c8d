"""What has outlived the retention of its location, by a time that has two witnesses.

A clock that is wrong must not cost anybody's data. The first witness is the clock, the second are
the records: time is believed no further than a bound beyond the newest of them, and a record counts
only where others lead up to it. Records that begin behind a jump of more than a month are believed
once they span the bound; until then the clock may have stepped.
"""

from collections.abc import Generator, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import msgspec
from dateutil.relativedelta import relativedelta

from commlog_tui.ledger.record import decode_public
from commlog_tui.records.instants import EPOCH, instant
from commlog_tui.store.errors import ClockError, DamagedLogError

BOUND: Final = timedelta(days=7)
"""How far beyond the newest record time is believed."""

STEP: Final = timedelta(days=31)
"""Longest gap between records that does not count as a jump of the clock."""

_STEP: Final = STEP // timedelta(microseconds=1)
_BOUND: Final = BOUND // timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Witnessed:
    """What time it is, as far as both witnesses agree."""

    now: datetime
    clock: datetime

    @property
    def is_held_back(self) -> bool:
        """Whether the clock is further than the records vouch for."""
        return self.now < self.clock


Timeline = tuple[int, int | None]
"""When the newest record of a location was recorded, and the newest plausible one; None within a short span."""


def witnessed(timelines: Iterable[Timeline], clock: datetime) -> Witnessed:
    """Return the time that the clock and the records of all locations agree on.

    Raises:
        ClockError: the newest records lie behind a jump in time, and do not yet span the bound.
    """
    known = list(timelines)
    if not known:
        return Witnessed(clock, clock)
    newest = max(newest for newest, _ in known)
    believed = max((believed for _, believed in known if believed is not None), default=newest)
    if newest > believed + _STEP:
        raise ClockError(
            f"The clock stepped: records of {instant(newest):%Y-%m-%d} follow on {instant(believed):%Y-%m-%d}. "
            f"Nothing was redacted. If the clock is right, retention goes on by itself once {BOUND.days} days have "
            "been recorded, or at once with: commlog retention run --trust-clock"
        )
    return Witnessed(min(clock, instant(believed + _BOUND)), clock)


def timeline(size: int) -> Generator[int, int, Timeline]:
    """Yield positions of a location's log, take when each was recorded, and return its timeline.

    Whoever drives it reads the records, by whatever means its database has.
    """
    newest = yield size
    at, here = size, newest
    while before := (yield from _before(at, here)):
        there, successor = (yield before), (yield before + 1)
        if successor - there <= _STEP:
            return newest, here
        at, here = before, there
    return newest, None if at == size else here


def _before(at: int, here: int) -> Generator[int, int, int]:
    """Return the last position recorded more than a bound before its successor, or 0."""
    latest = here - _BOUND
    step = 1
    while at - step >= 1 and (yield at - step) > latest:
        step *= 2
    low, high = max(at - step, 0), at - step // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if (yield middle) <= latest else (low, middle)
    return low


def recorded_at(public: bytes | None) -> int:
    """Return when a record was recorded, of its public part. Raises ``DamagedLogError``."""
    try:
        return decode_public(public).recorded_at  # type: ignore[arg-type] # None is caught
    except (msgspec.DecodeError, TypeError):
        raise DamagedLogError(
            "A record is missing or cannot be read. Nothing was redacted; see commlog verify."
        ) from None


def cutoff(now: datetime, months: int) -> datetime:
    """Return before when an entry must have been sent to have outlived so many months."""
    return max(now - relativedelta(months=months), EPOCH)
