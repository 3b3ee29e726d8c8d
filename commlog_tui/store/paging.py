"""Pages as they are answered, made of the rows that a walk found."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from msgspec.structs import replace as replace_fields

from commlog_tui.records.instants import instant
from commlog_tui.records.rows import EntryRow
from commlog_tui.store.cursor import Cursor, CursorCodec, Direction
from commlog_tui.store.rows import PageRow, TotalRow

Position = tuple[int, int]
"""When an entry was sent, in microseconds, and its seq: where it lies on pages."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a walk found: a page of positions, newest first, and what is known of its neighbours."""

    positions: Sequence[Position]
    first: int
    """Number of the first row among all that match, from 1; 0 where it is not known."""
    newer: bool
    older: bool
    rising: bool = False
    """Whether the walk began at the oldest of them."""

    def shown(self, count: int) -> "Found":
        """Return as many as fit into the answer, from where the walk began."""
        left_out = len(self.positions) - count
        if not left_out:
            return self
        if not self.rising:
            return replace(self, positions=self.positions[:count], older=True)
        first = self.first + left_out if self.first else 0
        return replace(self, positions=self.positions[left_out:], newer=True, first=first)


def page_row(found: Found, entries: Sequence[EntryRow], total: TotalRow, limit: int, cursors: CursorCodec) -> PageRow:
    """Return the page of these entries, the ones of what was found that fit into an answer."""
    found = found.shown(len(entries))
    rows, first = found.positions, found.first

    def cursor(direction: Direction, at: Position, position: int) -> str:
        return cursors.write(Cursor(direction, *at, position))

    return PageRow(
        entries=tuple(entries),
        first=first if rows else 0,
        total=total,
        newer=cursor("newer", rows[0], max(first - limit, 1) if first else 0) if found.newer and rows else None,
        older=cursor("older", rows[-1], first + len(rows) if first else 0) if found.older else None,
        oldest=cursor("oldest", (0, 0), 0) if found.older else None,
    )


def limited_page(page: PageRow, looked_to: Position, following: int, cursors: CursorCodec, *, rising: bool) -> PageRow:
    """Return a page whose search was stopped by its time limit, with cursors to go on from there.

    ``following`` is the number of the row behind the page, 0 where it is not known.
    """
    if rising:
        return replace_fields(page, newer=cursors.write(Cursor("newer", *looked_to, 0)))
    return replace_fields(
        page,
        older=cursors.write(Cursor("older", *looked_to, following)),
        oldest=cursors.write(Cursor("oldest", 0, 0, 0)),
        searched_back_to=instant(looked_to[0]),
    )
