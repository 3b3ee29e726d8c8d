"""What the terminal shows, cell by cell, so that a frame writes only what differs from the one before."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final, TypeAlias

from rich.color import ColorSystem
from rich.console import Console
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.strip import Strip
from typing_extensions import override

from commlog_tui.desk.pen import Pen, on_blanks
from commlog_tui.text.widths import cell_len, first_unsure, is_unsure, unsure_count

Cell: TypeAlias = str | tuple[str, int, int] | None
"""A character of one cell; or a text of unsure width, its width, and which of its cells this is.

None where it is not known what is shown.
"""
Piece: TypeAlias = tuple[int, int, Strip]
"""What is to be shown: line, column, and the strip."""
Run: TypeAlias = tuple[str, int, int, str]
"""Text of certain width and one look, to be drawn: its look, line, column, and the text."""

_SHORT_GAP: Final = 4
"""So many cells are written again rather than passed over, which takes as many bytes."""


class Spans(CompositorUpdate):
    """An update of pieces, which do not overlap."""

    def __init__(self, pieces: list[Piece]) -> None:
        self.pieces = pieces


class TerminalFrame:
    """What a terminal shows, as far as it was written here.

    Text whose width terminals disagree on is one unit: it is written as a whole, and what follows
    it again, as far as it may have been drawn over.
    """

    def __init__(self) -> None:
        self._lines: dict[int, _Line] = {}

    def reduced(self, update: CompositorUpdate) -> CompositorUpdate:
        """Return an update that writes only what differs; an update of the whole screen writes all."""
        pieces = _pieces(update)
        return update if pieces is None else _Difference(self, pieces, is_whole=isinstance(update, LayoutUpdate))

    def written(self, pieces: Iterable[Piece], colors: ColorSystem, *, is_whole: bool = False) -> str:
        """Return what shows the pieces. It leaves the cursor anywhere, and the style reset."""
        if is_whole:
            self._lines.clear()
        touched: dict[int, _Line] = {}
        for y, x, strip in pieces:
            line = touched[y] = self._lines.setdefault(y, _Line())
            line.show(x, strip, colors)
        pen, late = Pen(), list[Run]()
        for y in sorted(touched):
            touched[y].write(y, pen, late)
        for look, y, x, text in sorted(late, key=lambda run: (run[0] != pen.look, run)):
            pen.draw(y, x, text, len(text), look)
        return pen.written()


class _Difference(CompositorUpdate):
    def __init__(self, frame: TerminalFrame, pieces: list[Piece], *, is_whole: bool) -> None:
        self._frame, self._pieces, self._is_whole = frame, pieces, is_whole

    @override
    def render_segments(self, console: Console) -> str:
        colors = console._color_system or ColorSystem.TRUECOLOR  # noqa: SLF001 - as Textual does it
        return self._frame.written(self._pieces, colors, is_whole=self._is_whole)


class _Line:
    """The cells of a line, and which of them were not written yet."""

    def __init__(self) -> None:
        self._cells: list[Cell] = []
        self._looks: list[str] = []
        self._due: set[int] = set()

    def show(self, x: int, strip: Strip, colors: ColorSystem) -> None:
        """Take over what is to be shown from a column on."""
        parts: list[tuple[str, str]] = []
        for text, style, control in strip:
            if control:
                continue
            look = style._ansi if style is not None else ""  # noqa: SLF001 - as Textual does it
            if look is None:
                look = Strip.render_ansi(style, colors)
            marks = 0 if text.isascii() else next((at for at, one in enumerate(text) if cell_len(one)), len(text))
            if marks and parts:  # they are on the text before them
                parts[-1] = parts[-1][0] + text[:marks], parts[-1][1]
            parts.append((text[marks:], look))
        for text, look in parts:
            x = self._put(x, [*text] if text.isascii() else [*_units(text)], look)

    def _put(self, x: int, new: list[Cell], look: str) -> int:
        """Take over cells of one look; return the column after them."""
        end, blank = x + len(new), on_blanks(look)
        if (missing := end - len(self._cells)) > 0:
            self._cells += [None] * missing
            self._looks += [""] * missing
        cells, looks = self._cells[x:end], self._looks[x:end]
        wanted = [blank if cell == " " else look for cell in new] if blank != look else [look] * len(new)
        if cells != new or looks != wanted:
            for at, (was, now, had, has) in enumerate(zip(cells, new, looks, wanted, strict=True), x):
                if was != now or had != has:
                    self._due.add(at)
            self._cells[x:end], self._looks[x:end] = new, wanted
        return end

    def write(self, y: int, pen: Pen, late: list[Run]) -> None:
        """Write what is due; put off what needs another look than the text in units does."""
        cells, due, count = self._cells, self._due, len(self._cells)
        looks_now = {self._looks[x] for x in due if isinstance(cells[x], tuple)}
        x, last, again = min(due, default=0), max(due, default=-1), 0
        while x < count and x <= max(last, again - 1):
            cell = cells[x]
            if cell is None or (x not in due and x >= again):
                x += 1
            elif isinstance(cell, str):
                look, end = self._look(x, pen), x + 1
                for at in range(end, count):
                    if at > end + _SHORT_GAP or not self._has(at, look):
                        break
                    if at in due or at < again:
                        end = at + 1
                text = "".join(map(str, cells[x:end]))
                if look == pen.look or look in looks_now:
                    pen.draw(y, x, text, end - x, look)
                else:
                    late.append((look, y, x, text))
                x = end
            else:
                text, width, number = cell
                begin, x = x - number, x + 1
                if cells[begin : begin + width] == [(text, width, one) for one in range(width)]:
                    x = begin + width  # else it is what is left of a text that something else covers
                    pen.draw(y, begin, text, width, self._looks[begin])
                    again = max(again, x + unsure_count(text) - len(text) + len(text.rstrip(" ")))
        due.clear()

    def _has(self, x: int, look: str) -> bool:
        """Whether a cell is a single character that can be drawn in a look."""
        cell = self._cells[x]
        return isinstance(cell, str) and (self._looks[x] == look or (cell == " " and self._looks[x] == on_blanks(look)))

    def _look(self, x: int, pen: Pen) -> str:
        """Return the look to draw a character in: of blanks, that of the text after them will do."""
        if self._has(x, pen.look):
            return pen.look
        after = next((at for at in range(x, len(self._cells)) if self._cells[at] != " "), x)
        return self._looks[after] if self._has(x, self._looks[after]) else self._looks[x]


@lru_cache(4096)
def _units(text: str) -> tuple[Cell, ...]:
    """Return the cells of a text; from before the first character of unsure width on, one unit."""
    if not is_unsure(text):
        return tuple(text)
    sure = max(first_unsure(text) - 1, 0)
    rest = text[sure:]
    drawn = rest.rstrip(" ")
    blanks = len(rest) - len(drawn)
    inside = min(blanks, unsure_count(drawn))  # it may be drawn so much wider
    unit = drawn + " " * inside
    width = cell_len(unit)
    return (*text[:sure], *((unit, width, at) for at in range(width)), *" " * (blanks - inside))


def _pieces(update: CompositorUpdate) -> list[Piece] | None:
    """Return what an update shows; None of one that is not placed on the screen."""
    if isinstance(update, Spans):
        return update.pieces
    if isinstance(update, ChopsUpdate):
        return [*_chops(update)]
    return [*_lines(update)] if isinstance(update, LayoutUpdate) else None


def _lines(update: LayoutUpdate) -> Iterator[Piece]:
    for y, line in enumerate(update.strips, update.region.y):
        x = update.region.x
        for strip in line:
            yield y, x, strip
            x += strip.cell_length


def _chops(update: ChopsUpdate) -> Iterator[Piece]:
    for y, left, right in update.spans:
        for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip is not None and x < right and end > left:
                yield y, x, strip.crop(0, min(end, right) - x)
