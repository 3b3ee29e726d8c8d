"""Choosing what a proof sheet is to be about."""

from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option
from typing_extensions import override

from commlog_tui.desk.proofs import LINE, ProofSubject, folded
from commlog_tui.desk.widgets.choices import Choices
from commlog_tui.desk.widgets.personal import is_private

_DISPUTE = "d makes it for a card dispute instead: grey, at most 20 pages and 1 MB, without the bundle inside."
_HINT = "Enter: make it   d: for a dispute   Esc: leave   (Z: those made before)"


class ProofChooser(ModalScreen[ProofSubject | None]):
    """Asks what is to be proved; gives None if nothing is."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,z", "dismiss(None)", "Close"),
        Binding("d", "dispute", "For a card dispute"),
    ]

    def __init__(self, subjects: tuple[ProofSubject, ...], folder: Path) -> None:
        super().__init__()
        self._subjects = subjects
        self._folder = folder

    @override
    def compose(self) -> ComposeResult:
        """Show what there is to choose from, and say what will be made of it."""
        with Vertical(classes="card") as card:
            card.border_title = "Proof sheet"
            yield Choices(*map(self._option, self._subjects), markup=False)
            yield Label("A PDF to read, and a bundle that anybody can check without the log.", markup=False)
            yield Label(
                f"Names, addresses and texts are in full in them. They go to\n{folded(self._folder, LINE)}",
                markup=False,
            )
            yield Label(_DISPUTE, markup=False)
            yield Label(_HINT, classes="hint", markup=False)

    def _option(self, one: ProofSubject) -> Option:
        return Option(Content((one.hidden if is_private(self) else "") or one.shown))

    def set_private(self, *, private: bool) -> None:
        """Hide names, or show them again."""
        del private
        for at, one in enumerate(self._subjects):
            self.query_one(OptionList).replace_option_prompt_at_index(at, self._option(one).prompt)

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(self._subjects[event.option_index])

    def action_dispute(self) -> None:
        """Choose the highlighted subject in the form for a card dispute."""
        highlighted = self.query_one(OptionList).highlighted
        if highlighted is not None:
            self.dismiss(replace(self._subjects[highlighted], form="dispute"))
