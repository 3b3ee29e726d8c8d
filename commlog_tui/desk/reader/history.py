"""Where a view was before each jump, and where it was gone back from, as in a browser."""

from typing import TYPE_CHECKING, NamedTuple

from commlog_tui.desk.filters import Filters
from commlog_tui.desk.reader.state import NEWEST, Position, Scope

if TYPE_CHECKING:
    from commlog_tui.contract.query import EntryQuery


class Spot(NamedTuple):
    """Filters, page and row of a view."""

    filters: Filters
    query: "EntryQuery | None" = None
    """The query that the position's cursor belongs to."""
    position: Position = NEWEST


class ClosedView(NamedTuple):
    """A view of a customer or a booking that was closed, with what opens it again as it was."""

    scope: Scope
    spot: Spot
    history: "History"


class History:
    """The way back and the way forward of one view. A jump ends the way forward."""

    def __init__(self) -> None:
        self._back: list[Spot] = []
        self._forward: list[Spot | ClosedView] = []

    @property
    def can_go_back(self) -> bool:
        """Whether there was a jump that was not gone back from."""
        return bool(self._back)

    @property
    def can_go_forward(self) -> bool:
        """Whether something was gone back from."""
        return bool(self._forward)

    def jump(self, here: Spot) -> None:
        """Remember where the view was before a jump."""
        self._back.append(here)
        self._forward.clear()

    def opened(self) -> None:
        """Another view was opened over this one: the way forward ends."""
        self._forward.clear()

    def closed(self, view: ClosedView) -> None:
        """A view over this one was closed: forward opens it again."""
        self._forward.append(view)

    def back(self, here: Spot) -> Spot | None:
        """Return where the view was before the last jump; None if there was none."""
        if not self._back:
            return None
        self._forward.append(here)
        return self._back.pop()

    def forward(self, here: Spot) -> Spot | ClosedView | None:
        """Return what was gone back from last; None if there is nothing."""
        if not self._forward:
            return None
        wanted = self._forward.pop()
        if isinstance(wanted, Spot):
            self._back.append(here)
        return wanted
