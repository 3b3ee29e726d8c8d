"""The worklist: what did not arrive or is overdue, soonest booking first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from commlog_tui.contract.booking import LineState as State
from commlog_tui.expectations.booking import Checklist, Line
from commlog_tui.expectations.line_words import line_words, resolved_words
from commlog_tui.expectations.wording import when

_NO_REASON = "nothing was sent, and no reason is on record"


@dataclass(frozen=True, slots=True)
class Item:
    """A message to deal with, or one that has been dealt with."""

    reference: str | None
    code: str | None
    starts_at: datetime | None
    line: Line
    reason: str
    """Why, in words."""
    advice: str
    """What to do."""
    done: str | None = None
    """For one that has been dealt with: by whom or what, and when."""
    done_at: datetime | None = None


def worklist(checklists: Iterable[Checklist], now: datetime, zone: ZoneInfo) -> tuple[Item, ...]:
    """Return what is to be done, then what has been.

    To be done comes in order of the bookings' starts: those to come, soonest first; those whose
    start is not on record; those past, latest first. Done comes with the latest first.
    """
    items = [
        _item(found, line, now, zone)
        for found in checklists
        for line in found.lines
        if line.run is None and line.state in {State.FAILED, State.OVERDUE}
    ]
    return tuple(sorted(items, key=lambda item: _order(item, now)))


def _item(found: Checklist, line: Line, now: datetime, zone: ZoneInfo) -> Item:
    done, done_at = None, None
    if line.settled_at is not None:
        done, done_at = f"by itself: delivered by a later message {when(line.settled_at, zone, now)}", line.settled_at
    elif line.resolved is not None:
        done, done_at = resolved_words(line, zone, now), line.resolved.at
    reason = line.reason or _runs(found, now, zone) or _NO_REASON
    return Item(found.reference, found.code, found.starts_at, line, reason, line.advice or "", done, done_at)


def _runs(found: Checklist, now: datetime, zone: ZoneInfo) -> str:
    """Return which runs of the booking failed. Whether that is why, nothing on record says."""
    failed = [line_words(line, zone, now) for line in found.lines if line.run is not None and line.is_open]
    return f"nothing was sent; {'; '.join(failed)}" if failed else ""


def _order(item: Item, now: datetime) -> tuple[int, timedelta, timedelta, str, str, str]:
    line = item.line
    at = timedelta(0) if line.at is None else line.at - now
    last = (item.code or "", item.reference or "", f"{line.entry or ''} {line.kind or ''}")
    if item.done_at is not None:
        return 3, now - item.done_at, at, *last
    if item.starts_at is None:
        return 1, timedelta(0), at, *last
    to_come = item.starts_at >= now
    return (0, item.starts_at - now, at, *last) if to_come else (2, now - item.starts_at, at, *last)
