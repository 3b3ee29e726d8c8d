"""Exporting what is shown: a card that asks for the format, shows progress and says where the file is."""

import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option
from textual.worker import Worker, WorkerState
from typing_extensions import override

from commlog_tui.client.errors import ClientError
from commlog_tui.desk.faults import show_fault
from commlog_tui.desk.outside import copied, has_browser
from commlog_tui.desk.proofs import LINE, folded
from commlog_tui.desk.widgets.choices import Choices
from commlog_tui.desk.widgets.field import typeable
from commlog_tui.desk.widgets.personal import PersonalLabel
from commlog_tui.evidence.extras import HOW_TO_INSTALL_PDF, has_proof_extra
from commlog_tui.exports.export import ExportError, ExportJob
from commlog_tui.exports.formats import FORMATS

if TYPE_CHECKING:
    from commlog_tui.desk.session import Session

_SUFFIXES: Final = tuple(FORMATS)
_LAST_MONTH: Final = "last month"
_ASKS: Final = "Enter: export   m: last month   a: all fields   Esc: leave"
_WORKS: Final = "Esc: stop; no file is left behind"
_DONE: Final = "Enter: open it   y: copy its path   Esc: close"

MakeJob = Callable[[str, str, bool], ExportJob]
"""Takes the end of the file's name, a span of days or "" for those shown, and whether all fields are wanted."""


class ExportScreen(ModalScreen[None]):
    """Asks what to export, exports it, and says where it is."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,E", "leave", "Close"),
        Binding("m", "switch('month')", "Last month"),
        Binding("a", "switch('all')", "All fields"),
        Binding("y", "copy", "Copy the path"),
    ]

    def __init__(
        self, session: "Session", make_job: MakeJob, filters: Callable[[str, bool], str], folder: Path
    ) -> None:
        """``filters`` returns the filters in words, for a span of days or "" for those shown, and without names."""
        super().__init__()
        self._session = session
        self._make_job = make_job
        self._filters = filters
        self._folder = folder
        self._is_of_month = self._has_all = False
        self._work: Worker[None] | None = None
        self._path: Path | None = None

    @override
    def compose(self) -> ComposeResult:
        """Show the formats, and what would be in the file."""
        with Vertical(classes="card") as card:
            card.border_title = "Export"
            yield Choices(*(Option(Content(words)) for words, _ in FORMATS.values()), markup=False)
            yield PersonalLabel(id="what")
            yield Label(
                f"Names, addresses and texts are in full in it. It goes to\n{folded(self._folder, LINE)}",
                id="where",
                markup=False,
            )
            yield Label(_ASKS, classes="hint", markup=False)

    def on_mount(self) -> None:
        """Say what would be exported."""
        self._describe()

    @property
    def _days(self) -> str:
        return _LAST_MONTH if self._is_of_month else ""

    def _describe(self) -> None:
        fields = "every field" if self._has_all else "the columns of the table"
        words, hidden = (self._filters(self._days, hide) for hide in (False, True))
        more = f"\nWith {fields}, newest first"
        self.query_one("#what", PersonalLabel).tell(f"Entries: {words}{more}", f"Entries: {hidden}{more}")

    def action_switch(self, name: str) -> None:
        """Choose last month instead of the days shown, or all fields instead of the columns."""
        if self._work is not None:
            return
        if name == "month":
            self._is_of_month = not self._is_of_month
        else:
            self._has_all = not self._has_all
        self._describe()

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if self._path is not None:
            self._open(self._path)
        elif self._work is None:
            suffix = _SUFFIXES[event.option_index]
            if suffix == ".pdf" and not has_proof_extra():
                self._say(HOW_TO_INSTALL_PDF)
                return
            job = self._make_job(suffix, self._days, self._has_all)
            self._say(_WORKS)
            self._work = self.run_worker(partial(self._export, job), exit_on_error=False)

    async def _export(self, job: ExportJob) -> None:
        try:
            written = await job.run(self._session.client, self._progress)
        except (ExportError, ClientError) as error:
            self._tell(f"{error} Nothing was exported.", _ASKS)
            self._work = None
            return
        self._path = job.path
        count = "1 entry was" if written == 1 else f"{written:,} entries were"
        self._tell(f"{count} exported to\n{folded(job.path, LINE)}", _DONE)

    def _progress(self, done: int, total: int) -> None:
        self.query_one("#what", PersonalLabel).tell(f"{done:,} of {total:,} entries")

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Report an unexpected error."""
        if event.state is WorkerState.ERROR:
            self._work = None
        show_fault(event)

    def _tell(self, words: str, keys: str) -> None:
        self.query_one("#what", PersonalLabel).tell(words)
        self.query_one("#where", Label).display = keys is not _DONE
        self._say(keys)

    def _say(self, words: str) -> None:
        self.query_one(".hint", Label).update(words)

    def _open(self, path: Path) -> None:
        if has_browser(sys.platform, os.environ):
            self.app.open_url(path.absolute().as_uri())
            self._say(f"{path.name} was handed to what opens such files here.")
        else:
            self._copy("Nothing can be opened from here. The path")

    def action_copy(self) -> None:
        """Copy the path of the file, once there is one."""
        self._copy("The path")

    def _copy(self, name: str) -> None:
        if self._path is not None:
            self.app.copy_to_clipboard(typeable(os.fspath(self._path)))
            self._say(copied(name, os.environ))

    def action_leave(self) -> None:
        """Close the card; stop an export that is under way."""
        if self._work is not None and self._path is None:
            self._work.cancel()
        self.dismiss(None)
