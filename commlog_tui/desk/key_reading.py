"""Reads keys from the terminal, and wakes for nothing else. Textual's own loop looks ten times a second."""

import os
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from threading import Event
from typing import Final

from textual._xterm_parser import XTermParser
from textual.events import Key
from textual.message import Message

from commlog_tui.desk.replies import wait_for_reply
from commlog_tui.operating_system import wait_any

_PART_SECONDS: Final = 0.1
_PARTS: Final = 20
_MOST_BYTES: Final = 4096
MOVES: Final = frozenset({"up", "down", "j", "k", "pageup", "pagedown"})
"""Keys that are held down, and come faster than they can be drawn."""


class KeyRun(Key):
    """The same key several times, read at once; the application takes it apart."""

    def __init__(self, key: str, character: str | None, count: int) -> None:
        super().__init__(key, character)
        self.count = count


def merged(events: Iterable[Message]) -> Iterator[Message]:
    """Give events, those of one move after another as one: each event takes a turn of the event loop."""
    run: list[Key] = []
    for event in events:
        if run and not (isinstance(event, Key) and event.key == run[0].key):
            yield _one(run)
            run = []
        if isinstance(event, Key) and event.key in MOVES:
            run.append(event)
        else:
            yield event
    if run:
        yield _one(run)


def _one(run: list[Key]) -> Key:
    return run[0] if len(run) == 1 else KeyRun(run[0].key, run[0].character, len(run))


class KeyReading:
    """The part of a driver for terminals of POSIX systems that reads keys."""

    fileno: int
    exit_event: Event
    process_message: Callable[[Message], object]
    typed = b""
    """What was read from the terminal before this, and comes first."""
    _wake = -1
    """What is written to when keys are no longer to be read."""

    def run_input_thread(self) -> None:
        """Read until the input is disabled or the terminal is gone."""
        wake, self._wake = os.pipe()
        with suppress(OSError):  # the terminal is gone, as the thread that waits for that says, too
            read_keys(self.fileno, wake, self.exit_event.is_set, self.process_message, self.typed)
        os.close(wake)

    def disable_input(self) -> None:
        """Read no more keys, so that whoever reads next gets what is typed, and no answer to the desk."""
        wait_for_reply()
        with suppress(OSError):  # nobody reads any, or never did
            os.write(self._wake, b"\0")
        super().disable_input()  # type: ignore[misc] # the driver's
        with suppress(OSError):
            os.close(self._wake)
        self._wake = -1


def read_keys(
    terminal: int,
    wake: int,
    has_ended: Callable[[], bool],
    handle: Callable[[Message], object],
    typed: bytes = b"",
) -> None:
    """Handle what comes from the terminal until ``has_ended``, which is looked at when ``wake`` can be read.

    What was ``typed`` before comes first. Raises ``OSError`` where the terminal is gone.
    """
    parser, decode = XTermParser(), getincrementaldecoder("utf-8")().decode
    quiet = 0
    for event in parser.feed(decode(typed)) if typed else ():
        handle(event)
    while not has_ended():
        # Two seconds after the last byte nothing belongs to it any more: Escape was a key of its own.
        ready = wait_any([terminal, wake], _PART_SECONDS if quiet < _PARTS else None)
        quiet += 1
        if terminal in ready:
            quiet = 0
            if not (data := os.read(terminal, _MOST_BYTES)):
                return  # there is nobody to type
            for event in merged(parser.feed(decode(data))):
                handle(event)
        for event in parser.tick():
            handle(event)
