"""Immutable state of one view of the log. The reader makes it, and the screen draws it."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from commlog_tui.desk.filters import Filters

if TYPE_CHECKING:
    from commlog_tui.contract.entry import Entry, EntryDetail
    from commlog_tui.contract.page import Page
    from commlog_tui.contract.query import EntryQuery

Direction = Literal["newer", "older"]
Turn = Literal["newer", "older", "oldest"]
At = Literal["first", "last"]


class Scope(NamedTuple):
    """What a view is fixed on: everything, or a customer, or a booking."""

    query: "EntryQuery | None" = None
    heading: str = ""
    filters: Filters = Filters()
    """The same as filters: what it is saved as."""


class Position(NamedTuple):
    """A page to request, by cursor or instant, and where the row cursor goes on it."""

    cursor: str | None = None
    at: At = "first"
    keep: str | None = None
    """The id of an entry to stay on, where the page has it."""
    before: datetime | None = None


NEWEST: Final = Position()
_NOTHING: Final = Filters()


class Trouble(NamedTuple):
    """Why there is no answer. A final one is not retried."""

    heading: str
    words: str
    is_final: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class ViewState:
    """Everything a view shows. Two states are the same only if they are one object."""

    claimed: Filters = _NOTHING
    """The filters that the chips and fields show."""
    answered: Filters | None = None
    """Filters that the log answered with this page, or None while the page is from the cache."""
    page: "Page | None" = None
    cursor: Position = NEWEST
    """Where the row cursor begins on this page."""
    row: int = 0
    detail: "EntryDetail | None" = None
    """The detail of the entry in this row, once it is known."""
    arrived: frozenset[str] = frozenset()
    """Ids of new entries that belong to the view and are not on the page."""
    loosened: tuple[str, ...] = ()
    """Where nothing is found: how many entries there are without each filter."""
    trouble: Trouble | None = None
    shown_at: datetime | None = None
    """When the log last answered."""
    utc: bool = False
    raw: bool = False
    """Whether the detail shows the providers' own words."""
    private: bool = False
    loading: bool = False
    """Whether another page than a neighbouring one is being asked for."""
    slow: bool = False
    """Whether the answer takes so long that it is to be said."""
    notes: tuple[tuple[str, str], ...] = ()
    """What the bar says besides, by its kind."""
    alarm: str = ""

    @property
    def entries(self) -> "tuple[Entry, ...]":
        """The entries of the page."""
        return self.page.entries if self.page is not None else ()

    @property
    def entry(self) -> "Entry | None":
        """The entry in the current row."""
        entries = self.entries
        return entries[self.row] if self.row < len(entries) else None

    @property
    def is_local(self) -> bool:
        """Whether the page is a fallback from known entries, as the log did not answer."""
        return self.page is not None and self.answered != self.claimed
