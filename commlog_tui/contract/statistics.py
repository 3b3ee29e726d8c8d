"""Models of statistics: how many entries of which channel and kind came how far."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from commlog_tui.contract.base import EARLIEST, LATEST, RequestModel, ResponseModel
from commlog_tui.contract.open_enum import OpenEnum

MOST_DAYS: Final = 800
MOST_DAYS_BY_HOUR: Final = 31

Day = Annotated[
    date,
    Field(ge=EARLIEST.date(), le=LATEST.date(), description="A day of the location's zone, in the years 1970 to 2200"),
]


class Period(StrEnum):
    """What statistics are counted by."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    """Weeks begin on Monday (ISO 8601)."""


class StatisticsQuery(RequestModel):
    """A period of whole days in the location's zone; ``from`` is inclusive, ``to`` exclusive."""

    since: Annotated[Day, Field(alias="from")]
    until: Annotated[Day, Field(alias="to")]
    by: Period = Period.DAY

    @model_validator(mode="after")
    def _period_is_bounded(self) -> Self:
        days = (self.until - self.since).days
        if days < 0:
            raise ValueError("from must not be later than to")
        if days > (MOST_DAYS_BY_HOUR if self.by is Period.HOUR else MOST_DAYS):
            raise ValueError(f"at most {MOST_DAYS} days can be asked for at once, and {MOST_DAYS_BY_HOUR} by hour")
        return self


class Statistic(ResponseModel):
    """The entries of one hour, day or week, channel and kind of message."""

    day: date
    """In the location's zone; of a week, its Monday, although only the days asked for are
    counted."""
    hour: int | None = None
    """Of the wall clock; the hour that comes twice in autumn is counted as one. Null unless asked
    for by hour."""
    via: str
    kind: str | None = None
    """Kind of message, null where entries have none."""
    entries: int
    statuses: dict[str, int]
    """Entries by status; they add up to ``entries``."""


class Statistics(ResponseModel):
    """Statistics of a location, in order of time, channel and kind; what has no entries has no row."""

    zone: str
    by: Annotated[Period, OpenEnum(Period)]
    rows: tuple[Statistic, ...]
