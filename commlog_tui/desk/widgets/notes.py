"""Several lines to type in. Loaded with the form only: a text area brings much along."""

from rich.text import Text
from textual.app import App
from textual.document._document import EditResult, Location
from textual.document._edit import Edit
from textual.screen import ModalScreen
from textual.widgets import TextArea
from typing_extensions import override

from commlog_tui.desk.widgets.field import typeable
from commlog_tui.desk.widgets.lean_field import LeanField
from commlog_tui.desk.widgets.personal import Personal, dotted, is_private


class Notes(LeanField, TextArea, Personal):
    """A text area without a blinking cursor; Enter is the form's, Ctrl+J begins a line.

    In privacy mode, what was there before is drawn as dots, as in ``Field``.
    """

    _known: tuple[str, list[bool]] = ("", [])
    """The text that was typed last, and which of its characters were there before."""

    @property
    def has_history(self) -> bool:
        """Whether anything was typed, so that Ctrl+Z belongs to these notes."""
        return bool(self.history.undo_stack or self.history.redo_stack)

    @override
    def on_mount(self) -> None:
        """Hold still, and go on where the text ends."""
        self.cursor_blink = False
        self.move_cursor(self.document.end)

    @override
    def replace(
        self, insert: str, start: Location, end: Location, *, maintain_selection_offset: bool = True
    ) -> EditResult:
        """Put in what was typed or pasted."""
        clean = typeable("\n".join(insert.splitlines()) + ("\n" if insert.endswith("\n") else "") if insert else "")
        return super().replace(clean, start, end, maintain_selection_offset=maintain_selection_offset)

    @override
    def edit(self, edit: Edit) -> EditResult:
        """Change the text, and note what of it is new."""
        covered, index = self._covered(), self._index
        first, last = index(min(edit.from_location, edit.to_location)), index(max(edit.from_location, edit.to_location))
        result = super().edit(edit)
        text = self.text
        self._known = (text, [*covered[:first], *[False] * (len(text) - len(covered) + last - first), *covered[last:]])
        return result

    def _index(self, location: Location) -> int:
        row, column = location
        return sum(len(self.document.get_line(one)) + 1 for one in range(row)) + column

    def _covered(self) -> list[bool]:
        """Return for each character whether it was there before; of a text set elsewhere, all were."""
        text, covered = self._known
        return covered if text == self.text else [True] * len(self.text)

    @override
    def hide_or_show(self) -> None:
        """Hide what is there in privacy mode, whoever typed it."""
        if is_private(self):
            self._known = (self.text, [True] * len(self.text))
        self._line_cache.clear()
        self.refresh()

    @override
    def get_line(self, line_index: int) -> Text:
        """Return a line as it is drawn."""
        line = super().get_line(line_index)
        if is_private(self):
            first = self._index((line_index, 0))
            line.plain = dotted(line.plain, self._covered()[first : first + len(line.plain)])
        return line


def read_sheets(app: App[None]) -> None:
    """Read the sheets that a form brings along, before the first is opened."""
    for widget in (ModalScreen[None](), Notes()):
        widget._post_register(app)  # noqa: SLF001 - as Textual does it, once they are shown
    app.stylesheet.parse()
