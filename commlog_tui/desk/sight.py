"""The newest rows as text, to be looked at before the desk itself can ask for them."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

from commlog_tui.text.rows import Kind, cells, kind_of

if TYPE_CHECKING:
    from commlog_tui.contract.page import Page


@dataclass(frozen=True)
class SeenRow:
    """A row of the table, whose date may be shown in its short form."""

    cells: dict[str, str]
    short_date: str
    kind: Kind

    def parts(self, *, short: bool) -> dict[str, str]:
        """Return what each column says."""
        return self.cells | {"Date": self.short_date} if short else self.cells


class Lookout(Protocol):
    """Looks at the log while the desk is being loaded."""

    def rows(self) -> tuple[SeenRow, ...]:
        """Return what it saw, once it has looked; nothing, where it could not or need not. Called in a thread."""
        ...

    def close(self) -> None:
        """Look no longer."""
        ...


def told(page: "Page", zone: ZoneInfo) -> list[dict[str, object]]:
    """Return a page's rows in a form that fits JSON."""
    year = datetime.now(zone).year
    return [asdict(SeenRow(cells(entry, zone), cells(entry, zone, year=year)["Date"], kind_of(entry))) for entry in page.entries]
