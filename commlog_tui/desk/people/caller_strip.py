"""A strip below a field: whose number or address it holds. It never holds up typing."""

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from textual import work
from textual.widgets import Static
from textual.worker import Worker

from commlog_tui.desk.faults import show_fault
from commlog_tui.desk.people.caller_lines import caller_lines, is_reach

if TYPE_CHECKING:
    from commlog_tui.desk.session import Session

_SETTLE: Final = 0.15
_MOST_LINES: Final = 10


class CallerStrip(Static):
    """Shows who may be calling; nothing as long as the text is no number and no address."""

    def __init__(self, session: "Session", *, id: str = "caller") -> None:  # noqa: A002 - Textual's name for it
        super().__init__("", id=id, markup=False)
        self._session = session
        self._text = ""

    @property
    def text(self) -> str:
        """What is shown."""
        return str(self.render()) if self.has_class("-known") else ""

    def on_mount(self) -> None:
        """Have the sheets hide it where names are hidden."""
        self.screen.set_class(getattr(self.app, "is_private", False), "-private")

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say so when something nobody thought of went wrong."""
        show_fault(event)

    def ask(self, text: str) -> None:
        """Show whose number or address this is, once typing pauses."""
        if text.strip() != self._text:
            self._text = text.strip()
            self._look_up(self._text)

    @work(exclusive=True, group="caller", exit_on_error=False)
    async def _look_up(self, text: str) -> None:
        if not is_reach(text):
            self._show([])
            return
        await asyncio.sleep(_SETTLE)
        from commlog_tui.client.callers import find_callers
        from commlog_tui.client.errors import ClientError
        from commlog_tui.contract.regions import region_of_zone

        session = self._session
        try:
            found = await find_callers(session.client, session.location, text, region_of_zone(session.zone.key))
        except ClientError:
            self._show([])
            return
        if text == self._text:
            self._show(caller_lines(found, session.zone, datetime.now(UTC)))

    def _show(self, lines: list[str]) -> None:
        self.update("\n".join(lines[:_MOST_LINES]))
        self.set_class(bool(lines), "-known")
