"""Making text from outside safe to show, and fitting it to cells of a terminal."""

from functools import lru_cache
from typing import Final

from commlog_tui.text.characters import MOST_MARKS, NO_BASE, STAND_IN, composed, sort_of, sorted_out
from commlog_tui.text.widths import INVISIBLE, cell_len

_ELLIPSIS: Final = "…"
_BY_WIDTH: Final = (INVISIBLE, STAND_IN, "\u3013")
"""What stands for a character that is not shown, by how many cells it is counted with."""
_INVISIBLE_SORTS: Final = frozenset({"hidden", "shaper"})
_ON_THE_CHARACTER_BEFORE: Final = frozenset({"mark", "spacing"})


def safe(text: str) -> str:
    """Return the text on one line, with nothing in it that a terminal or a reader could be misled by.

    White space becomes a space; what only shapes its neighbours (joiners, soft hyphens, variation
    selectors) is left out; control, formatting (bidi, zero-width, tags), surrogate, private and
    unassigned characters and invisible letters become the replacement character; of a pile of marks
    three of each sort are shown, and marks with nothing to sit on get a dotted circle.
    """
    if text.isascii() and text.isprintable():
        return text
    shown: list[str] = []
    for character, sort, number, is_alone in sorted_out(composed(text)):
        if sort == "shaper" or number > MOST_MARKS:
            continue
        if is_alone:
            shown.append(NO_BASE)
        shown.append(" " if sort == "space" else STAND_IN if sort == "hidden" else character)
    return "".join(shown)


@lru_cache(4096)
def safe_in_place(text: str) -> str:
    """Return the text safe to show, character by character and cell by cell: for fields to type in.

    What ``safe`` leaves out becomes ``INVISIBLE``, which is not sent to the terminal.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        _BY_WIDTH[cell_len(character)] if sort in _INVISIBLE_SORTS or number > MOST_MARKS else character
        for character, sort, number, _ in sorted_out(text)
    )


def without_invisible(text: str) -> str:
    """Return the text on one line, without what cannot be seen in it: for the clipboard."""
    characters = (
        " " if sort_of(character) == "space" else character
        for character in text
        if sort_of(character) not in _INVISIBLE_SORTS
    )
    return "".join(characters).strip()


def safe_lines(text: str) -> list[str]:
    """Return the lines of a text, each safe to show."""
    return [safe(line) for line in text.splitlines()] or [""]


def cut(text: str, width: int) -> str:
    """Return the text cut to a width in cells, with an ellipsis. No wide character is halved."""
    if width <= 0:
        return ""
    if cell_len(text) <= width:
        return text
    return _head(text, width - 1) + _ELLIPSIS


def fit(text: str, width: int) -> str:
    """Return the text cut and padded to exactly so many cells."""
    if text.isascii() and text.isprintable() and len(text) <= width:
        return text.ljust(width)
    short = cut(text, width)
    return short + " " * (width - cell_len(short))


def wrap(text: str, width: int) -> list[str]:
    """Return the text in lines of at most so many cells, broken at spaces where there are some."""
    lines: list[str] = []
    line, used = "", 0
    for word in text.split(" "):
        rest, size = word, cell_len(word)
        gap = 1 if line else 0
        if used + gap + size <= width:
            line += " " * gap + rest
            used += gap + size
            continue
        if line:
            lines.append(line)
        while rest and size > width:
            head = _head(rest, width) or rest[0]
            lines.append(head)
            rest = rest[len(head) :]
            size -= cell_len(head)
        line, used = rest, cell_len(rest)
    return [*lines, line]


def _head(text: str, width: int) -> str:
    """Return a long beginning that takes no more cells, and parts no character from its marks."""
    text = text[: (width + 1) * (1 + MOST_MARKS)]
    if text.isascii() and text.isprintable():
        return text[:width]
    left = width
    for index, character in enumerate(text):
        left -= cell_len(character)
        if left < 0:
            while index and sort_of(text[index]) in _ON_THE_CHARACTER_BEFORE:
                index -= 1  # noqa: PLW2901 - back to the character that the marks are on
            return text[:index]
    return text
