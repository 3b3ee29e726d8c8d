"""The columns that a view shows."""

from collections.abc import Callable


class ChosenColumns:
    """Columns as texts, see ``text.columns``. ``changed`` is called after every change."""

    def __init__(self, changed: Callable[[], None], texts: tuple[str, ...] = ()) -> None:
        self._changed = changed
        self.texts = texts
        """Empty for the usual columns."""

    def choose(self, texts: tuple[str, ...]) -> None:
        """Show these columns."""
        if texts != self.texts:
            self.texts = texts
            self._changed()
