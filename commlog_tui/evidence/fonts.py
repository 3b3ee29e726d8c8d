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

_SHAPERS: Final = frozenset("\u00ad\u034f\u200c\u200d") | frozenset(map(chr, (*range(0x180B, 0x1810), *range(0xFE00, 0xFE10))))
_FILLERS: Final = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_MARKS: Final = {"Mn", "Me"}
_SHAPED: Final = {"Mn", "Mc", "Me"}
_RIGHT_TO_LEFT: Final = {"R", "AL", "AN"}
_COMPLEX: Final = frozenset(f"NotoSans{script}" for script in _SCRIPTS)
_MOST_MARKS: Final = 3
_NO_BASE: Final = "\u25cc"


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
    """Return the lines of a text, with nothing in them that the paper could not show or a reader be misled by.

    What has no glyph, or is invisible and changes what is read (controls, direction marks, zero-width characters), is
    printed as ``<U+202E>``. What only shapes its neighbours is left out. Of a pile of combining marks three are printed, and how
    many more there are.
    """
    return ["".join(_shown(line)) for line in text.splitlines()] or [""]


def _shown(line: str) -> Iterator[str]:
    marks, before = 0, " "
    for character in line:
        if character in _SHAPERS:
            continue
        kind = category(character)
        if kind in _MARKS and character not in _FILLERS:
            marks += 1
            if before == " ":
                yield _NO_BASE
            if marks <= _MOST_MARKS:
                yield _glyph(character, kind)
            before = character
            continue
        if marks > _MOST_MARKS:
            yield f"<and {marks - _MOST_MARKS} more marks>"
        marks = 0
        yield _glyph(character, kind)
        before = " " if kind == "Zs" or character == "\t" else character
    if marks > _MOST_MARKS:
        yield f"<and {marks - _MOST_MARKS} more marks>"


def _glyph(character: str, kind: str) -> str:
    if character == "\t":
        return "    "
    if kind == "Zs":
        return " "
    if kind[0] == "C" or kind in {"Zl", "Zp"} or character in _FILLERS or font_of(character) is None:
        return f"<U+{ord(character):04X}>"
    return character
