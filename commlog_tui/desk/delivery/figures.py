"""Statistics as the desk shows them: how much was sent, delivered and failed, by day or week."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from commlog_tui.contract.statistics import Statistic, Statistics

DELIVERED: Final = frozenset({"delivered", "complained"})
FAILED: Final = frozenset({"bounced", "failed", "rejected"})
SENT: Final = frozenset({"sent", "deferred"}) | DELIVERED | FAILED
"""Statuses of messages that left, or tried to: what waits, was canceled or skipped did not."""
COLUMNS: Final = ("sent", "delivered", "failed")
DAYS: Final = 14
WEEKS: Final = 12
_WEEK: Final = timedelta(days=7)


@dataclass(slots=True)
class Figures:
    """How many messages were sent, delivered and failed."""

    sent: int = 0
    delivered: int = 0
    failed: int = 0

    def add(self, row: "Statistic") -> None:
        """Count the entries of a row."""
        self.sent += _count(row, SENT)
        self.delivered += _count(row, DELIVERED)
        self.failed += _count(row, FAILED)


@dataclass(slots=True)
class Overview:
    """The figures of a period: in all, by day or week, by channel and by kind of message."""

    total: Figures = field(default_factory=Figures)
    periods: dict[date, Figures] = field(default_factory=dict)
    channels: dict[str, Figures] = field(default_factory=dict)
    kinds: dict[str, Figures] = field(default_factory=dict)


def first_day(today: date, *, by_week: bool) -> date:
    """Return the first day of what is shown until today."""
    if by_week:
        return today - timedelta(days=today.weekday()) - (WEEKS - 1) * _WEEK
    return today - timedelta(days=DAYS - 1)


def overview(found: "Statistics", today: date, *, by_week: bool) -> Overview:
    """Add statistics up; days or weeks without entries count as zero."""
    step, day = (_WEEK if by_week else timedelta(days=1)), first_day(today, by_week=by_week)
    result = Overview()
    while day <= today:
        result.periods[day] = Figures()
        day += step
    for row in found.rows:
        result.total.add(row)
        day = row.day - timedelta(days=row.day.weekday()) if by_week else row.day
        result.periods.setdefault(day, Figures()).add(row)
        result.channels.setdefault(row.via, Figures()).add(row)
        result.kinds.setdefault(row.kind or "", Figures()).add(row)
    result.channels, result.kinds = _most_first(result.channels), _most_first(result.kinds)
    return result


def _most_first(groups: dict[str, Figures]) -> dict[str, Figures]:
    """Return the groups with something sent, the largest first."""
    key: Callable[[str], tuple[int, str]] = lambda name: (-groups[name].sent, name)  # noqa: E731 - a key
    return {name: groups[name] for name in sorted(groups, key=key) if groups[name].sent}


def _count(row: "Statistic", statuses: frozenset[str]) -> int:
    return sum(Counter(row.statuses)[status] for status in statuses)
