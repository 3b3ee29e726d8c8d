"""Columns of the table as people choose them: which, in which order, how wide."""

from collections.abc import Iterable, Sequence
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from commlog_tui.text.hygiene import safe
from commlog_tui.text.rows import COLUMNS, Column, cells, date_cell

if TYPE_CHECKING:
    from commlog_tui.contract.entry import Entry

MORE: Final = (
    Column("Kind", 8, 1, 6, whole=12),
    Column("Source", 8, 0, 7),
    Column("Actor", 8, 1, 8, whole=16),
    Column("Recorded", 12, 0, 9, whole=16),
)
"""Columns that are shown only where they are chosen."""
ALL: Final = (*COLUMNS, *MORE)
FIXED: Final = frozenset({"Date", "Title"})
"""Columns that are always shown: rows are in order of time, and the title has the marks of a row."""
NARROWEST: Final = 4
WIDEST: Final = 80
_BY_KEY: Final = {column.name.lower(): column for column in ALL}
_NAMES: Final = frozenset(column.name for column in MORE)


def parsed(texts: Iterable[str]) -> tuple[tuple[Column, int], ...]:
    """Return columns with their widths, 0 for one of their own, from texts such as ``to:24``.

    What this version does not know is left out, and what is always shown is added.
    """
    found: dict[str, tuple[Column, int]] = {}
    for text in texts:
        key, _, width = text.strip().lower().partition(":")
        column = _BY_KEY.get(key)
        if column is not None:
            size = int(width) if width.isascii() and width.isdigit() and len(width) < 4 else 0  # noqa: PLR2004 - digits
            found.setdefault(column.name, (column, size and max(NARROWEST, min(size, WIDEST))))
    if not found:
        return ()
    missing = [(column, 0) for column in ALL if column.name in FIXED - found.keys()]
    return (*missing, *found.values())


def as_texts(chosen: Iterable[tuple[Column, int]]) -> tuple[str, ...]:
    """Return columns as they are saved."""
    return tuple(f"{column.name.lower()}:{width}" if width else column.name.lower() for column, width in chosen)


USUAL: Final = as_texts((column, 0) for column in COLUMNS)
"""The usual columns, where others are the default."""


def columns_of(texts: Iterable[str]) -> Sequence[Column]:
    """Return the columns to lay out; the usual ones for no texts.

    Where there is no room for all that were chosen, the last ones are left out.
    """
    found = []
    for at, (column, width) in enumerate(parsed(texts), 1):
        one = column._replace(gives_way=0 if column.name in FIXED else at)
        found.append(one._replace(least=width, whole=width, share=0) if width else one)
    return tuple(found) or COLUMNS


def names_of(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the names of the columns that texts stand for, in order."""
    return tuple(column.name for column in columns_of(texts))


def chosen_cells(entry: "Entry", zone: ZoneInfo, names: Sequence[str]) -> dict[str, str]:
    """Return the cells of an entry in columns of these names, in order."""
    parts = cells(entry, zone)
    add_cells(parts, entry, ((column, 0) for column in ALL if column.name in names), zone)
    return {name: parts[name] for name in names}


def add_cells(
    parts: dict[str, str],
    entry: "Entry",
    columns: Iterable[tuple[Column, int]],
    zone: tzinfo,
    *,
    show_utc: bool = False,
    year: int | None = None,
) -> None:
    """Add the cells of the columns that are not usual."""
    for name in _NAMES & {column.name for column, _ in columns}:
        if name == "Kind":
            parts[name] = safe(entry.kind or "")
        elif name == "Source":
            parts[name] = safe(entry.source.value)
        elif name == "Actor":
            parts[name] = safe(entry.actor)
        else:
            parts[name] = date_cell(entry.recorded_at, UTC if show_utc else zone, year)
