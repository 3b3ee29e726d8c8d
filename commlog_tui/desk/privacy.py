"""Privacy mode: hides personal data by a key, and when the desk is idle."""

from time import monotonic
from typing import ClassVar, Final

from textual.binding import Binding, BindingType
from textual.events import Event, Key, MouseDown
from typing_extensions import override

from commlog_tui.desk.screens import mark_private, tell_private
from commlog_tui.desk.type_ahead import TypeAheadApp

_MINUTE: Final = 60.0


class PrivacyApp(TypeAheadApp):
    """Hides whom entries are about after so many minutes without a key; 0 waits for ever."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("f9", "privacy", "Hide or show names", show=False, priority=True)]
    hide_after = 0.0
    is_private = False
    longest_pause = 0.0
    """Seconds of the longest pause between two keys since this was last set to 0."""
    _last_touch = 0.0

    @override
    def on_mount(self) -> None:
        """Have every card say that names are hidden."""
        self.screen_change_signal.subscribe(self, lambda _: self.call_after_refresh(mark_private, self.screen))

    def watch_idleness(self) -> None:
        """Begin to count; looks once, when it would be time."""
        self._last_touch = monotonic()
        if self.hide_after:
            self.set_timer(self.hide_after * _MINUTE, self._look)

    def _look(self) -> None:
        if not self.hide_after:  # set to never since
            return
        rest = self.hide_after * _MINUTE - (monotonic() - self._last_touch)
        if rest > 0:
            self.set_timer(rest, self._look)
            return
        self.set_private(private=True)
        self.set_timer(self.hide_after * _MINUTE, self._look)

    def action_privacy(self) -> None:
        """Hide, or show again."""
        self.set_private(private=not self.is_private)

    def set_private(self, *, private: bool) -> None:
        """Hide or show on every view that is open, and those to come."""
        self.is_private = private
        if private:
            self.drop_notifications()
        tell_private(self, private=private)

    @override
    async def on_event(self, event: Event) -> None:
        """Somebody is there."""
        if isinstance(event, Key | MouseDown):
            now = monotonic()
            self.longest_pause = max(self.longest_pause, now - (self._last_touch or now))
            self._last_touch = now
        await super().on_event(event)
