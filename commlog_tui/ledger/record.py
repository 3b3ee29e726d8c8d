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
    message_kind: str | None = None
    starts_at: int | None = None
    audience: str | None = None
    message_key: str | None = None
    """Key by which records about a provider's message find each other, of entries and of events
    that came before their entry."""
    reason: str | None = None
    channel: str | None = None
    matches: str = ""
    """Id of the event that a match joins to its entry."""
    reporter: str = ""
    reported_at: int = 0
    """Actor and time of acceptance of that event."""
    status: str = ""
    expected: str | None = None
    due_at: int = 0
    since: int = 0
    until: int = 0
    resend_of: str | None = None
    """Id of the entry that an entry sends again."""
    route: str = ""
    attempt: int = 0
    step: str | None = None
    """How a message is sent again; which attempt of it an event is about, and what that came to."""
    person: str | None = None
    """Name that was given at the desk; the actor has it in brackets behind the token's name."""

    @property
    def root(self) -> str | None:
        """Id of the root that the record is about; None for a root."""
        return self.entry or self.about


decode_public: Final = msgspec.json.Decoder(PublicPart).decode
