"""Notifications that wait until a modal screen is closed."""

from collections import deque
from functools import partial

from textual.app import App
from textual.notifications import SeverityLevel
from textual.screen import ModalScreen
from typing_extensions import override

_ALL_DAY = 3600.0
"""Seconds from which a notification is about the desk itself."""


class PoliteApp(App[None]):
    """An application that shows no notification over a modal screen.

    The sheets hide those that are shown already.
    """

    def __init__(self, css_path: list[str]) -> None:
        super().__init__(css_path=list(css_path))
        self.held = deque[partial[None]]()
        """What is shown once nothing is asked any more."""

    def on_mount(self) -> None:
        """Show what was held back once nothing is asked any more."""
        self.screen_change_signal.subscribe(self, lambda _: _release(self))

    @override
    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        """Show a notification, or hold it back."""
        show = partial(super().notify, message, title=title, severity=severity, timeout=timeout, markup=markup)
        if _is_asking(self):
            self.held.append(show)
        else:
            show()

    def drop_notifications(self) -> None:
        """Take away what was said of what was done, which may name somebody; faults and warnings stay."""
        for one in [one for one in self._notifications if one.severity == "information" and one.timeout < _ALL_DAY]:
            self._unnotify(one)
        self.held = deque(one for one in self.held if one.keywords["severity"] != "information")


def _is_asking(app: App[None]) -> bool:
    return isinstance(app.screen, ModalScreen)


def _release(app: PoliteApp) -> None:
    while app.held and not _is_asking(app):
        app.held.popleft()()
