"""Takes a terminal's replies out of its input, before Textual reads them as keys.

This reaches into Textual: its drivers make their parser by a name of their module. Where that name
is another one day, replies are not taken out, and the question is not asked.
"""

import sys
from collections.abc import Callable, Iterable
from functools import partial
from threading import Event
from time import monotonic
from typing import Any, Final

from textual.driver import Driver
from textual.events import CursorPosition

from commlog_tui.desk.scheme_reply import QUESTION, SchemeReply

_PARSER: Final = "XTermParser"
_LONGEST_SECONDS: Final = 0.5
"""How long the beginning of what may be a reply is held back."""
_LONGEST_ANSWER: Final = 1.0
"""Seconds within which terminals answer, also over a slow line."""
_POSITION: Final = "\x1b[6n"
"""The question for the cursor's position, which nearly every terminal answers, and in turn."""


def _module_of(driver: type[Driver]) -> Any:  # noqa: ANN401 - a module, whose names are set
    return next((found for one in driver.__mro__ if _PARSER in vars(found := sys.modules[one.__module__])), None)


class _Pending:
    """The questions to the terminal of this process, until they are answered."""

    def __init__(self) -> None:
        self._asked_at: float | None = None
        self._answered = Event()
        self._positions = 0
        """How many answers with the cursor's position are due."""
        self._ask: Callable[[], object] | None = None
        """Asks for the colour, once the terminal has shown that it answers."""

    def probe(self, ask: Callable[[], object]) -> None:
        self._positions, self._ask = 1, ask

    def begin(self) -> None:
        self._answered.clear()
        self._asked_at = monotonic()
        self._positions += 1

    def take_position(self) -> bool:
        """Take an answer with the cursor's position; false if none is due."""
        if not self._positions:
            return False
        self._positions -= 1
        if self._ask is None:
            self.end()  # the answer for the colour would have come before
        else:
            self._ask()
            self._ask = None
        return True

    def end(self) -> None:
        self._answered.set()

    def wait(self) -> None:
        if self._asked_at is not None:
            self._answered.wait(max(self._asked_at + _LONGEST_ANSWER - monotonic(), 0))


_PENDING: Final = _Pending()


def ask_scheme(driver: Driver, later: Callable[[Callable[[], object]], object]) -> None:
    """Ask the terminal for its background colour, if it answers and the answer would be taken out of the input.

    ``later`` is called in the thread that reads keys, and calls what it gets where the driver
    writes.
    """
    if _module_of(type(driver)) is not None:
        _PENDING.probe(partial(later, partial(_ask_colour, driver)))
        driver.write(_POSITION)


def _ask_colour(driver: Driver) -> None:
    _PENDING.begin()
    driver.write(QUESTION + _POSITION)


def wait_for_reply() -> None:
    """Wait, before somebody else reads the input, for an answer that may still be on its way.

    It is over a second after the question at the latest. Only a shell or pager that is back before
    that makes one wait, where the terminal is far away: one that never answers is not asked.
    """
    _PENDING.wait()


def take_replies(driver: type[Driver], on_scheme: Callable[[bool], object]) -> None:
    """Have the driver's parser see the input without replies; ``on_scheme`` gets what they said."""
    module = _module_of(driver)
    if module is None:
        return
    parser: Any = getattr(module, _PARSER)
    parser = getattr(parser, "original", parser)

    class ReplyParser(parser):  # type: ignore[misc] # which parser it is depends on the platform
        """Parses the input without replies."""

        original = parser

        def __init__(self, *given: Any) -> None:  # noqa: ANN401 - as Textual has it
            super().__init__(*given)
            self._reply = SchemeReply()
            self._held_since = 0.0

        def feed(self, data: str) -> Iterable[Any]:
            typed = self._reply.feed(data)
            self._held_since = monotonic()
            if self._reply.is_light is not None:
                _PENDING.end()
                on_scheme(self._reply.is_light)
                self._reply.is_light = None
            events = super().feed(typed) if typed or not data else ()
            return (one for one in events if not (isinstance(one, CursorPosition) and _PENDING.take_position()))

        def tick(self) -> Iterable[Any]:
            if monotonic() - self._held_since > _LONGEST_SECONDS and (held := self._reply.flush()):
                yield from super().feed(held)
            yield from super().tick()

    setattr(module, _PARSER, ReplyParser)
