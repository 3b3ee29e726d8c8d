"""The usual channels, the direction of entries by hand on them, and the statuses that mean a message did not arrive."""

from typing import Final

CHANNELS: Final = {"p": "phone", "i": "in-person", "e": "email", "s": "sms", "w": "whatsapp"}
"""The channels that have a letter in the entry form. A log may have others."""
DIALED: Final = frozenset({"sms", "phone", "whatsapp"})
"""Channels that reach a number."""
DID_NOT_ARRIVE: Final = ("failed", "bounced", "rejected", "complained", "canceled", "skipped")
"""The statuses of messages that the guest does not have, or did not want.

One filter with a name.
"""
_SPOKEN: Final = frozenset({"phone", "in-person"})


def default_direction(via: str) -> str:
    """Return the direction of an entry by hand that states none: guests ring and come in.

    The rest is written to them.
    """
    return "inbound" if via in _SPOKEN else "outbound"
