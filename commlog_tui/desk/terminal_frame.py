"""What the terminal shows, cell by cell, so that a frame writes only what differs from the one before."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from operator import ne, or_
from typing import Final, TypeAlias

from rich.color import ColorSystem
from rich.console import Console
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.app import App
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
        """Return an update that writes only what differs."""
        pieces = _pieces(update)
        return update if pieces is None else _Difference(self, pieces)

    def forget(self) -> None:
        """Take what is shown as unknown: the terminal has another size, or others have drawn on it."""
        self._lines.clear()

    def redraw(self, app: App[object]) -> None:
        """Draw everything, whatever is shown."""
        self.forget()
        app.screen.refresh()

    def written(self, pieces: Iterable[Piece], colors: ColorSystem) -> str:
        """Return what shows the pieces. It leaves the cursor anywhere, and the style reset."""
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
    def __init__(self, frame: TerminalFrame, pieces: list[Piece]) -> None:
        self._frame, self._pieces = frame, pieces

    @override
    def render_segments(self, console: Console) -> str:
        colors = console._color_system or ColorSystem.TRUECOLOR  # noqa: SLF001 - as Textual does it
        return self._frame.written(self._pieces, colors)


class _Line:
    """The cells of a line, and which of them were not written yet."""

    def __init__(self) -> None:
        self._cells: list[Cell] = []
        self._looks: list[str] = []
        self._due = bytearray()
        """1 for each cell that is to be written."""
        self._has_units = False

    def show(self, x: int, strip: Strip, colors: ColorSystem) -> None:
        """Take over what is to be shown from a column on."""
        parts: list[tuple[str, str]] = []
        for text, style, control in strip:
            if control:
                continue
            look = style._ansi if style is not None else ""  # noqa: SLF001 - as Textual does it
            if look is None:
                look = Strip.render_ansi(style, colors)
            if text.isascii():
                parts.append((text, look))
                continue
            marks = next((at for at, one in enumerate(text) if cell_len(one)), len(text))
            if marks and parts:  # they are on the text before them
                parts[-1] = parts[-1][0] + text[:marks], parts[-1][1]
            parts.append((text[marks:], look))
        for text, look in parts:
            x = self._put(x, text, look)

    def _put(self, x: int, text: str, look: str) -> int:
        """Take over text of one look; return the column after it."""
        new: list[Cell] = [*text] if text.isascii() else self._units(text)
        end, blank, looks = x + len(new), on_blanks(look), [look] * len(new)
        if (missing := end - len(self._cells)) > 0:
            self._cells += [None] * missing
            self._looks += [""] * missing
            self._due += bytes(missing)
        if blank != look and " " in text:
            looks = [blank if cell == " " else look for cell in new]
        cells_before, looks_before, due = self._cells[x:end], self._looks[x:end], self._due
        if cells_before != new:
            due[x:end] = map(or_, due[x:end], map(ne, cells_before, new))
            self._cells[x:end] = new
        if looks_before != looks:
            due[x:end] = map(or_, due[x:end], map(ne, looks_before, looks))
            self._looks[x:end] = looks
        return end

    def _units(self, text: str) -> list[Cell]:
        cells = [*_units(text)]
        self._has_units |= not all(isinstance(cell, str) for cell in cells)
        return cells

    def write(self, y: int, pen: Pen, late: list[Run]) -> None:
        """Write what is due; put off what needs another look than the text in units does."""
        cells, due, count = self._cells, self._due, len(self._cells)
        x, again, looks_now = due.find(1), 0, set[str]()
        if self._has_units:
            looks_now = {
                look for cell, look, one in zip(cells, self._looks, due, strict=True) if one and isinstance(cell, tuple)
            }
        while 0 <= x < count:
            cell = cells[x]
            if cell is None:
                x += 1
            elif isinstance(cell, str):
                look = self._look(x, pen)
                end = self._end(x, look, again)
                text = "".join(cells[x:end])  # type: ignore[arg-type] # all are characters
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
            if x >= again:
                x = due.find(1, x)
        self._due = bytearray(count)

    def _end(self, x: int, look: str, again: int) -> int:
        """Return the column after what is to be written from a character on, in its look."""
        looks, due, blank, end = self._looks, self._due, on_blanks(look), x + 1
        for at, cell in enumerate(self._cells[end:], end):
            has = looks[at]
            if not ((has == look or (cell == " " and has == blank)) and isinstance(cell, str)):
                break
            if due[at] or at < again:
                end = at + 1
            elif at >= end + _SHORT_GAP:
                break
        return end

    def _look(self, x: int, pen: Pen) -> str:
        """Return the look to draw a character in: of blanks, that of the text after them will do."""
        cell, look = self._cells[x], self._looks[x]
        if cell != " " or look == pen.look or look == on_blanks(pen.look):
            return pen.look if cell == " " else look
        after = next((at for at in range(x, len(self._cells)) if self._cells[at] != " "), x)
        wanted = self._looks[after]
        return wanted if isinstance(self._cells[after], str) and look == on_blanks(wanted) else look


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
