"""The log: filters, table, detail, and what its keys do."""

import os
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Static
from typing_extensions import override

from commlog_tui.desk.actions import bindings
from commlog_tui.desk.filters import Filters
from commlog_tui.desk.outside import BookingAddressError, booking_address, copied, has_browser
from commlog_tui.desk.reasons import NO_ENTRY
from commlog_tui.desk.screens.filtering import FilteringScreen
from commlog_tui.desk.widgets.chip_bar import ChipBar
from commlog_tui.desk.widgets.detail_pane import DetailPane
from commlog_tui.desk.widgets.key_bar import BACK, KeyBar
from commlog_tui.desk.widgets.log_table import LogTable
from commlog_tui.desk.widgets.notice import Notice
from commlog_tui.desk.widgets.page_bar import PageBar
from commlog_tui.text.details import detail_lines, entry_lines
from commlog_tui.text.hygiene import safe, without_invisible

if TYPE_CHECKING:
    from commlog_tui.contract.query import EntryQuery

_UNBROKEN: Final = 10_000
"""Cells of a line that no window breaks."""
_WIDE: Final = 110
_ROOMY: Final = 140


class LogScreen(FilteringScreen):
    """The log with its filters, table and detail; the history of a customer or a booking is another one of these."""

    AUTO_FOCUS = "#table"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings()]

    @override
    def compose(self) -> ComposeResult:
        """Lay out the parts."""
        self._fold()
        yield Static("commlog", id="head", markup=False)
        yield Static("", id="who", markup=False)
        with Horizontal(id="body"):
            yield Vertical(id="side")
            with Vertical(id="main"):
                yield ChipBar(id="chips")
                yield LogTable(self._show_entry, id="table")
                yield Notice(id="notice")
            yield DetailPane(id="detail")
        yield PageBar(id="bar")
        yield KeyBar(self.preferences.keys, dimmed=frozenset({"clear_filters"} | (set() if self._fixed else {BACK})))

    def on_mount(self) -> None:
        """Begin at the table; the application starts the first view, a view of something fixed starts by itself."""
        self.set_focus(self.query_one(LogTable))
        if self._session is not None and self._fixed is not None:
            self.start(self._session)
            self._introduce()
            if self.app.is_private:  # type: ignore[attr-defined] # the desk's application says so
                self.show_private(private=True)

    @override
    def refresh_entry(self) -> None:
        self._show_entry(self.entry)

    def on_resize(self) -> None:
        """Fold the detail where there is no room for it."""
        self._fold()
        self.call_after_refresh(self.refresh_entry)

    def _fold(self) -> None:
        width = self.app.size.width
        self.update_classes({"-narrow": width < _WIDE, "-wide": width >= _WIDE, "-roomy": width >= _ROOMY})

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
        self.query_one("#who").add_class("-known")

    # what the parts say

    def on_descendant_focus(self) -> None:
        """Say the keys of the part that one is in, and whether there is a way back from it."""
        bar, parts = self.query_one(KeyBar), self.focused.ancestors_with_self if self.focused else ()
        bar.hints = next((hints for part in parts if (hints := getattr(part, "key_hints", ()))), ())
        bar.dimmed = bar.dimmed | {BACK} if self.why_not_back() else bar.dimmed - {BACK}

    def on_screen_suspend(self) -> None:
        """Leave it to the screen above to say its keys."""
        self.query_one(KeyBar).silent = True

    def on_screen_resume(self) -> None:
        """Say the keys again."""
        self.query_one(KeyBar).silent = False

    @on(LogTable.PageWanted)
    def _turn(self, event: LogTable.PageWanted) -> None:
        if event.direction == "older":
            self.action_older()
        else:
            self._go("newer", "last")

    @on(KeyBar.Clicked)
    async def _key_clicked(self, event: KeyBar.Clicked) -> None:
        await self.run_action(event.action)

    @on(PageBar.Turned)
    def _clicked(self, event: PageBar.Turned) -> None:
        self._go(event.direction)

    @on(LogTable.EntryChosen)
    def _chosen(self) -> None:
        if not self.query_one(DetailPane).display:
            self.action_toggle_detail()
        self.set_focus(self.query_one(DetailPane))

    def on_filter_sidebar_done(self) -> None:
        """Go to what the customer chosen was sent."""
        self._to_table()

    @on(Input.Submitted)
    def _to_table(self) -> None:
        """Go to what was found; the fields fold again where they take room from it, as the chips say what they hold."""
        self.remove_class("-filters")
        self.set_focus(self.query_one(LogTable))

    # actions, as in the table of actions

    def action_older(self) -> None:
        """Show the next page."""
        self._go("older")

    def action_newer(self) -> None:
        """Show the page before."""
        self._go("newer")

    def why_not_older(self) -> str | None:
        """Return why there is no next page."""
        return None if self._page is not None and self._page.older else "These are the oldest entries."

    def why_not_newer(self) -> str | None:
        """Return why there is no page before."""
        return None if self._page is not None and self._page.newer else "These are the newest entries."

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
        self.call_after_refresh(self.refresh_entry)

    def action_booking(self) -> None:
        """Show all messages of this booking."""
        from commlog_tui.contract.query import EntryQuery

        entry = self.entry
        if entry is None or self._session is None:
            return
        query = EntryQuery(reference=entry.reference) if entry.reference else EntryQuery(q=entry.code)
        view = Filters(reference=entry.reference) if entry.reference else Filters(q=entry.code or "")
        self._open_view(query, f"Booking {safe(entry.code or entry.reference or '')}", view)

    def why_not_booking(self) -> str | None:
        """Return why there is no booking to show."""
        if self.entry is None:
            return NO_ENTRY
        return None if self.entry.reference or self.entry.code else "This entry belongs to no booking."

    def action_customer(self) -> None:
        """Show this customer's history."""
        from commlog_tui.contract.query import EntryQuery

        entry = self.entry
        if entry is None or entry.customer is None or self._session is None:
            return
        query = EntryQuery(customer_id=entry.customer.id)
        view = Filters(customer=entry.customer.id, customer_name=entry.customer.name or "")
        self._open_view(query, f"History of {safe(entry.customer.name or entry.customer.id)}", view)

    def why_not_customer(self) -> str | None:
        """Return why there is no history to show."""
        if self.entry is None:
            return NO_ENTRY
        named = self.entry.customer is not None
        return None if named else "This entry names no customer; / finds everything sent to an address or number."

    def _open_view(self, query: "EntryQuery", heading: str, view: Filters) -> None:
        if query != self._fixed:
            self.app.push_screen(LogScreen(self._session, query, heading, view))

    def action_copy(self) -> None:
        """Copy the address or number that was really used."""
        if self.entry is not None:
            self._copy(without_invisible(self.entry.to), "The address")

    def why_not_copy(self) -> str | None:
        """Return why there is no address to copy."""
        if self.entry is None:
            return NO_ENTRY
        return None if self.entry.to else "This entry names no address or number."

    @work(exclusive=True, group="copy", exit_on_error=False)
    async def action_copy_entry(self) -> None:
        """Copy the whole entry, with what became of it."""
        from commlog_tui.client.errors import ClientError

        session, entry = self._session, self.entry
        if session is None or entry is None:
            return
        now = datetime.now(UTC)
        try:
            lines = detail_lines(await session.client.detail(session.location, entry.id), session.zone, now, _UNBROKEN)
        except ClientError:
            lines = entry_lines(entry, session.zone, now, _UNBROKEN)
        self._copy("\n".join(line.text for line in lines), "The entry")

    def why_not_copy_entry(self) -> str | None:
        """Return why there is no entry to copy."""
        return NO_ENTRY if self.entry is None else None

    def _copy(self, text: str, name: str) -> None:
        self.app.copy_to_clipboard(text)
        self.notify(copied(name, os.environ), markup=False)

    def action_browse(self) -> None:
        """Open the booking in a browser."""
        if self.entry is None:
            return
        url = booking_address(self.preferences.booking_url, self.entry)
        if has_browser(sys.platform, os.environ):
            self.app.open_url(url)
        else:
            self.app.copy_to_clipboard(url)
            self.notify(f"No browser can be opened from here. {copied('The address of the booking', os.environ)}", markup=False)

    def why_not_browse(self) -> str | None:
        """Return why there is no booking to open."""
        if self.entry is None:
            return NO_ENTRY
        try:
            booking_address(self.preferences.booking_url, self.entry)
        except BookingAddressError as error:
            return str(error)
        return None

    def action_back(self) -> None:
        """Go back to where one was."""
        if not isinstance(self.focused, LogTable):
            self._to_table()
        elif not self.return_to_place() and self._fixed is not None:
            self.dismiss(None)

    def why_not_back(self) -> str | None:
        """Return why there is nowhere to go back to."""
        here = isinstance(self.focused, LogTable) and self._fixed is None and not self.has_place
        return "This is the log itself; Ctrl+Q quits." if here else None

    async def action_privacy(self) -> None:
        """Hide whom the entries are about, or show it again."""
        await self.run_action("app.privacy")

    async def action_profiles(self) -> None:
        """Go to another log."""
        await self.run_action("app.profiles")

    async def action_help(self) -> None:
        """Show all keys."""
        await self.run_action("app.show_keys")
