"""The filters in force, each in a chip that a click removes."""

from typing import TYPE_CHECKING

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from typing_extensions import override

from commlog_tui.text.privacy import MASK
from commlog_tui.text.widths import cell_len

if TYPE_CHECKING:
    from commlog_tui.desk.filters import Chip

_GAP = 1
_UNDO = "  Backspace undoes the last, x all"


class ChipBar(Widget):
    """One line of chips; not there when nothing is filtered."""

    chips = reactive["tuple[Chip, ...]"]((), layout=True)
    private = reactive(False)
    """Whether what was searched for, and whom, is hidden."""

    class Removed(Message):
        """A chip was clicked away."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def watch_chips(self, chips: "tuple[Chip, ...]") -> None:
        """Be there only with something to show."""
        self.display = bool(chips)

    @override
    def render(self) -> Content:
        """Return the chips, and how to undo them."""
        shown = [Content.styled(self._face(chip), "$text on $primary-muted") for chip in self.chips]
        room = self.content_size.width - sum(one.cell_length + _GAP for one in shown)
        undo = [Content.styled(_UNDO, "$text-muted")] if cell_len(_UNDO) <= room else []
        return Content(" " * _GAP).join([*shown, *undo])

    def on_click(self, event: events.Click) -> None:
        """Remove the chip under the mouse."""
        left = self.styles.padding.left
        for chip in self.chips:
            right = left + cell_len(self._face(chip))
            if left <= event.x < right:
                self.post_message(self.Removed(chip.name))
                return
            left = right + _GAP

    def _face(self, chip: "Chip") -> str:
        hidden = self.private and chip.is_personal
        return f" {MASK if hidden else chip.words} × "  # noqa: RUF001 - what people take for a cross to close with
