"""Complete entries that were saved offline: fill in the location and convert the local time.

An entry is saved before any request is made. If the token's location is not known yet, the item's
``location`` is empty; if its time zone is not known, ``sent_at`` has no offset and means the
location's local time.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from commlog_tui.contract.base import format_instant

if TYPE_CHECKING:
    from commlog_tui.contract.location import Me


class IncompleteError(Exception):
    """An item cannot be completed; the message says what is missing."""


def local_time(content: dict[str, Any]) -> datetime | None:
    """Return the local time of an item saved without a zone; None if it has an offset."""
    try:
        moment = datetime.fromisoformat(content["sent_at"])
    except (KeyError, TypeError, ValueError):
        return None
    return moment if moment.tzinfo is None else None


def completed(location: str, content: dict[str, Any], me: "Me", named: str = "") -> dict[str, Any]:
    """Return an item's ``location`` and ``content`` with the missing values filled in.

    ``named`` is a location that was named since.

    Raises:
        IncompleteError: the token sees several locations or not this one, or the local time was
            skipped by daylight saving.
    """
    locations = {one.id: one for one in me.locations}
    wanted = location or named or (next(iter(locations)) if len(locations) == 1 else "")
    if not wanted:
        known = ", ".join(sorted(locations)) or "none"
        raise IncompleteError(
            f"No location was named, and the token sees several or none: {known}. Send it with --location."
        )
    if (moment := local_time(content)) is not None:
        if wanted not in locations:
            raise IncompleteError("The token sees no such location, so the time of this entry is not known.")
        content = content | {"sent_at": format_instant(instant_of(moment, ZoneInfo(locations[wanted].zone)))}
    return {"location": wanted, "content": content}


def instant_of(moment: datetime, zone: ZoneInfo) -> datetime:
    """Convert a local time to an instant; of an ambiguous time, the first.

    Raises ``IncompleteError`` for a time that was skipped by daylight saving.
    """
    instant = moment.replace(tzinfo=zone).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) != moment:
        raise IncompleteError("The clocks were put forward over the time of this entry; give one that they showed.")
    return instant
