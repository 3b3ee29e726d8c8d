"""Instants as records carry them: microseconds since 1970, UTC."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from msgspec import convert

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_EXACT: Final = 4_000_000_000_000_000
"""Up to here, in the year 2096, seconds as a float are nearer to their microsecond than to any other."""


def micros(instant: datetime) -> int:
    """Return an instant as microseconds since 1970, UTC."""
    return (instant - EPOCH) // _MICROSECOND


def instant(microseconds: int) -> datetime:
    """Return the instant of microseconds since 1970, UTC."""
    if 0 <= microseconds < _EXACT:
        return datetime.fromtimestamp(microseconds / 1_000_000, UTC)  # takes half the time
    return EPOCH + timedelta(microseconds=microseconds)


def instants(microseconds: Sequence[int]) -> list[datetime]:
    """Return the instants of many microseconds since 1970, UTC, in a third of the time."""
    if microseconds and min(microseconds) >= 0 and max(microseconds) < _EXACT:
        return convert([one / 1_000_000 for one in microseconds], list[datetime], strict=False)
    return [instant(one) for one in microseconds]


def optional_micros(instant: datetime | None) -> int | None:
    """Return an instant as microseconds since 1970, UTC; None for None."""
    return None if instant is None else micros(instant)


def optional_instant(microseconds: int | None) -> datetime | None:
    """Return the instant of microseconds since 1970, UTC; None for None."""
    return None if microseconds is None else instant(microseconds)
