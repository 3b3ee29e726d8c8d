"""How many cells a terminal gives a character, and text whose end does not depend on it.

Terminals and libraries disagree. A vowel sign of Hindi takes a cell of its own in tmux, xterm and
VTE, and none for Rich, kitty or Windows Terminal. Text that is measured too short pushes or covers
what stands beside it. So Rich, and with it Textual, is made to count the most that any terminal
draws, and ``placed`` moves the cursor to where a text ends, however wide it was drawn.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache
from typing import Final
from unicodedata import category

from rich import cells as _rich
from rich.cells import CellTable, cell_len, get_character_cell_size

__all__ = ["INVISIBLE", "cell_len", "first_unsure", "is_unsure", "placed", "unsure_count"]

INVISIBLE: Final = "\u034f"
"""Placeholder for a hidden character, which ``placed`` removes on output."""

Span = tuple[int, int, int]

_SPACING_BLOCKS: Final = (
    (0x0900, 0x0DFF), (0x0F00, 0x0FFF), (0x1000, 0x1CFF), (0xA800, 0xABFF),
    (0x11000, 0x11FFF), (0x16F00, 0x16FEF), (0x1D160, 0x1D17F),
)  # fmt: skip
"""The blocks that have spacing marks (category Mc)."""
_SHOWN_AS_STAND_IN: Final = (
    (0x0600, 0x0605), (0x061C, 0x061C), (0x06DD, 0x06DD), (0x070F, 0x070F), (0x1160, 0x1160), (0x17B4, 0x17B5),
    (0x180E, 0x180E),
    (0x200B, 0x200B), (0x200E, 0x200F), (0x2028, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF9, 0xFFFB), (0x13430, 0x1343F), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0001, 0xE0001),
    (0xE0020, 0xE007F),
)  # fmt: skip
"""What is invisible, and shown as a character of one cell."""
_WIDE_AT_MOST: Final = (
    (0x1161, 0x11FF),  # vowels and finals of Hangul
    (0x302E, 0x302F),  # tone marks of Hangul
    (0xD7B0, 0xD7FB),
    (0x16FF0, 0x16FF1),  # reading marks of Vietnamese
    (0x1F1E6, 0x1F1FF),  # letters of flags
    (0x1F3FB, 0x1F3FF),  # skin tones
)
_NARROW_LETTERS: Final = "\xc0-\xc5\xc7-\xcf\xd1-\xd6\xd9-\xdd\xe2-\xe5\xe7\xeb\xee\xef\xf1\xf4-\xf6\xfb\xfd\xff"
_UNSURE: Final = re.compile(f"[^\x00-\x7e{_NARROW_LETTERS}\u2713\u2717\u270e]")
"""Everything but ASCII, the letters of Latin-1 that are narrow by Unicode, and tabled signs.

Some terminals give other letters of Latin-1, lines and arrows two cells.
"""
_CONTROL: Final = re.compile(r"\[[0-?]*[ -/]*[@-~]|[ -/]*[0-Z\\^-~]")
_TEXT: Final = re.compile(r"[^\x00-\x1f]+")


def is_unsure(text: str) -> bool:
    """Whether terminals could disagree on how wide the text is."""
    return not text.isascii() and _UNSURE.search(text) is not None


def first_unsure(text: str) -> int:
    """Return where the first character is whose width is unsure; the text's length where none is."""
    found = _UNSURE.search(text)
    return found.start() if found else len(text)


def unsure_count(text: str) -> int:
    """Return of how many characters the width is unsure: so many more cells may be drawn over."""
    return len(_UNSURE.findall(text))


def placed(data: str) -> str:
    """Return output for a terminal in which what follows a text of unsure width is in its place.

    Each piece of text between two control sequences is drawn over blanks of its measured width,
    from a saved position, and the cursor is then moved by that width. What comes before the first
    character of unsure width, and the one that a mark may be on, is drawn as it is. The second save
    is for terminals that forget the position when they go back to it.
    """
    if not is_unsure(data):
        return data
    first, *rest = data.split("\x1b")
    return _place(first) + "".join("\x1b" + _after_control(part) for part in rest)


def _after_control(part: str) -> str:
    if part[:1] in {"]", "P", "X", "^", "_"} or not is_unsure(part):
        return part  # a title, the clipboard and the like: not drawn
    control = _CONTROL.match(part)
    end = control.end() if control else 0
    return part[:end] + _place(part[end:])


def _place(text: str) -> str:
    return _TEXT.sub(lambda piece: _piece(piece[0]), text)


def _piece(text: str) -> str:
    first = _UNSURE.search(text)
    if first is None or not cell_len(text):
        return text.replace(INVISIBLE, "")
    sure = max(first.start() - 1, 0)
    width, drawn = cell_len(text[sure:]), text[sure:].replace(INVISIBLE, "").rstrip(" ")
    return f"{text[:sure]}\x1b7{'':{width}}\x1b8\x1b7{drawn}\x1b8\x1b[{width}C"


def _spans() -> Iterator[Span]:
    """Give the spans that are counted otherwise than by Rich, in order."""
    yield 0x00AD, 0x00AD, 0
    spacing = (
        point for first, last in _SPACING_BLOCKS for point in range(first, last + 1) if category(chr(point)) == "Mc"
    )
    yield from ((point, point, 1) for point in spacing)
    yield from ((first, last, 1) for first, last in _SHOWN_AS_STAND_IN)
    yield from ((first, last, 2) for first, last in _WIDE_AT_MOST)


@cache
def _widest(version: str = "auto") -> CellTable:
    """Return Rich's table of widths with ours in it."""
    table, ours = _RICHS_OWN(version), sorted(_spans())
    starts = [first for first, _, _ in ours]
    merged = list(ours)
    for begin, end, width in table.widths:
        first = begin
        for our_first, our_last, _ in ours[max(bisect_left(starts, begin) - 1, 0) : bisect_left(starts, end + 1)]:
            if our_last < first:
                continue
            if first < our_first:
                merged.append((first, our_first - 1, width))
            first = our_last + 1
        if first <= end:
            merged.append((first, end, width))
    return CellTable(table.unicode_version, sorted(merged), table.narrow_to_wide)


# Rich measures and divides joined emoji as one, which terminals may draw apart; here each character
# counts.


def _sum_of_widths(text: str, unicode_version: str = "auto") -> int:
    """Return a text's width."""
    if text.isascii() and text.isprintable():
        return len(text)
    return sum(get_character_cell_size(character, unicode_version) for character in text)


def _divided(text: str, unicode_version: str = "auto") -> tuple[list[Span], int]:
    """Return the bounds and width of each visible character, and the whole width."""
    spans: list[Span] = []
    for index, character in enumerate(text):
        width = get_character_cell_size(character, unicode_version)
        if width or not spans:
            spans.append((index, index + 1, width))
        else:
            begin, _, before = spans[-1]
            spans[-1] = begin, index + 1, before
    return spans, sum(width for _, _, width in spans)


_RICHS_OWN: Final = _rich.load_cell_table  # type: ignore[attr-defined] # see below
_rich.load_cell_table = _widest  # type: ignore[attr-defined] # see below
_rich.split_graphemes = _divided
_rich._cell_len = _sum_of_widths  # noqa: SLF001 - there is no other way to tell Rich; a test notices if it stops working
_rich.get_character_cell_size.cache_clear()
_rich.cached_cell_len.cache_clear()
