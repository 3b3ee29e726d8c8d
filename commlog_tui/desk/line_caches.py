"""Cheaper caches of Textual's lines.

A line (``Strip``) makes seven caches, of which one or two are ever used; making them took most of
the time that making a line takes, and half of its memory. The four that Textual makes large, of
lines cut or styled otherwise, find hardly anything here: all lines share one that stores nothing.
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


class _NoCache(LineCache):
    """Stores nothing."""

    __slots__ = ()

    @override
    def __setitem__(self, key: Any, value: Any) -> None:
        """Drop a value."""


_NOTHING: Final = _NoCache()


def use_cheap_caches() -> None:
    """Have every line made from now on use them."""
    setattr(strip, "FIFOCache", lambda size: LineCache() if size <= _MOST else _NOTHING)  # noqa: B010 - no name that the module exports
