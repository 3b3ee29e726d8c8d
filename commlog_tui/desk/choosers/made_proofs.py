"""The proof sheets that were made on this machine: where they are, and how to open one."""

import os
import sys
from pathlib import Path
from typing import ClassVar
from zoneinfo import ZoneInfo

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option
from typing_extensions import override

from commlog_tui.desk.outside import copied, open_command, run_beside
from commlog_tui.desk.proofs import LINE, MadeProof, folded
from commlog_tui.desk.widgets.choices import Choices
from commlog_tui.desk.widgets.field import typeable
from commlog_tui.text.hygiene import safe
from commlog_tui.text.moments import short_local


class MadeProofs(ModalScreen[None]):
    """A list of proof sheets, the latest first, with the path of the one that is highlighted."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,Z", "dismiss(None)", "Close"),
        Binding("f", "folder", "Show in its folder"),
        Binding("y", "copy", "Copy the path"),
    ]

    def __init__(self, made: tuple[MadeProof, ...], zone: ZoneInfo) -> None:
        super().__init__()
        self._made = made
        self._zone = zone

    @override
    def compose(self) -> ComposeResult:
        """Show one row for each."""
        with Vertical(classes="card") as card:
            card.border_title = "Proof sheets"
            yield Choices(*(Option(self._row(one)) for one in self._made), markup=False)
            yield Label("", id="path", markup=False)
            yield Label("Its bundle, which anybody can check, is beside it: the same name with .json.", markup=False)
            yield Label(
                "Enter: open it   f: its folder   y: copy its path   Esc: close",
                classes="hint",
                markup=False,
            )

    def _row(self, one: MadeProof) -> Content:
        only = "  (its bundle alone)" if one.path.suffix == ".json" else ""
        return Content(f"{short_local(one.made_at, self._zone)}  {safe(one.subject)}{only}")

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self.query_one("#path", Label).update(folded(self._made[event.option_index].path, LINE))

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._open(self._made[event.option_index].path, folder=False)

    def action_folder(self) -> None:
        """Show the highlighted one in its folder."""
        highlighted = self.query_one(OptionList).highlighted
        if highlighted is not None:
            self._open(self._made[highlighted].path, folder=True)

    def _open(self, path: Path, *, folder: bool) -> None:
        command = open_command(path, sys.platform, os.environ, folder=folder)
        if not command or not run_beside(command):
            self._copy(path, "Nothing can be opened from here. The path")
            return
        what = "Its folder" if folder else safe(path.name)
        self._say(f"{what} was handed to what opens such files here.")

    def action_copy(self) -> None:
        """Copy the path of the highlighted one."""
        highlighted = self.query_one(OptionList).highlighted
        if highlighted is not None:
            self._copy(self._made[highlighted].path, "The path")

    def _copy(self, path: "os.PathLike[str]", name: str) -> None:
        self.app.copy_to_clipboard(typeable(os.fspath(path)))
        self._say(copied(name, os.environ))

    def _say(self, words: str) -> None:
        self.query_one(".hint", Label).update(words)
