"""Which counts are exact from counters, and how far others are counted."""

from dataclasses import dataclass
from typing import Any, Final

from commlog_tui.contract.query import EntryQuery
from commlog_tui.records.instants import instant, micros
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


_OPPOSITES: Final = {
    "not_to": "to", "not_customer_id": "customer_id", "not_reference": "reference", "not_title": "title",
    "not_code": "code",
}  # fmt: skip
"""Filters that are checked on rows, and those that find what they take away."""

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


def taken_away(query: EntryQuery, facts: Location) -> tuple[EntryQuery, tuple[EntryQuery, ...]] | None:
    """Return a query without the exclusions that are checked on rows, and queries for what these take away.

    No two of the latter find the same entry. None where the query has words, or other filters that
    no counter adds up to.
    """
    before: dict[str, Any] = {**dict.fromkeys(_OPPOSITES, ()), "not_day": ()}
    rest = query.model_copy(update=before)
    if query.q is not None or query.title is not None or any(getattr(query, name) for name in _OPPOSITES.values()):
        return None
    parts = []
    for name, wanted in _OPPOSITES.items():
        for value in dict.fromkeys(getattr(query, name)):
            parts.append(rest.model_copy(update=before | {wanted: value}))
            before[name] = (*before[name], value)
    for day in dict.fromkeys(query.not_day):
        since, until = map(instant, facts.span_of(day))
        since, until = max(since, query.since or since), min(until, query.until or until)
        if since < until:
            parts.append(rest.model_copy(update=before | {"since": since, "until": until}))
    return rest, tuple(parts)
