"""Time zones as people type them: in any case, and by the part that they know."""

from collections.abc import Callable
from typing import Final
from zoneinfo import available_timezones

_MOST: Final = 6


def find_zones(typed: str) -> list[str]:
    """Return the zones that a text matches: ``europe/london``, ``london``, ``york``; else none."""
    wanted = "_".join(typed.split()).casefold()
    if not wanted:
        return []
    ways: tuple[Callable[[str], bool], ...] = (
        lambda zone: zone == wanted,
        lambda zone: wanted in zone.split("/"),
        lambda zone: wanted in zone,
    )
    zones = sorted(available_timezones())
    for fits in ways:
        if found := [zone for zone in zones if fits(zone.casefold())]:
            return found
    return []


def zone_named(typed: str) -> str:
    """Return the zone that a text matches, or the text itself, which the caller rejects.

    Raises:
        ValueError: several zones have that part; the sentence lists some.
    """
    found = find_zones(typed)
    if len(found) > 1:
        listed = ", ".join(found[:_MOST]) + (", …" if len(found) > _MOST else "")
        raise ValueError(f"Which of these: {listed}?")
    return found[0] if found else typed
