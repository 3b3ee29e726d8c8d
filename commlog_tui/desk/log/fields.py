"""Access to the filter sidebar, which is mounted after the first rows."""

from typing import TYPE_CHECKING, Any

from textual.screen import Screen
from textual.widget import AwaitMount

from commlog_tui.desk.filters import Filters
from commlog_tui.desk.reader.reader import LogReader

if TYPE_CHECKING:
    from commlog_tui.desk.widgets.filter_sidebar import FilterSidebar


class Fields:
    """The filters of one view."""

    def __init__(self, screen: Screen[Any], reader: LogReader) -> None:
        self._screen = screen
        self._reader = reader
        self._sidebar: FilterSidebar | None = None
        self._mounting = AwaitMount(screen, ())

    async def mount(self) -> None:
        """Add the filters, unless they are there."""
        session = self._reader.session
        side = self._screen.query_one("#side")
        if self._sidebar is None and session is not None and side.is_attached:  # it is not while the desk ends
            from commlog_tui.desk.widgets.filter_sidebar import FilterSidebar

            filters = self._reader.state.claimed
            self._sidebar = FilterSidebar(
                session.place.channels,
                session.zone,
                session.find_customers,
                filters,
                id="filters",
                searched=self._ask_caller,
            )
            self._mounting = side.mount(self._sidebar)
            await self._mounting
            self._sidebar.show(self._reader.state.claimed)
        await self._mounting

    def _ask_caller(self, text: str) -> None:
        """Show above the table who may be calling; the strip is made when it is first needed."""
        from commlog_tui.desk.people.caller_lines import is_reach
        from commlog_tui.desk.people.caller_strip import CallerStrip

        strips, session = [*self._screen.query(CallerStrip)], self._reader.session
        if not strips and session is not None and is_reach(text):
            strips = [CallerStrip(session)]
            self._screen.query_one("#main").mount(*strips, before="#table")
        for strip in strips:
            strip.ask(text)

    def show(self, filters: Filters, *, anew: bool = False) -> None:
        """Show filters that came from elsewhere; ``anew`` also empties what cannot be asked for."""
        if self._sidebar is not None:
            self._ask_caller(filters.q)
        if self._sidebar is not None and self._sidebar.is_mounted:
            self._sidebar.show(filters, anew=anew)

    def empty(self) -> None:
        """Empty all fields."""
        self.show(Filters(), anew=True)

    async def fold(self, *, shown: bool) -> None:
        """Show or hide the filters."""
        await self.mount()
        self._screen.set_class(shown, "-filters")
        self._screen.set_class(not shown, "-no-filters")
        self._screen.set_focus(self._screen.query_one("#q" if shown else "#table"))

    @property
    def are_shown(self) -> bool:
        """Whether the filters are shown."""
        return self._screen.query_one("#side").display

    @property
    def are_faulty(self) -> bool:
        """Whether a field holds what cannot be asked for."""
        return self._sidebar is not None and self._sidebar.is_faulty
