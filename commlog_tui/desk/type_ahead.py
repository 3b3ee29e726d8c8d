"""Keys pressed before there is anything to take them."""

import asyncio
from typing import Final

from textual import work
from textual.app import App
from textual.events import Event, Key, Paste
from typing_extensions import override

_LOOK_SECONDS: Final = 0.004
_NEVER_KEPT: Final = frozenset({"ctrl+q", "ctrl+c", "ctrl+z"})


class TypeAheadApp(App[None]):
    """Keeps keys and pastes while nobody is ready for them, and takes them in the order in which they came."""

    _kept: list[Event] | None = None
    _is_catching_up = False
    _screen_since = 0.0

    def is_ready(self) -> bool:
        """Whether what is on the screen takes keys: it is there, and something has the focus, if anything can."""
        screen = self.screen
        return screen.is_mounted and (screen.focused is not None or not screen.focus_chain)

    @override
    async def on_event(self, event: Event) -> None:
        """Take what the terminal says, or keep it for later."""
        if isinstance(event, Key) and event.is_forwarded:
            await self._take_untaken(event)
        elif self._keeps(event):
            if not self._is_catching_up:
                self._is_catching_up = True
                self._catch_up()
        else:
            await super().on_event(event)

    async def _take_untaken(self, key: Key) -> None:
        """Take a key that nothing on its screen took, unless it was pressed after one that has changed the screen since."""
        if key.time < self._screen_since:
            again = Key(key.key, key.character)
            again.time = key.time
            self.post_message(again)
            return
        before = self.screen
        await super().on_event(key)
        if self.screen is not before:
            self._screen_since = Event().time

    def _keeps(self, event: Event) -> bool:
        if event.is_forwarded or not isinstance(event, Key | Paste):
            return False
        if isinstance(event, Key) and event.key in _NEVER_KEPT:
            return False
        if not self._kept and self.is_ready():
            return False
        self._kept = [*(self._kept or ()), event]
        return True

    @work(group="catch up", exit_on_error=False)
    async def _catch_up(self) -> None:
        try:
            while self._kept:
                if self.is_ready():
                    first = min(self._kept, key=lambda event: event.time)
                    self._kept.remove(first)
                    await super().on_event(first)
                else:
                    await asyncio.sleep(_LOOK_SECONDS)
        finally:
            self._is_catching_up = False
