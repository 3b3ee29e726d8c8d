"""Cheaper caches of Textual's lines.

A line (``Strip``) makes seven caches, of which one or two are ever used; making them took most of
the time that making a line takes, and half of its memory.
"""

from typing import Any, Final

from textual import strip
from typing_extensions import override

_MOST: Final = 4


class LineCache(dict[Any, Any]):
    """A few results by their arguments, emptied when it is full."""

    __slots__ = ()

    @override
    def __setitem__(self, key: Any, value: Any) -> None:
        if len(self) >= _MOST:
            self.clear()
        super().__setitem__(key, value)


def use_cheap_caches() -> None:
    """Have every line made from now on use them."""
    setattr(strip, "FIFOCache", lambda _size: LineCache())  # noqa: B010 - no name that the module exports
