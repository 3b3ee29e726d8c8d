"""What was shown before the desk was loaded, which it takes over."""

from collections.abc import Sequence
from typing import Any, Final, Protocol

from commlog_tui.text.first_page import FirstPage


class FirstRows(Protocol):
    """Reads the newest page while the desk is being loaded."""

    def page(self, seconds: float | None = None) -> FirstPage | None:
        """Return the page once it was read, or None: there is none, or not within so many seconds."""
        ...


class Painted(Protocol):
    """The terminal as the desk finds it."""

    @property
    def attributes(self) -> Sequence[Any] | None:
        """The terminal's attributes before the program; None where they were not changed."""
        ...

    def take_over(self) -> bool:
        """Return whether the alternate screen shows a frame; whoever asks leaves the screen from now on."""
        ...

    def typed(self) -> bytes:
        """Return what was typed first of what is still to act, and was read already."""
        ...


class _NothingPainted:
    attributes: Sequence[Any] | None = None

    def take_over(self) -> bool:
        return False

    def typed(self) -> bytes:
        return b""


NOTHING_PAINTED: Final[Painted] = _NothingPainted()
"""A terminal that nothing has been done with."""
