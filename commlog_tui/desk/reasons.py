"""Why an action cannot be done now: the footer dims it, its key says why."""

from typing import Final

from textual.screen import Screen
from typing_extensions import override

from commlog_tui.desk.actions import ACTIONS
from commlog_tui.desk.widgets.key_bar import KeyBar

NOT_CONNECTED: Final = "The log is not connected yet."
NO_ENTRY: Final = "There is no entry here."


class ReasoningScreen(Screen[None]):
    """A screen whose actions may say why they cannot be done now.

    For an action ``correct``, ``why_not_correct() -> str | None`` returns the reason as a sentence, None where it can be done.
    The application asks when the key is pressed, so ``action_correct`` need not check again.
    """

    def why_not(self, action: str) -> str | None:
        """Return why an action cannot be done now; None if it can."""
        reason = getattr(self, f"why_not_{action}", None)
        return reason() if callable(reason) else None

    @override
    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dim what cannot be done now."""
        return None if self.why_not(action) else True

    def reconsider(self) -> None:
        """Tell the footer what can be done now; to be called at rest, not with every key."""
        self.query_one(KeyBar).dimmed = frozenset(action.id for action in ACTIONS if self.why_not(action.id))
