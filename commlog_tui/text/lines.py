"""Lines of the detail, wrapped to a width."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from rich.cells import cell_len

from commlog_tui.text.hygiene import wrap

Kind = Literal["title", "label", "text", "muted"]


class Line(NamedTuple):
    """One line, and what kind of line it is."""

    text: str
    kind: Kind = "text"


def field_lines(label: str, text: str, width: int) -> Iterator[Line]:
    """Yield a label with its text beside it; nothing where there is no text."""
    if not text:
        return
    room = max(width - 8, 8)
    longest = max((size for word in text.split(" ") if (size := cell_len(word)) <= width), default=0)
    if longest > room and label:  # below its label a UUID or an address has room for all of it
        yield Line(label)
        yield from wrapped(text, width, indent=" " * min(2, width - longest))
        return
    first, *rest = wrap(text, room)
    yield Line(f"{label:7} {first}")
    yield from (Line(f"{'':7} {part}") for part in rest)


def wrapped(text: str, width: int, kind: Kind = "text", indent: str = "") -> list[Line]:
    """Return a text in lines of at most so many cells, each with the indent."""
    return [Line(indent + part, kind) for part in wrap(text, max(width - len(indent), 4))]
