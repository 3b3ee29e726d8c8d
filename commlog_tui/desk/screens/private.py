"""A view that can hide who its entries are about: a guest may see the screen."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from textual.widgets import Static

from commlog_tui.desk.screens.writing import WritingScreen
from commlog_tui.desk.session import Session
from commlog_tui.desk.widgets.chip_bar import ChipBar
from commlog_tui.desk.widgets.log_table import LogTable
from commlog_tui.desk.widgets.page_bar import PageBar
from commlog_tui.text.details import Line, detail_lines, entry_lines
from commlog_tui.text.hygiene import safe
from commlog_tui.text.privacy import masked, masked_detail

if TYPE_CHECKING:
    from commlog_tui.contract.entry import Entry, EntryDetail


class PrivateScreen(WritingScreen):
    """Shows entries in full, or without addresses, numbers, names and texts; what is done is done with the real ones."""

    def __init__(self, session: Session | None, heading: str = "") -> None:
        super().__init__(session)
        self._heading = heading
        self.is_private = False

    def show_private(self, *, private: bool) -> None:
        """Hide, or show again, whom the entries are about."""
        self.is_private = private
        self.set_class(private, "-private")
        self.query_one(LogTable).private = private
        self.query_one(ChipBar).private = private
        self.note("private", "names hidden, h shows them" if private else "")
        self.show_heading()
        self.refresh_entry()
        self.reconsider()

    def show_alarm(self, words: str) -> None:
        """Say what must not be overlooked, for as long as the view is open."""
        self.query_one(PageBar).alarm = words

    def show_heading(self) -> None:
        """Say which log this is, and whose history."""
        if self._session is not None:
            place, heading = (
                self._session.place.location,
                f"{self._heading}  ·  " if self._heading and not self.is_private else "",
            )
            head = f"{heading}{safe(place.name)}  ·  {place.zone}  ·  {safe(self._session.me.name)}"
            self.query_one("#head", Static).update(head)

    def refresh_entry(self) -> None:
        """Draw the detail of the entry one is on anew."""

    def lines_of(self, entry: "Entry", detail: "EntryDetail | None", session: Session, width: int) -> list[Line]:
        """Return an entry as the detail pane shows it, with what is known of it by now."""
        now = datetime.now(UTC)
        if detail is not None:
            return detail_lines(masked_detail(detail) if self.is_private else detail, session.zone, now, width)
        return entry_lines(masked(entry) if self.is_private else entry, session.zone, now, width)
