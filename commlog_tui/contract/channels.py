"""Usual channels, the direction of manual entries on them, and statuses of failure."""

from typing import Final

CHANNELS: Final = {"p": "phone", "i": "in-person", "e": "email", "s": "sms", "w": "whatsapp"}
"""The channels that have a letter in the entry form. A log may have others."""
DIALED: Final = frozenset({"sms", "phone", "whatsapp"})
"""Channels that reach a number."""
DID_NOT_ARRIVE: Final = ("failed", "bounced", "rejected", "complained", "canceled", "skipped")
"""Statuses that mean failure or a complaint, offered as one filter."""
ON_ITS_WAY: Final = ("sent", "deferred", "queued", "scheduled")
"""Statuses of messages of which nothing final is reported yet, offered as one filter."""
_SPOKEN: Final = frozenset({"phone", "in-person"})


def default_direction(via: str) -> str:
    """Return a manual entry's default direction: inbound for calls and visits, else outbound."""
    return "inbound" if via in _SPOKEN else "outbound"
