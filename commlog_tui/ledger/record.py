"""The public part of a record, kept for ever as canonical JSON."""

from typing import Final

import msgspec


class PublicPart(msgspec.Struct, gc=False):
    """Fields of all kinds of record. Times are microseconds since 1970, UTC."""

    id: str
    kind: str
    location: str
    seq: int
    actor: str
    recorded_at: int
    personal: str
    """Commitment to the personal part, lower-case hex."""
    entry: str | None = None
    """Id of the entry that the record is about, for the kinds of 0.1.0."""
    about: str | None = None
    """Id of the root that the record is about, for later kinds."""
    via: str = ""
    source: str = ""
    direction: str = ""
    sent_at: int = 0
    event: str = ""
    at: int = 0

    @property
    def root(self) -> str | None:
        """Id of the root that the record is about; None for a root."""
        return self.entry or self.about


decode_public: Final = msgspec.json.Decoder(PublicPart).decode
