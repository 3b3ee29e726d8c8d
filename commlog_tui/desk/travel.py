"""Opening views over one another, and the way back and forward between them."""

from collections.abc import Callable

from textual.screen import Screen

from commlog_tui.desk.filters import Filters
from commlog_tui.desk.reader.history import ClosedView, History, Spot
from commlog_tui.desk.reader.reader import LogReader
from commlog_tui.desk.reader.state import Scope

Make = Callable[[ClosedView], Screen[ClosedView | None]]
"""Makes the screen of a view, which begins where the view was."""


class Travel:
    """The ways that lead away from one view."""

    def __init__(
        self, screen: Screen[ClosedView | None], reader: LogReader, make: Make, before: ClosedView | None
    ) -> None:
        self._screen = screen
        self._reader = reader
        self._make = make
        if before is not None:
            reader.history = before.history
            reader.return_to(before.spot)

    def open(self, scope: Scope, filters: Filters | None = None) -> None:
        """Open a view that is fixed on something else than this one."""
        if scope.query != self._reader.scope.query:
            self._reader.history.opened()
            self._push(ClosedView(scope, Spot(filters or Filters()), History()))

    def back(self) -> None:
        """Go back to where the view was before the last jump, or close a view fixed on something."""
        here, history = self._reader.spot, self._reader.history
        if (spot := history.back(here)) is not None:
            self._reader.return_to(spot)
        elif self._reader.scope.query is not None:
            self._screen.dismiss(ClosedView(self._reader.scope, here, history))

    def forward(self) -> None:
        """Go where the view was gone back from."""
        wanted = self._reader.history.forward(self._reader.spot)
        if isinstance(wanted, ClosedView):
            self._push(wanted)
        elif wanted is not None:
            self._reader.return_to(wanted)

    def _push(self, view: ClosedView) -> None:
        def closed(left: ClosedView | None) -> None:
            if left is not None:
                self._reader.history.closed(left)

        self._screen.app.push_screen(self._make(view), closed)
