"""Completing what was saved without an answer: the location that an entry is for, and the instant of a local time.

An entry is saved before anybody is asked. Where this machine does not know yet which location a token is for, the item's
``location`` is empty; where it does not know the location's time zone, ``sent_at`` has no offset and means the location's clock.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from commlog_tui.contract.base import format_instant

if TYPE_CHECKING:
    from commlog_tui.contract.location import Me


class IncompleteError(Exception):
    """The item cannot be completed; the sentence says what is missing."""


def local_time(content: dict[str, Any]) -> datetime | None:
    """Return the time on the location's clock that an entry was given without its zone; None for one with an offset."""
    try:
        moment = datetime.fromisoformat(content["sent_at"])
    except (KeyError, TypeError, ValueError):
        return None
    return moment if moment.tzinfo is None else None


def completed(location: str, content: dict[str, Any], me: "Me", named: str = "") -> dict[str, Any]:
    """Return an item's ``location`` and ``content`` with what was missing; ``named`` is a location that was named since.

    Raises:
        IncompleteError: the token sees several locations or not this one, or the location's clock skipped that time.
    """
    locations = {one.id: one for one in me.locations}
    wanted = location or named or (next(iter(locations)) if len(locations) == 1 else "")
    if not wanted:
        known = ", ".join(sorted(locations)) or "none"
        raise IncompleteError(f"No location was named, and the token sees several or none: {known}. Send it with --location.")
    if (moment := local_time(content)) is not None:
        if wanted not in locations:
            raise IncompleteError("The token sees no such location, so the time of this entry is not known.")
        content = content | {"sent_at": format_instant(instant_of(moment, ZoneInfo(locations[wanted].zone)))}
    return {"location": wanted, "content": content}


def instant_of(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant of a time on a zone's clock, the first of two. Raises ``IncompleteError`` for one that was skipped."""
    instant = moment.replace(tzinfo=zone).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) != moment:
        raise IncompleteError("The clocks were put forward over the time of this entry; give one that they showed.")
    return instant
