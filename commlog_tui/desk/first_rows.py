"""Newest rows as text, prefetched by another process and shown before the desk connects."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

from commlog_tui.text.rows import Kind, cells, kind_of

if TYPE_CHECKING:
    from commlog_tui.contract.page import Page


@dataclass(frozen=True)
class PreviewRow:
    """A row of the table, whose date may be shown in its short form."""

    cells: dict[str, str]
    short_date: str
    kind: Kind

    def parts(self, *, short: bool) -> dict[str, str]:
        """Return what each column says."""
        return self.cells | {"Date": self.short_date} if short else self.cells


class FirstRows(Protocol):
    """Prefetches the newest rows while the desk is being loaded."""

    def rows(self) -> tuple[PreviewRow, ...]:
        """Wait for the rows and return them; empty if there are none. Runs in a thread."""
        ...

    def close(self) -> None:
        """Stop prefetching."""
        ...


def rows_as_json(page: "Page", zone: ZoneInfo) -> list[dict[str, object]]:
    """Return a page's rows as values of JSON."""
    year = datetime.now(zone).year
    return [
        asdict(PreviewRow(cells(entry, zone), cells(entry, zone, year=year)["Date"], kind_of(entry)))
        for entry in page.entries
    ]
