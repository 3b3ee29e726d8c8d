"""A location as the store sees it while it works: its number, its zone, its region."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self
from zoneinfo import ZoneInfo

import apsw

from commlog_tui.records.instants import instant
from commlog_tui.store.errors import UnknownLocationError
from commlog_tui.store.regions import region_of_zone
from commlog_tui.store.rows import LocationRow


@dataclass(frozen=True, slots=True)
class Place:
    """One location's fixed facts."""

    no: int
    id: str
    name: str
    zone: ZoneInfo
    region: str | None

    @classmethod
    def find(cls, connection: apsw.Connection, location: str) -> Self:
        """Return the location with this id. Raises ``UnknownLocationError``."""
        row = connection.execute("SELECT no, name, zone, region FROM location WHERE id = ?", (location,)).fetchone()
        if row is None:
            raise UnknownLocationError("There is no such location.")
        no, name, zone, region = row
        return cls(int(no or 0), location, str(name), ZoneInfo(str(zone)), region or region_of_zone(str(zone)))

    def day_of(self, microseconds: int) -> int:
        """Return the ordinal of the local day in which an instant falls."""
        return instant(microseconds).astimezone(self.zone).toordinal()

    def starts_day(self, moment: datetime) -> bool:
        """Whether an instant is the first of a local day."""
        local = moment.astimezone(self.zone)
        first = datetime(local.year, local.month, local.day, tzinfo=self.zone)
        return first.astimezone(moment.tzinfo) == moment

    def row(self) -> LocationRow:
        """Return the location as answered."""
        return LocationRow(id=self.id, name=self.name, zone=self.zone.key)
