"""Making text from outside safe to show, and fitting it to cells of a terminal."""

from typing import Final
from unicodedata import category

from rich.cells import cell_len

_STAND_IN: Final = "\ufffd"
_NO_BASE: Final = "\u25cc"
_ELLIPSIS: Final = "…"
_JOINER: Final = "\u200d"
_EMOJI_FORM: Final = "\ufe0f"
_SPACES: Final = frozenset("\n\r\t\v\f\x85\u2028\u2029\u2800")
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_FILLERS: Final = frozenset("\u115f\u1160\u17b4\u17b5\u3164\uffa0")
# Scripts and emoji need these to join and to choose a form; terminals disagree on the width of what they make.
_SHAPERS: Final = frozenset(
    [
        "\u00ad",
        "\u034f",
        "\u200c",
        _JOINER,
        *map(chr, range(0x180B, 0x1810)),
        *map(chr, range(0xFE00, 0xFE10)),
        *map(chr, range(0xE0100, 0xE01F0)),
    ]
)
_MARKS: Final = frozenset({"Mn", "Me"})
_MOST_MARKS: Final = 3


def safe(text: str) -> str:
    """Return the text on one line, with nothing in it that a terminal or a reader could be misled by.

    White space becomes a space; what only shapes its neighbours (joiners, soft hyphens, variation selectors) is left out;
    control, formatting (bidi, zero-width, tags), surrogate, private and unassigned characters and invisible letters become the
    replacement character; a storm of combining marks ends after three, and marks with nothing to sit on get a dotted circle.
    """
    if text.isascii() and text.isprintable():
        return text
    shown: list[str] = []
    marks = 0
    for character in text:
        if character in _SPACES:
            shown.append(" ")
            continue
        if character in _SHAPERS:
            continue
        kind = category(character)
        if kind in _MARKS and character not in _FILLERS:
            if not shown or shown[-1] == " ":
                shown.append(_NO_BASE)
                marks = 0
            marks += 1
            if marks <= _MOST_MARKS:
                shown.append(character)
            continue
        marks = 0
        shown.append(_STAND_IN if kind in _HIDDEN or character in _FILLERS else character)
    return "".join(shown)


def safe_lines(text: str) -> list[str]:
    """Return the lines of a text, each safe to show."""
    return [safe(line) for line in text.splitlines()] or [""]


def cut(text: str, width: int) -> str:
    """Return the text cut to at most so many cells, with an ellipsis where something is missing; no wide character is halved."""
    if width <= 0:
        return ""
    if cell_len(text) <= width:
        return text
    return _head(text, width - 1).rstrip(_JOINER) + _ELLIPSIS


def fit(text: str, width: int) -> str:
    """Return the text cut and padded to exactly so many cells."""
    if text.isascii() and text.isprintable() and len(text) <= width:
        return text.ljust(width)
    short = cut(text, width).rstrip(_JOINER)
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
    """Return a long beginning that certainly takes no more cells: joined characters count singly."""
    text = text[: (width + 1) * (1 + _MOST_MARKS)]
    if text.isascii() and text.isprintable():
        return text[:width]
    left = width
    for index, character in enumerate(text):
        left -= 1 if character == _EMOJI_FORM else cell_len(character)
        if left < 0:
            return text[:index]
    return text
