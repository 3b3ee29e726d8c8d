"""A line of which some cells stand out."""

from collections.abc import Iterable
from typing import Final

from rich.style import Style
from textual.strip import Strip

_MATCHED: Final = Style(bold=True, underline=True)


def marked(strip: Strip, spans: Iterable[tuple[int, int]]) -> Strip:
    """Return a row with what matched a search in bold and underlined."""
    parts, at = [], 0
    for begin, end in spans:
        parts += [strip.crop(at, begin), strip.crop(begin, end).apply_style(_MATCHED)]
        at = end
    return Strip.join([*parts, strip.crop(at, strip.cell_length)])
