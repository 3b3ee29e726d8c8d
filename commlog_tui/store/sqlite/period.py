"""The time that a walk keeps to, as the tightest condition on each side.

Of two conditions on one side, SQLite would begin at the first, and pass over everything up to the
other: the hundredth page of a year took 28 ms.
"""

from dataclasses import dataclass
from typing import Final

from commlog_tui.store.sqlite.filters import Condition

Position = tuple[int, int]
"""When an entry was sent, and its key."""


@dataclass(frozen=True, slots=True)
class Period:
    """Instants from one to before another, in microseconds; None for no limit."""

    since: int | None = None
    until: int | None = None

    def within(self, since: int | None = None, until: int | None = None) -> "Period":
        """Return the part of the period that lies in another one."""
        if self.since is not None:
            since = self.since if since is None else max(self.since, since)
        if self.until is not None:
            until = self.until if until is None else min(self.until, until)
        return Period(since, until)

    def conditions(self, behind: Position | None = None, *, rising: bool = False) -> list[Condition]:
        """Return the conditions on entries in the period, and behind a position in the order of a walk."""
        since, until = self.since, self.until
        found: list[Condition] = []
        if behind is not None and (_is_in(behind, since, None) if rising else _is_in(behind, None, until)):
            found.append(Condition(f"(entry.sent_at, entry.pk) {'>' if rising else '<'} (?, ?)", behind))
            since, until = (None, until) if rising else (since, None)
        if since is not None:
            found.append(Condition("entry.sent_at >= ?", (since,)))
        if until is not None:
            found.append(Condition("entry.sent_at < ?", (until,)))
        return found


ALL_TIME: Final = Period()


def _is_in(position: Position, since: int | None, until: int | None) -> bool:
    return (since is None or position[0] >= since) and (until is None or position[0] < until)
