"""The country of a time zone, in which numbers without a country are read."""

from functools import cache
from importlib.resources import files


@cache
def region_of_zone(zone: str) -> str | None:
    """Return the ISO 3166 country of a zone by IANA's ``zone.tab``, if it has only one."""
    table = files("tzdata").joinpath("zoneinfo/zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return next((row[0] for row in rows if row[2] == zone), None)
