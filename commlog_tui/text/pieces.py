"""Pieces of lines, and the scrollbar beside them."""

from collections.abc import Iterator, Sequence
from math import ceil
from typing import Final, NamedTuple

_EIGHTHS: Final = "▁▂▃▄▅▆▇ "


class Piece(NamedTuple):
    """Text on one line, and the roles of its colours (``palettes.ROLES``)."""

    text: str
    ink: str
    ground: str
    bold: bool = False


Row = Sequence[Piece]


def filled(rows: list[Row], height: int, width: int, ground: str) -> list[Row]:
    """Return rows with blank ones below them."""
    return rows + [[Piece(" " * width, "foreground", ground)]] * (height - len(rows))


def scrolled(rows: list[Row], lines: int) -> list[Row]:
    """Return the rows of a part of so many lines that shows its first ones, with its scrollbar."""
    return [[*row, bar] for row, bar in zip(rows, _scrollbar(lines, len(rows)), strict=True)]


def _scrollbar(lines: int, height: int) -> Iterator[Piece]:
    """Yield the cells of a scrollbar at the top, whose thumb ends within an eighth of a cell."""
    whole, eighths = divmod(ceil(height * height / lines * 8), 8) if lines > height else (0, 0)
    for y in range(height):
        if y < whole:
            yield Piece(" ", "background", "scrollbar")
        elif y == whole and eighths:
            yield Piece(_EIGHTHS[7 - eighths], "background", "scrollbar")
        else:
            yield Piece(" ", "foreground", "background")
