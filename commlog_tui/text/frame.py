"""The first frame of the desk as lines of text with the roles of their colours.

It has the layout of the style sheets; a test compares it with what the desk draws, cell by cell.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from commlog_tui.text.bars import (
    CONNECTING,
    FIRST_DIMMED,
    SEPARATOR,
    key_face,
    keys_shown,
    position,
    turner,
)
from commlog_tui.text.columns import add_cells, columns_of
from commlog_tui.text.details import entry_lines
from commlog_tui.text.first_page import FirstPage
from commlog_tui.text.hygiene import fit
from commlog_tui.text.pieces import Piece, Row, filled, scrolled
from commlog_tui.text.rows import cells, header, is_short, kind_of, pieces, widths
from commlog_tui.text.sidebar import side_rows
from commlog_tui.text.widths import cell_len

if TYPE_CHECKING:
    from commlog_tui.text.lines import Line

WIDE: Final = 110
"""Columns from which on the detail has room beside the table."""
ROOMY: Final = 140
"""Columns from which on the filters have, too."""
TALL: Final = 40
"""Lines from which on a roomy window is drawn comfortably, if nothing else is set."""
SIDE_WIDTH: Final = 26
DETAIL_WIDTH: Final = 40
_BARS: Final = 3
_GAP: Final = Piece(" ", "foreground", "background")


_ROWS: Final = {"text": "foreground", "trouble": "text-error", "manual": "text-accent"}
_CURSOR: Final = ("block-cursor-foreground", "block-cursor-background")
_DETAIL: Final = {
    "text": ("foreground", False),
    "muted": ("text-muted", False),
    "title": ("foreground", True),
    "label": ("text-accent", True),
}


def layout(size: tuple[int, int], density: str) -> dict[str, bool]:
    """Return which classes of the style sheets hold for a window, at a density of the settings."""
    width, height = size
    comfortable = density == "comfortable" or (density == "auto" and width >= ROOMY and height >= TALL)
    return {
        "-narrow": width < WIDE,
        "-wide": width >= WIDE,
        "-roomy": width >= ROOMY,
        "-comfortable": comfortable,
    }


def rows_in_sight(size: tuple[int, int], density: str) -> int:
    """Return how many entries the table shows in a window."""
    return _room(size, density) - 1


def _room(size: tuple[int, int], density: str) -> int:
    return size[1] - _BARS - layout(size, density)["-comfortable"]


def frame(
    first: FirstPage,
    faces: Mapping[str, tuple[str, str]],
    size: tuple[int, int],
    columns: Sequence[str] = (),
    density: str = "auto",
) -> list[Row]:
    """Return the lines of a terminal of so many columns and lines, on one of a page's first entries.

    ``columns`` are the table's as texts, see ``text.columns``; none stand for the usual ones.
    """
    width, _ = size
    gap = int(layout(size, density)["-comfortable"])  # which the side and the detail are narrower by
    room = _room(size, density)
    beside = SIDE_WIDTH * (width >= ROOMY) + DETAIL_WIDTH * (width >= WIDE)
    parts = [_table(first, width - beside, room, columns)]
    if width >= ROOMY:
        side = side_rows(first.channels, SIDE_WIDTH - gap, room, headings=bool(gap))
        parts.insert(0, [[*row, *[_GAP] * gap] for row in side])
    if width >= WIDE:
        parts.append([[*[_GAP] * gap, *row] for row in _detail(first, DETAIL_WIDTH - gap, room)])
    return [
        [Piece(_bar(first.heading(width - 2), width), "foreground", "panel", bold=True)],
        *[[Piece(" " * width, "foreground", "background")]] * gap,
        *([piece for part in line for piece in part] for line in zip(*parts, strict=True)),
        [Piece(_bar(_position(first), width), "text-muted", "panel")],
        _keys(faces, FIRST_DIMMED, width),
    ]


def _bar(text: str, width: int) -> str:
    return f" {fit(text, width - 2)} "


def _position(first: FirstPage) -> str:
    page = first.page
    place = turner(position(page), newer=page.newer is not None, older=page.older is not None)
    return SEPARATOR.join((place, CONNECTING))


def _keys(faces: Mapping[str, tuple[str, str]], dimmed: Collection[str], width: int) -> Row:
    row = [piece for action in keys_shown(faces, dimmed, width) for piece in _key(*faces[action], dim=action in dimmed)]
    used = sum(cell_len(piece.text) for piece in row)
    return [*row, Piece(" " * (width - used), "foreground", "panel")]


def _key(key: str, words: str, *, dim: bool) -> Row:
    if dim:
        return [Piece(key_face(key, words), "text-muted", "panel")]
    return [Piece(f" {key}", "text-accent", "panel", bold=True), Piece(f" {words} ", "foreground", "panel")]


def _table(first: FirstPage, width: int, height: int, chosen: Sequence[str]) -> list[Row]:
    entries, now = first.page.entries, datetime.now(first.zone)
    columns = widths(width - 1, columns_of(chosen), shrink=bool(chosen))
    year = now.year if is_short(columns) else None
    rest = " " * (width - sum(size + 1 for _, size in columns))
    lines: list[Row] = [[Piece(f"{header(columns, newest_first=True)}{rest}", "text-muted", "panel", bold=True)]]
    for row, entry in enumerate(entries[: height - 1]):
        parts = cells(entry, first.zone, show_utc=first.show_utc, year=year)
        if chosen:
            add_cells(parts, entry, columns, first.zone, show_utc=first.show_utc, year=year)
        texts = [*pieces(parts, columns), rest]
        if row == first.row:
            lines.append([Piece(text, *_CURSOR, bold=True) for text in texts])
        else:
            lines.append([Piece(text, _ROWS[kind_of(entry)], "background") for text in texts])
    return scrolled(filled(lines, height, width - 1, "background"), len(entries) + 1)


def _detail(first: FirstPage, outer: int, height: int) -> list[Row]:
    width = outer - 1
    lines: list[Line] = []
    if first.page.entries:
        lines = entry_lines(first.page.entries[first.row], first.zone, datetime.now(UTC), width - 1)
    rows: list[Row] = []
    for line in lines[:height]:
        ink, bold = _DETAIL[line.kind]
        rows.append([Piece(fit(f" {line.text}", width), ink, "surface", bold=bold)])
    return scrolled(filled(rows, height, width, "surface"), len(lines))
