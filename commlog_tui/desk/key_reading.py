"""Reads keys from the terminal, and wakes for nothing else."""

import os
from codecs import getincrementaldecoder
from collections.abc import Callable
from select import select
from typing import Final

from textual._xterm_parser import XTermParser
from textual.message import Message

_PART_SECONDS: Final = 0.1
_PARTS: Final = 20
_MOST_BYTES: Final = 4096


def read_keys(terminal: int, wake: int, has_ended: Callable[[], bool], handle: Callable[[Message], object]) -> None:
    """Handle what comes from the terminal until ``has_ended``, which is looked at when ``wake`` can be read.

    Textual's own loop looks ten times a second. Raises ``OSError`` where the terminal is gone.
    """
    parser, decode = XTermParser(), getincrementaldecoder("utf-8")().decode
    quiet = 0
    while not has_ended():
        # Two seconds after the last byte nothing belongs to it any more: Escape was a key of its own.
        ready, _, _ = select([terminal, wake], [], [], _PART_SECONDS if quiet < _PARTS else None)
        quiet += 1
        if terminal in ready:
            quiet = 0
            if not (data := os.read(terminal, _MOST_BYTES)):
                return  # there is nobody to type
            for event in parser.feed(decode(data)):
                handle(event)
        for event in parser.tick():
            handle(event)
