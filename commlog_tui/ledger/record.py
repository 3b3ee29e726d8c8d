"""The part of a record that is kept for ever, as it is written in canonical JSON."""

from typing import Final

import msgspec


class Public(msgspec.Struct):
    """What a record says of itself; ``personal`` commits to the rest. Times are microseconds since 1970, UTC."""

    id: str
    kind: str
    location: str
    seq: int
    actor: str
    recorded_at: int
    personal: str
    entry: str | None = None
    """The entry that it is about; None where it is one itself."""
    via: str = ""
    source: str = ""
    direction: str = ""
    sent_at: int = 0
    event: str = ""
    at: int = 0


decode_public: Final = msgspec.json.Decoder(Public).decode
