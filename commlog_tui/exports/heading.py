"""What an export says of itself: which log, which filters, which time zone, made when."""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from commlog_tui.text.hygiene import safe
from commlog_tui.text.moments import local


@dataclass(frozen=True, slots=True)
class ExportHeading:
    """The facts at the head of an export."""

    location: str
    """Name of the location."""
    filters: str
    """The filters in words."""
    zone: ZoneInfo
    """The zone of the times in it, except where the format always has UTC."""
    made_at: datetime

    @property
    def title(self) -> str:
        """The first line."""
        return f"Communication log of {safe(self.location)}"

    def facts(self, *, in_utc: bool = False) -> tuple[str, ...]:
        """Return the lines below the title."""
        zone = "UTC" if in_utc else self.zone.key
        made = self.made_at.astimezone(UTC) if in_utc else self.made_at
        return (
            f"Filters: {safe(self.filters)}",
            f"Times: {zone}; newest first",
            f"Exported: {f'{made:%Y-%m-%d %H:%M} UTC' if in_utc else local(made, self.zone)}",
        )
