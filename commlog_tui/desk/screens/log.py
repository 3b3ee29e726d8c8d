"""The log: filters, table, detail, and what its keys do."""

from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Footer, Input, Static
from typing_extensions import override

from commlog_tui.desk.actions import bindings
from commlog_tui.desk.screens.help import HelpScreen
from commlog_tui.desk.screens.reading import ReadingScreen
from commlog_tui.desk.text.hygiene import safe
from commlog_tui.desk.widgets.detail_pane import DetailPane
from commlog_tui.desk.widgets.filter_sidebar import FilterSidebar
from commlog_tui.desk.widgets.log_table import LogTable
from commlog_tui.desk.widgets.notice import Notice
from commlog_tui.desk.widgets.page_bar import PageBar

_WIDE: Final = 110
_ROOMY: Final = 140


class LogScreen(ReadingScreen):
    """The log with its filters, table and detail; the history of a customer or a booking is another one of these."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings()]

    @override
    def compose(self) -> ComposeResult:
        """Lay out the parts."""
        yield Static("commlog", id="head", markup=False)
        yield Static("", id="who", markup=False)
        with Horizontal(id="body"):
            with Vertical(id="main", classes="-empty"):
                yield LogTable(self._show_entry, id="table")
                yield Notice(id="notice")
            yield DetailPane(id="detail")
        yield PageBar(id="bar")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Begin at the table."""
        self.query_one(LogTable).focus()
        if self._session is not None:
            self.start(self._session)
            self._introduce()

    def on_resize(self) -> None:
        """Fold the detail where there is no room for it."""
        self.set_class(self.size.width >= _WIDE, "-wide")
        self.set_class(self.size.width >= _ROOMY, "-roomy")
        self.call_after_refresh(self._show_entry, self.entry)

    @work(group="who", exit_on_error=False)
    async def _introduce(self) -> None:
        """Say who it is whose history this is, with every address and number known."""
        from commlog_tui.client.errors import ClientError

        session, fixed = self._session, self._fixed
        if session is None or fixed is None or fixed.customer_id is None:
            return
        try:
            known = await session.client.customer(session.location, fixed.customer_id)
        except ClientError:
            return  # the page's worker says how things stand
        reach = "  ".join(safe(one) for one in (*known.numbers, *known.addresses))
        self.query_one("#who", Static).update(f"{safe(known.name or known.id)}  ·  {reach}  ·  {safe(known.id)}")
        self.query_one("#who").display = True

    # what the parts say

    @on(FilterSidebar.QueryChanged)
    def _filtered(self, event: FilterSidebar.QueryChanged) -> None:
        query = event.query
        if self._fixed is not None:
            kept = self._fixed.model_dump(exclude_defaults=True)
            query = query.model_copy(update=kept)
        self._query = query
        self._load()

    @on(LogTable.PageWanted)
    def _turn(self, event: LogTable.PageWanted) -> None:
        if event.direction == "older":
            self.action_older()
        else:
            self._go("newer", "last")

    @on(LogTable.EntryChosen)
    def _chosen(self) -> None:
        if not self.query_one(DetailPane).display:
            self.action_toggle_detail()
        self.query_one(DetailPane).focus()

    @on(Input.Submitted)
    def _to_table(self) -> None:
        self.query_one(LogTable).focus()

    # actions, as in the table of actions

    async def action_search(self) -> None:
        """Find by anything one was told."""
        await self._show_filters(shown=True)

    async def action_filters(self) -> None:
        """Show or hide the filters."""
        await self._show_filters(shown=self._sidebar is None or not self._sidebar.display)

    async def _show_filters(self, *, shown: bool) -> None:
        if self._session is None:
            return
        await self._add_sidebar(self._session)
        self.set_class(shown, "-filters")
        self.set_class(not shown, "-no-filters")
        self.query_one("#q" if shown else "#table").focus()

    def action_clear_filters(self) -> None:
        """Undo all filters."""
        if self._sidebar is not None:
            self._sidebar.clear()

    def action_older(self) -> None:
        """Show the next page."""
        self._go("older")

    def action_newer(self) -> None:
        """Show the page before."""
        self._go("newer")

    def action_newest(self) -> None:
        """Show the newest page."""
        self._load()

    def action_oldest(self) -> None:
        """Show the oldest page."""
        self._go("oldest", "last")

    def action_toggle_utc(self) -> None:
        """Show times in UTC, or in the location's zone."""
        self._show_utc = not self._show_utc
        entry = self.entry
        if self._page is not None:
            self._show_page(self._page, "first", entry.id if entry else None)

    def action_toggle_detail(self) -> None:
        """Show or hide the detail."""
        self.toggle_class("-no-detail" if self.has_class("-wide") else "-detail")
        self.call_after_refresh(self._show_entry, self.entry)

    def action_booking(self) -> None:
        """Show all messages of this booking."""
        from commlog_tui.contract.query import EntryQuery

        entry = self.entry
        if entry is None or self._session is None:
            return
        if not entry.reference and not entry.code:
            self.notify("This entry belongs to no booking.", markup=False)
            return
        query = EntryQuery(reference=entry.reference) if entry.reference else EntryQuery(q=entry.code)
        heading = f"Booking {safe(entry.code or entry.reference or '')}"
        self.app.push_screen(LogScreen(self._session, query, heading))

    def action_customer(self) -> None:
        """Show this customer's history."""
        from commlog_tui.contract.query import EntryQuery

        entry = self.entry
        if entry is None or self._session is None:
            return
        if entry.customer is None:
            self.notify("This entry names no customer; / finds everything sent to an address or number.", markup=False)
            return
        heading = f"History of {safe(entry.customer.name or entry.customer.id)}"
        self.app.push_screen(LogScreen(self._session, EntryQuery(customer_id=entry.customer.id), heading))

    def action_back(self) -> None:
        """Go back to where one was."""
        if not isinstance(self.focused, LogTable):
            self.query_one(LogTable).focus()
        elif self._fixed is not None:
            self.dismiss(None)

    def action_help(self) -> None:
        """Show all keys."""
        self.app.push_screen(HelpScreen())
