"""Which counts are exact from counters, and how far others are counted."""

from dataclasses import dataclass
from typing import Final

from commlog_tui.contract.query import EntryQuery
from commlog_tui.records.instants import micros
from commlog_tui.store.location import Location

CAP: Final = 10_000
"""How many entries are counted one by one; more are answered as so many, and marked."""
SECONDS: Final = 0.25
"""How long they are counted."""


@dataclass(frozen=True, slots=True)
class Counters:
    """Whole local days and channels whose counters add up to the total of a query."""

    vias: tuple[str, ...]
    """No channel stands for all."""
    first: int | None
    """Ordinal of the first day; None without a limit."""
    last: int | None
    """Ordinal of the day behind the last; None without a limit."""


Span = tuple[int, int]
"""Instants from one to before another, in microseconds."""


def whole_days(query: EntryQuery, facts: Location) -> tuple[Counters, tuple[Span, ...]] | None:
    """Return the counters of the whole local days that a query is about, and the parts of days around them.

    None unless only channels and a period filter, or where the period has no whole day.
    """
    if any(getattr(query, name) for name in EntryQuery.model_fields if name not in {"via", "since", "until"}):
        return None
    first, last, parts = None, None, []
    if query.since is not None:
        since = micros(query.since)
        first = facts.day_of(since)
        if facts.start_of_day(first) != since:
            first += 1
            parts.append((since, facts.start_of_day(first)))
    if query.until is not None:
        until = micros(query.until)
        last = facts.day_of(until)
        if facts.start_of_day(last) != until:
            parts.append((facts.start_of_day(last), until))
    if first is not None and last is not None and first > last:
        return None
    return Counters(tuple(dict.fromkeys(query.via)), first, last), tuple(parts)
