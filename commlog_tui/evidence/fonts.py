"""The fonts of a sheet of paper, and what is printed of a text from outside with them.

Noto (SIL Open Font License 1.1) for most scripts. Noto Sans CJK (the same licence), for Chinese,
Japanese and Korean, is taken from the system or from the extra ``cjk``, and left out where neither
has it. DejaVu Sans, where the system has it, is the last one asked.
"""

from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Final
from unicodedata import bidirectional, category

from fontTools.ttLib import TTFont

from commlog_tui.text.characters import MOST_MARKS, NO_BASE, Sort, composed, sort_of, sorted_out

MAIN: Final = "NotoSans"
_NOTO: Final = Path(str(files("manimgx_fonts")))
_SYSTEM: Final = Path("/usr/share/fonts")
_CJK_FILE: Final = "NotoSansCJK-Regular.ttc"
_CJK_FOLDERS: Final = (
    _SYSTEM / "opentype" / "noto",  # Debian, Ubuntu
    _SYSTEM / "google-noto-sans-cjk-fonts",  # Fedora
    _SYSTEM / "noto-cjk",  # Arch
)
_DEJAVU: Final = tuple(
    _SYSTEM / folder / "DejaVuSans.ttf" for folder in ("truetype/dejavu", "dejavu-sans-fonts", "TTF")
)
_SCRIPTS: Final = (
    "Hebrew", "Arabic", "Armenian", "Georgian", "Devanagari", "Bengali", "Gurmukhi", "Gujarati", "Oriya", "Tamil",
    "Telugu",
    "Kannada", "Malayalam", "Sinhala", "Thai", "Lao", "Khmer", "Myanmar", "Ethiopic",
)  # fmt: skip


def _optional() -> dict[str, Path]:
    """Return optional fonts, the system's own before those of the extra ``cjk``."""
    extra = find_spec("noto_cjk_sans_otc")
    folders = [*_CJK_FOLDERS, *map(Path, (extra.submodule_search_locations or ()) if extra else ())]
    candidates = {"NotoSansCJK": [folder / _CJK_FILE for folder in folders], "DejaVuSans": _DEJAVU}
    found = {name: next((path for path in paths if path.is_file()), None) for name, paths in candidates.items()}
    return {name: path for name, path in found.items() if path is not None}


FILES: Final = {
    MAIN: _NOTO / "NotoSans[wght].ttf",
    "NotoSansSymbols": _NOTO / "NotoSansSymbols[wght].ttf",
    "NotoEmoji": _NOTO / "NotoEmoji[wght].ttf",
    **{f"NotoSans{script}": _NOTO / f"NotoSans{script}[wght].ttf" for script in _SCRIPTS},
    **_optional(),
}
"""Where each font lies, in the order in which they are asked for a character."""

_VISIBLE: Final = {"plain", "mark", "spacing"}
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
    """Whether a line needs text shaping (joined, stacked or right-to-left letters)."""
    return not line.isascii() and any(
        category(character) in _SHAPED or bidirectional(character) in _RIGHT_TO_LEFT or font_of(character) in _COMPLEX
        for character in line
    )


def missing_glyphs(text: str) -> list[str]:
    """Return the visible characters of a text that no font has, in order of code point."""
    visible = (character for character in set(composed(text)) if sort_of(character) in _VISIBLE)
    return sorted(character for character in visible if font_of(character) is None)


def printable(text: str) -> list[str]:
    """Return the lines of a text, with nothing in them that cannot be printed or misleads a reader.

    What has no glyph, or is invisible and changes what is read (controls, direction marks,
    zero-width characters), is printed as ``<U+202E>``. What only shapes its neighbours is left out.
    Of a pile of marks on one character three of each sort are printed, and how many more there are.
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
