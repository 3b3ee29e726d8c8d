"""Reads a text in a pager: ``$PAGER``, else less, else a screen of the desk itself.

The text goes to the pager by a pipe, sanitized line by line, so that nothing is left on the disk
and no escape sequence in it reaches the terminal, whichever pager and options are set.
"""

import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from textual.app import App, ComposeResult, SuspendNotSupported
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Label
from typing_extensions import override

from commlog_tui.desk.widgets.detail_pane import DetailPane
from commlog_tui.text.hygiene import safe, safe_lines
from commlog_tui.text.lines import Line, wrapped
from commlog_tui.text.moments import local, utc

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from commlog_tui.contract.entry import Entry
    from commlog_tui.contract.page import FeedItem

_SANITIZED: Final = (
    "The text as it was recorded. Characters that could control a terminal are shown as \N{REPLACEMENT CHARACTER}."
)
_PROMPT_OF_LESS: Final = "-Psq leaves, space pages ?e(END).$"
"""The keys at the foot of less: Escape is what people try, and less waits for another key after it."""
_NOT_PAGERS: Final = frozenset({"cat", "tee", "true", ":"})
"""What people set as PAGER so that nothing is paged: the text would be gone before it is read."""


def message_text(entry: "Entry", zone: "ZoneInfo") -> str:
    """Return a message as it was recorded, after what it was, to whom and when; safe to show."""
    to = "To" if entry.direction.value == "outbound" else "With"
    lines = [
        safe(entry.title),
        f"{to}: {safe(entry.to) or 'nobody named'}",
        f"Via: {safe(entry.via)}, {safe(entry.direction.value)}",
        f"When: {local(entry.sent_at, zone)}, {utc(entry.sent_at)}",
        f"Id: {safe(entry.id)}",
    ]
    lines += [
        f"Attachment: {safe(file.name)}, {file.size:,} bytes, SHA-256 {safe(file.sha256)}" for file in entry.attachments
    ]
    return "\n".join([*lines, _SANITIZED, "", *safe_lines(entry.body or ""), ""])


def pager_command(environment: Mapping[str, str]) -> list[str] | None:
    """Return the command of a pager that is installed; None where there is none."""
    for named in (environment.get("PAGER", ""), "less"):
        try:
            command = shlex.split(named)
        except ValueError:  # an open quotation mark
            continue
        if command and Path(command[0]).name not in _NOT_PAGERS and shutil.which(command[0]):
            return command
    return None


def read_text(app: App[object], title: str, text: str, seconds: float) -> None:
    """Show a text in a pager until it is left, at most for so many seconds; 0 for as long as one likes.

    The desk waits meanwhile: what is to be sent is on the disk, and is sent afterwards.
    """
    command = pager_command(os.environ)
    if command is not None:
        # less: no commands, no other files, nothing written, no history
        environment = {**os.environ, "LESSSECURE": "1", "LESSHISTFILE": "-"}
        environment["LESS"] = f"{os.environ.get('LESS', '')} {_PROMPT_OF_LESS}"
        try:
            with app.suspend():
                is_read = _run(command, text, environment, seconds or None)
        except SuspendNotSupported:
            is_read = False
        if is_read:
            app.refresh(layout=True)
            return
    app.push_screen(TextScreen(title, text))


def _run(command: list[str], text: str, environment: Mapping[str, str], seconds: float | None) -> bool:
    """Run the pager; whether it could be. It never raises: Textual would not come back."""
    try:
        subprocess.run(
            command,
            input=text.encode("utf-8", "replace"),
            env=dict(environment),
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return True  # closed, as the desk would have hidden the names by now
    except (OSError, KeyboardInterrupt):
        return False
    return True


class TextScreen(ModalScreen[None]):
    """A text to read, where there is no pager."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,B", "dismiss(None)", "Close")]

    def __init__(self, title: str, text: str) -> None:
        super().__init__()
        self._heading = title
        self._text = text

    def record(self, item: "FeedItem") -> None:
        """Stay as it was opened, whatever is recorded since."""

    def set_private(self, *, private: bool) -> None:
        """Close with the names."""
        if private:
            self.dismiss(None)

    @override
    def compose(self) -> ComposeResult:
        """Lay out the text."""
        with Vertical(classes="card -whole") as card:
            card.border_title = self._heading
            yield DetailPane(id="text")
            yield Label("↑ ↓ PgUp PgDn: scroll   Esc: close", classes="hint", markup=False)

    def on_mount(self) -> None:
        """Scroll with the keys of the detail."""
        self.query_one(DetailPane).focus()

    def on_resize(self) -> None:
        """Break the lines for the new width."""
        self.call_after_refresh(self._show)

    def _show(self) -> None:
        pane = self.query_one(DetailPane)
        lines: list[Line] = []
        for line in self._text.split("\n"):
            lines += wrapped(line, pane.text_width)
        pane.show(lines, stay=True)
