"""Several lines to type in. Loaded with the form only: a text area brings much along."""

from textual.document._document import EditResult, Location
from textual.widgets import TextArea
from typing_extensions import override

from commlog_tui.desk.widgets.field import typeable


class Notes(TextArea):
    """A text area without a blinking cursor; Enter is the form's, Ctrl+J begins a line."""

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
