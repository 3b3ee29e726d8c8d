"""Which counts are exact from counters, and how far others are counted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from commlog_tui.contract.query import EntryQuery
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

    @property
    def is_everything(self) -> bool:
        """Whether the query asks for all entries of the location."""
        return not self.vias and self.first is None and self.last is None


def counters_of(query: EntryQuery, facts: Location) -> Counters | None:
    """Return the counters that answer a query; None unless only channels and whole local days filter."""
    given = {name for name in EntryQuery.model_fields if getattr(query, name)}
    edges = [edge for edge in (query.since, query.until) if edge is not None]
    if given - {"via", "since", "until"} or not all(map(facts.starts_day, edges)):
        return None
    return Counters(tuple(dict.fromkeys(query.via)), _day(query.since, facts), _day(query.until, facts))


def _day(moment: datetime | None, facts: Location) -> int | None:
    return None if moment is None else moment.astimezone(facts.zone).toordinal()
