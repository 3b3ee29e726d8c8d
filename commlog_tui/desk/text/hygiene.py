"""Making text from outside safe to show, and fitting it to cells of a terminal."""

from typing import Final
from unicodedata import category

from rich.cells import cell_len

_STAND_IN: Final = "\ufffd"
_HIDDEN: Final = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_ELLIPSIS: Final = "…"
_MOST_MARKS: Final = 3


def safe(text: str) -> str:
    """Return the text on one line, with nothing in it that a terminal or a reader could be misled by.

    White space becomes a space; control, formatting (bidi, zero-width, tags), surrogate, private and unassigned characters
    become the replacement character; a storm of combining marks ends after three.
    """
    if text.isascii() and text.isprintable():
        return text
    shown: list[str] = []
    marks = 0
    for character in text:
        kind = category(character)
        marks = marks + 1 if kind in {"Mn", "Me"} else 0
        if character in "\n\r\t\v\f\x85\u2028\u2029":
            shown.append(" ")
        elif kind in _HIDDEN:
            shown.append(_STAND_IN)
        elif marks <= _MOST_MARKS:
            shown.append(character)
    return "".join(shown)


def safe_lines(text: str) -> list[str]:
    """Return the lines of a text, each safe to show."""
    return [safe(line) for line in text.splitlines()] or [""]


def cut(text: str, width: int) -> str:
    """Return the text cut to at most so many cells, with an ellipsis where something is missing."""
    if width <= 0:
        return ""
    if cell_len(text) <= width:
        return text
    kept = ""
    for character in text:
        if cell_len(kept + character) > width - 1:
            break
        kept += character
    return kept + _ELLIPSIS


def fit(text: str, width: int) -> str:
    """Return the text cut and padded to exactly so many cells."""
    short = cut(text, width)
    return short + " " * (width - cell_len(short))


def wrap(text: str, width: int) -> list[str]:
    """Return the text in lines of at most so many cells, broken at spaces where there are some."""
    lines, line = [], ""
    for word in text.split(" "):
        rest = word
        joined = f"{line} {rest}" if line else rest
        if cell_len(joined) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        while cell_len(rest) > width:
            head = cut(rest, width + 1).removesuffix(_ELLIPSIS) or rest[0]
            lines.append(head)
            rest = rest[len(head) :]
        line = rest
    return [*lines, line]
