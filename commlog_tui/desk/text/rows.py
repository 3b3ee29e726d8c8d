"""An entry as one row of the table."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from commlog_tui.desk.text.hygiene import fit, safe
from commlog_tui.desk.text.moments import short_local, utc

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
}
TROUBLE: Final = frozenset({"bounced", "failed", "rejected", "complained"})


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, the fewest cells it is of use with, how it shares what is left, and how soon it gives way (0 never)."""

    name: str
    least: int
    share: int
    gives_way: int = 0


COLUMNS: Final = (
    Column("Date", 16, 0),
    Column("Via", 9, 0, 1),
    Column("To", 12, 3, 3),
    Column("Title", 14, 5),
    Column("Customer", 10, 3, 4),
    Column("Status", 11, 0, 2),
    Column("Ref", 8, 0, 5),
)


def widths(width: int) -> list[tuple[Column, int]]:
    """Return the columns that fit so many cells, and how wide each is; there is one cell between two."""
    shown = list(COLUMNS)
    while (left := width - sum(column.least for column in shown) - len(shown) + 1) < 0:
        first = max(shown, key=lambda column: column.gives_way)
        if not first.gives_way:
            break
        shown.remove(first)
    shares = sum(column.share for column in shown)
    return [(column, column.least + max(left, 0) * column.share // shares) for column in shown]


def cells(entry: "Entry", zone: ZoneInfo, *, show_utc: bool = False) -> dict[str, str]:
    """Return what each column says of an entry."""
    customer = entry.customer
    mark = ("✎ " if entry.corrected else "") + ("← " if entry.direction.value == "inbound" else "")
    return {
        "Date": utc(entry.sent_at)[:16] if show_utc else short_local(entry.sent_at, zone),
        "Via": safe(entry.via),
        "To": safe(entry.to),
        "Title": mark + safe(entry.title),
        "Customer": safe(customer.name or customer.id) if customer else "",
        "Status": f"{_GLYPHS.get(entry.status.value, '·')} {entry.status.value}",
        "Ref": safe(entry.code or (entry.reference or "")[:8]),
    }


def line(parts: dict[str, str], columns: list[tuple[Column, int]]) -> str:
    """Return a row as one text of exact width."""
    return " ".join(fit(parts[column.name], width) for column, width in columns)


def header(columns: list[tuple[Column, int]]) -> str:
    """Return the row of names."""
    return " ".join(fit(column.name, width) for column, width in columns)
