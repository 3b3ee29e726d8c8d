"""The fonts of a sheet of paper, and what is printed of a text from outside with them.

Noto (SIL Open Font License 1.1) for most scripts, WenQuanYi Micro Hei (Apache License 2.0) for Chinese, Japanese and Korean.
"""

from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Final
from unicodedata import bidirectional, category

from fontTools.ttLib import TTFont

from commlog_tui.text.characters import MOST_MARKS, NO_BASE, Sort, composed, sorted_out

MAIN: Final = "NotoSans"
_NOTO: Final = Path(str(files("manimgx_fonts")))
_CJK: Final = Path(str(files("paperang_p2_fonts_cjk"))) / "fonts" / "wqy-microhei.ttc"
_SCRIPTS: Final = (
    "Hebrew", "Arabic", "Armenian", "Georgian", "Devanagari", "Bengali", "Gurmukhi", "Gujarati", "Oriya", "Tamil", "Telugu",
    "Kannada", "Malayalam", "Sinhala", "Thai", "Lao", "Khmer", "Myanmar", "Ethiopic",
)  # fmt: skip
FILES: Final = {
    MAIN: _NOTO / "NotoSans[wght].ttf",
    "NotoSansSymbols": _NOTO / "NotoSansSymbols[wght].ttf",
    "NotoEmoji": _NOTO / "NotoEmoji[wght].ttf",
    **{f"NotoSans{script}": _NOTO / f"NotoSans{script}[wght].ttf" for script in _SCRIPTS},
    "WenQuanYi": _CJK,
}
"""Where each font lies, in the order in which they are asked for a character."""

_SHAPED: Final = {"Mn", "Mc", "Me"}
_RIGHT_TO_LEFT: Final = {"R", "AL", "AN"}
_COMPLEX: Final = frozenset(f"NotoSans{script}" for script in _SCRIPTS)


@lru_cache
def characters_of(font: str) -> frozenset[int]:
    """Return the code points that a font has glyphs for."""
    with TTFont(FILES[font], lazy=True, fontNumber=0) as opened:
        return frozenset(opened.getBestCmap() or ())


@lru_cache(4096)
def font_of(character: str) -> str | None:
    """Return the first font that has a character; None where none has."""
    return next((font for font in FILES if ord(character) in characters_of(font)), None)


def needs_shaping(line: str) -> bool:
    """Whether letters of a printable line join, stack or run from right to left; others stand side by side, set far faster."""
    return not line.isascii() and any(
        category(character) in _SHAPED or bidirectional(character) in _RIGHT_TO_LEFT or font_of(character) in _COMPLEX
        for character in line
    )


def printable(text: str) -> list[str]:
    """Return the lines of a text, with nothing in them that cannot be printed or misleads a reader.

    What has no glyph, or is invisible and changes what is read (controls, direction marks, zero-width
    characters), is printed as ``<U+202E>``. What only shapes its neighbours is left out. Of a pile of
    marks on one character three of each sort are printed, and how many more there are.
    """
    return ["".join(_shown(line)) for line in text.splitlines()] or [""]


def _shown(line: str) -> Iterator[str]:
    more = 0
    for character, sort, number, is_alone in sorted_out(composed(line)):
        if sort == "shaper":
            continue
        if number > MOST_MARKS:
            more += 1
            continue
        if more and not number:
            yield _and_more(more)
            more = 0
        if is_alone:
            yield NO_BASE
        yield _glyph(character, sort)
    if more:
        yield _and_more(more)


def _and_more(marks: int) -> str:
    return f"<and {marks} more marks>"


def _glyph(character: str, sort: Sort) -> str:
    if sort == "space":
        return "    " if character == "\t" else " "
    return f"<U+{ord(character):04X}>" if sort == "hidden" or font_of(character) is None else character
