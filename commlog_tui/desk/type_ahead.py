"""Handles fast typing one key at a time, each after the effects of the one before."""

from asyncio import get_running_loop
from collections import deque
from collections.abc import Collection
from time import monotonic
from typing import Final, Protocol, runtime_checkable

from textual.events import Event, Key, Paste
from textual.message import Message
from textual.widget import Widget
from typing_extensions import override

from commlog_tui.desk.focus import FocusedApp
from commlog_tui.desk.key_reading import MOVES, KeyRun

_LOOK_SECONDS: Final = 0.004
_LONGEST_SECONDS: Final = 1.0
"""How long a key is waited for; nothing that goes wrong with one may hold up those after it."""
_NEVER_QUEUED: Final = frozenset({"ctrl+q", "ctrl+c", "ctrl+z"})


class KeyHandled(Message):
    """Signals that all effects of a key are handled.

    It follows the key and the messages it caused, up to the application.
    """

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


@runtime_checkable
class RunTarget(Protocol):
    """A widget that acts on the same key several times at once."""

    run_keys: Collection[str]
    """The keys for which it does so."""
    more: int
    """How many times more the key acts that it is about to get."""


class TypeAheadApp(FocusedApp):
    """Queues keys and pastes while a screen opens or a key is being handled, in their order."""

    def __init__(self, css_path: list[str]) -> None:
        super().__init__(css_path)
        self._queue = deque[Key | Paste]()
        self._number = 0
        self._target: Widget | None = None
        """The widget that the last key went to, until that key is handled."""
        self._key = ""
        self._handed_at = 0.0
        self._is_waiting = False

    def is_ready(self) -> bool:
        """Whether what is on the screen can take keys."""
        return self.screen.is_mounted

    def takes_early(self, key: str) -> bool:  # noqa: ARG002 - as subclasses decide by it
        """Whether what is on the screen can take a key before it can take all."""
        return False

    @override
    async def on_event(self, event: Event) -> None:
        """Handle what comes from the terminal, or queue it."""
        if not isinstance(event, Key | Paste) or event.is_forwarded or getattr(event, "key", "") in _NEVER_QUEUED:
            await super().on_event(event)
        else:
            self.app_focus = True  # whatever the terminal said: who types is here
            if isinstance(event, KeyRun):
                self._queue.extend(Key(event.key, event.character) for _ in range(event.count))
            else:
                self._queue.append(event)
            await self._handle_next()

    async def on_key_handled(self, message: KeyHandled) -> None:
        """Go on with the next key."""
        message.stop()
        if message.number == self._number:
            _end_run(self._target)
            self._target = None
            await self._handle_next()

    async def _handle_next(self) -> None:
        while self._queue and (self._is_free() or self._repeats(self._queue[0])) and self._is_next_ready():
            event = self._queue.popleft()
            self._key = getattr(event, "key", "")
            self.keep_focus(self.screen)
            target = self._target = self.screen.focused or self.screen
            self._handed_at = monotonic()
            if self.is_ready():
                _take_run(self._queue, self._key, target)
            self._number += 1
            await super().on_event(event)
            target.post_message(KeyHandled(self._number))
        if self._queue and not self._is_waiting:
            self._is_waiting = True
            # No timer of Textual's: one that is late for its only time never comes.
            get_running_loop().call_later(_LOOK_SECONDS, self.call_next, self._try_again)

    def _is_next_ready(self) -> bool:
        return self.is_ready() or self.takes_early(getattr(self._queue[0], "key", ""))

    async def _try_again(self) -> None:
        self._is_waiting = False
        if self.screen_stack:  # unless the desk has just ended
            await self._handle_next()

    def _repeats(self, event: Event) -> bool:
        """Whether a key repeats the movement before it on the same widget, so it need not wait."""
        is_same = getattr(event, "key", "") == self._key and self._key in MOVES
        # Before the desk is ready, whether a key can be taken depends on what the one before it did.
        return is_same and self.screen.focused is self._target and self.is_ready()

    def _is_free(self) -> bool:
        """Whether no key is being handled; one whose widget is gone is not waited for."""
        target = self._target
        if target is None or not (target.is_attached and target.is_running) or target.screen is not self.screen:
            return True
        return monotonic() - self._handed_at > _LONGEST_SECONDS


def _take_run(queue: deque[Key | Paste], key: str, target: object) -> None:
    """Leave it to a widget that can, to act on all that follow of the same key."""
    if isinstance(target, RunTarget) and key in target.run_keys:
        while queue and getattr(queue[0], "key", "") == key:
            queue.popleft()
            target.more += 1


def _end_run(target: object) -> None:
    if isinstance(target, RunTarget):
        target.more = 0
