"""Character classes of external text, in one set of tables for screen and paper."""

import re
from collections.abc import Iterator
from typing import Final, Literal
from unicodedata import category, normalize

Sort = Literal["plain", "space", "shaper", "mark", "spacing", "hidden"]
"""
- ``space``: white space of any kind, and what ends a line
- ``shaper``: invisible, only shapes its neighbours (joiners, soft hyphen, variation selectors)
- ``mark``: a combining mark without a width of its own
- ``spacing``: belongs to the character before it; terminals disagree whether it has a cell of its
  own (vowel signs of Indic scripts, vowels and finals of Hangul)
- ``hidden``: invisible, or without a meaning that all share (controls, direction marks, tags,
  fillers, private use, unassigned)
"""

STAND_IN: Final = "\ufffd"
NO_BASE: Final = "\u25cc"
"""What a mark with nothing to sit on is shown on."""
MOST_MARKS: Final = 3
"""Limits of combining and spacing marks shown on one character, beyond those of real words."""

_SPACES: Final = frozenset("\n\r\t\v\f\x85\u2028\u2029")
_FILLERS: Final = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_SHAPERS: Final = frozenset(
    [
        *"\u00ad\u034f\u200c\u200d",
        *map(chr, range(0x180B, 0x1810)),
        *map(chr, range(0xFE00, 0xFE10)),
        *map(chr, range(0xE0100, 0xE01F0)),
    ]
)
_BY_CATEGORY: Final[dict[str, Sort]] = {
    "Zs": "space",
    "Mn": "mark",
    "Me": "mark",
    "Mc": "spacing",
    **dict.fromkeys(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"), "hidden"),
}
_HANGUL_PARTS: Final = re.compile("[\u1161-\u11ff\ud7b0-\ud7fb]")
"""Vowels and finals of Hangul syllables that are written in parts."""
_HANGUL: Final = re.compile("[\u1100-\u11ff]{2,}")


def sort_of(character: str) -> Sort:
    """Return what a character is."""
    if character in _SPACES:
        return "space"
    if character in _SHAPERS:
        return "shaper"
    if character in _FILLERS:
        return "hidden"
    return "spacing" if _HANGUL_PARTS.match(character) else _BY_CATEGORY.get(category(character), "plain")


def composed(text: str) -> str:
    """Return the text with decomposed Hangul syllables composed."""
    return _HANGUL.sub(lambda parts: normalize("NFC", parts[0]), text)


def sorted_out(text: str) -> Iterator[tuple[str, Sort, int, bool]]:
    """Give each character, what it is, its number among the marks of its base, and if it has none.

    The number counts each sort of mark by itself, from 1; it is 0 for what is no mark.
    """
    marks, spacing, has_base = 0, 0, False
    for character in text:
        sort = sort_of(character)
        if sort == "mark":
            marks += 1
        elif sort == "spacing":
            spacing += 1
        elif sort != "shaper":
            marks = spacing = 0
            has_base = sort != "space"
        place = marks if sort == "mark" else spacing if sort == "spacing" else 0
        yield character, sort, place, bool(place) and not has_base
        has_base = has_base or bool(place)
