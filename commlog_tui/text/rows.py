"""An entry as one row of the table."""

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

from commlog_tui.text.hygiene import fit, safe
from commlog_tui.text.matches import marks, remark, with_remark
from commlog_tui.text.moments import MONTHS
from commlog_tui.text.widths import is_unsure

if TYPE_CHECKING:
    from commlog_tui.contract.entry import Entry

_GLYPHS: Final = {
    "delivered": "✓",
    "bounced": "✗",
    "failed": "✗",
    "rejected": "✗",
    "complained": "!",
    "deferred": "…",
    "sent": "→",
    **dict.fromkeys(("logged", "scheduled", "queued", "canceled", "skipped"), "·"),
}
_NEWER_GLYPH: Final = "?"
"""The mark of a status that this version does not know."""
SELECTED: Final = "■"
"""Stands before the title of a row that is selected."""
TROUBLE: Final = frozenset({"bounced", "failed", "rejected", "complained"})

Kind = Literal["text", "trouble", "manual"]
"""What a row stands out as; its status or source says so in words, too."""


class Column(NamedTuple):
    """A column: name, minimum width, share of spare width, and the order in which it is dropped.

    Order 0 is never dropped. Spare width goes first to columns below their ``whole``.
    """

    name: str
    least: int
    share: int
    gives_way: int = 0
    whole: int = 0


COLUMNS: Final = (
    Column("Date", 12, 0, whole=16),
    Column("Via", 8, 0, 2, whole=9),
    Column("To", 12, 3, 3, whole=14),
    Column("Title", 15, 5, whole=24),
    Column("Customer", 10, 3, 4, whole=14),
    Column("Status", 11, 0),
    Column("Ref", 8, 0, 5),
)


_SHORTEST_TITLE: Final = 5
"""Cells of a title where even date and status leave it no more."""


def widths(width: int, columns: Sequence[Column] = COLUMNS, *, shrink: bool = False) -> list[tuple[Column, int]]:
    """Return the columns that fit a width, with their widths. One cell separates two."""
    shown = list(columns)
    while (left := width - sum(column.least for column in shown) - len(shown) + 1) < 0:
        first = max(shown, key=lambda column: column.gives_way)
        if not first.gives_way:
            break
        shown.remove(first)
    wide = {column.name: column.least for column in shown}
    if left < 0:
        wide["Title"] = max(wide["Title"] + left, _SHORTEST_TITLE)
    while shrink and sum(wide.values()) + len(shown) - 1 > max(width, len(shown) * 2):
        wide[max(wide, key=lambda name: wide[name])] -= 1  # widths that were chosen on a wider screen
    for column in sorted(shown, key=lambda column: column.name != "Title"):
        more = min(max(left, 0), max(column.whole - column.least, 0))
        wide[column.name] += more
        left -= more
    shares = sum(column.share for column in shown)
    return [(column, wide[column.name] + max(left, 0) * column.share // max(shares, 1)) for column in shown]


def column_at(columns: Sequence[tuple[Column, int]], x: int) -> str | None:
    """Return the name of the column that a cell of a row belongs to; None beyond the last."""
    end = 0
    for column, width in columns:
        end += width + 1
        if x < end:
            return column.name
    return None


def cells(entry: "Entry", zone: ZoneInfo, *, show_utc: bool = False, year: int | None = None) -> dict[str, str]:
    """Return the cell texts of an entry. With ``year``, dates omit that year."""
    customer = entry.customer
    mark = ("✎ " if entry.corrected else "") + ("← " if entry.direction.value == "inbound" else "")
    mark += "↻ " if entry.resend_of else ""
    return {
        "Date": date_cell(entry.sent_at, UTC if show_utc else zone, year),
        "Via": safe(entry.via),
        "To": safe(entry.to),
        "Title": mark + safe(entry.title),
        "Customer": safe(customer.name or customer.id) if customer else "",
        "Status": f"{_GLYPHS.get(entry.status.value, _NEWER_GLYPH)} {safe(entry.status.value)}",
        "Ref": safe(entry.code or (entry.reference or "")[:8]),
    }


def marked_row(entry: "Entry", parts: dict[str, str], columns: Sequence[tuple[Column, int]]) -> list[tuple[int, int]]:
    """Return the cells of a row to mark, as they matched a search.

    Where no cell shows why the row is there, its title gets a remark that does.
    """
    if not entry.matched:
        return []
    sizes = {column.name: width for column, width in columns}
    parts["Title"] = with_remark(parts["Title"], remark(entry, parts, sizes), sizes["Title"])
    found, at = marks(entry, parts, sizes), 0
    spans = []
    for column, width in columns:
        spans += [(at + begin, at + end) for begin, end in found.get(column.name, ())]
        at += width + 1
    return sorted(spans)


def kind_of(entry: "Entry") -> Kind:
    """Return what an entry stands out as."""
    if entry.status.value in TROUBLE:
        return "trouble"
    return "manual" if entry.source.value == "manual" else "text"


def date_cell(sent_at: datetime, zone: tzinfo, year: int | None) -> str:
    """Return a time as a cell; with ``year``, in the short form that omits that year."""
    moment = sent_at.astimezone(zone)
    if year is None:
        # Of a time that clocks show twice, its zone says which it is; there is no room for the year
        # beside it.
        is_twice = moment.utcoffset() != moment.replace(fold=not moment.fold).utcoffset()
        return f"{moment:%m-%d %H:%M %Z}" if is_twice else f"{moment:%Y-%m-%d %H:%M}"
    return f"{moment.day:2} {MONTHS[moment.month - 1]} {f'{moment:%H:%M}' if moment.year == year else moment.year}"


def is_short(columns: list[tuple[Column, int]]) -> bool:
    """Whether dates must take their short form in these columns."""
    return any(column.name == "Date" and width < column.whole for column, width in columns)


def pieces(parts: dict[str, str], columns: list[tuple[Column, int]]) -> list[str]:
    """Return a row in pieces of exact width, each ending where terminals may disagree."""
    last = len(columns) - 1
    found = [""]
    for number, (column, width) in enumerate(columns):
        text = fit(parts[column.name], width) + (" " if number < last else "")
        if is_unsure(text):
            found += [text, ""]
        else:
            found[-1] += text
    return [piece for piece in found if piece]


def header(columns: list[tuple[Column, int]], *, newest_first: bool = False) -> str:
    """Return the row of names; an arrow says that rows are in order of time, the newest first."""
    arrow = " ▾" if newest_first else ""
    return " ".join(fit(f"Date{arrow}" if column.name == "Date" else column.name, width) for column, width in columns)
