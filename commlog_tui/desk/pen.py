"""Writes text on a terminal, with as few control sequences as will do."""

import re
from functools import lru_cache
from typing import Final

from commlog_tui.text.widths import placed

_RESET: Final = "\x1b[0m"
_ENDS: Final = {"1": "22", "3": "23", "4": "24", "7": "27", "9": "29"}
"""What ends an attribute, where it ends no other: bold, italic, underlined, reverse, struck out."""
_SEEN_ON_BLANKS: Final = frozenset({"4", "7", "9", "21", "53"})
"""Lines, and the reverse: what is seen without a character."""
_PARAMETER: Final = re.compile(r"([34]8;2;\d+;\d+;\d+|[34]8;5;\d+|[349]\d|10\d)|(\d+)")
"""A colour, of the text or of the ground; or an attribute."""


class Pen:
    """Moves the cursor and changes the style only where it must.

    A look is a style as the parameters of its control sequence, "" the terminal's own.
    """

    def __init__(self) -> None:
        self._out: list[str] = []
        self.look = ""
        """The one that is set."""
        self._at = (-1, -1)

    def draw(self, y: int, x: int, text: str, width: int, look: str) -> None:
        """Draw a text of one style, and of a width in cells."""
        self._move(y, x)
        if look != self.look:
            self._out.append(_change(self.look, look))
            self.look = look
        self._out.append(placed(text))
        self._at = y, x + width

    def _move(self, y: int, x: int) -> None:
        line, column = self._at
        if line == y and column < x:
            self._out.append(f"\x1b[{x - column}C" if x > column + 1 else "\x1b[C")
        elif self._at != (y, x):
            self._out.append(f"\x1b[{y + 1};{x + 1}H")

    def written(self) -> str:
        """Return everything written, which leaves the terminal's own style."""
        return "".join(self._out) + (_RESET if self.look else "")


@lru_cache(4096)
def _parts(look: str) -> tuple[frozenset[str], str, str]:
    """Return the attributes of a look, the colour of its text and of its ground."""
    attributes, text, ground = set[str](), "", ""
    for color, attribute in _PARAMETER.findall(look):
        if attribute:
            attributes.add(attribute)
        elif color.startswith(("3", "9")):
            text = color
        else:
            ground = color
    return frozenset(attributes), text, ground


@lru_cache(4096)
def on_blanks(look: str) -> str:
    """Return what is seen of a look where there is no character."""
    attributes, _, ground = _parts(look)
    return look if attributes & _SEEN_ON_BLANKS else ground


@lru_cache(4096)
def _change(before: str, after: str) -> str:
    """Return what sets a look where another is set."""
    if not after:
        return _RESET
    (had, text, ground), (has, new_text, new_ground) = _parts(before), _parts(after)
    ended = had - has
    if not ended <= _ENDS.keys() or "2" in had | has or (text and not new_text) or (ground and not new_ground):
        return f"\x1b[0;{after}m"
    codes = [*(_ENDS[one] for one in sorted(ended)), *sorted(has - had)]
    codes += [new for old, new in ((text, new_text), (ground, new_ground)) if old != new]
    return f"\x1b[{';'.join(codes)}m" if codes else ""
