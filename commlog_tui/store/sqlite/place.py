"""A location found in a log file."""

from dataclasses import dataclass
from typing import Self
from zoneinfo import ZoneInfo

import apsw

from commlog_tui.contract.regions import region_of_zone
from commlog_tui.store.errors import UnknownLocationError
from commlog_tui.store.location import Location


@dataclass(frozen=True, slots=True)
class Place(Location):
    """One location of a log file."""

    @classmethod
    def find(cls, connection: apsw.Connection, location: str) -> Self:
        """Return the location with this id. Raises ``UnknownLocationError``."""
        row = connection.execute("SELECT no, name, zone, region FROM location WHERE id = ?", (location,)).fetchone()
        if row is None:
            raise UnknownLocationError("There is no such location.")
        no, name, zone, region = row
        return cls(int(no or 0), location, str(name), ZoneInfo(str(zone)), region or region_of_zone(str(zone)))
