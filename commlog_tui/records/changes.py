"""Changes of a new record to projections and personal data, which every store applies in order."""

from collections.abc import Sequence

from msgspec import Struct

from commlog_tui.records.entry_fields import EntryFields


class EntryAdded(Struct, frozen=True, gc=False):
    """Show a new entry, without fields if it was redacted before it was shown (rebuild)."""

    root: int
    """Seq of the entry."""
    via: str
    source: str
    sent_at: int
    fields: EntryFields | None
    message_kind: str | None = None
    starts_at: int | None = None


class EntryChanged(Struct, frozen=True, gc=False):
    """Show an entry's fields after a correction."""

    root: int
    before: EntryFields
    now: EntryFields


class EntryRedacted(Struct, frozen=True, gc=False):
    """Show nothing of an entry but its position, instant and channel."""

    root: int
    via: str
    sent_at: int
    history: Sequence[EntryFields]
    """The fields that the entry has had, oldest first."""


class StatusRaised(Struct, frozen=True, gc=False):
    """Set an entry's status if the event ranks above those known."""

    root: int
    status: str
    rank: int
    at: int
    """When the event happened."""


class PersonalRemoved(Struct, frozen=True, gc=False):
    """Delete a thread's personal parts, except of kinds that survive a redaction."""

    root: int
    before: int


class MessageNamed(Struct, frozen=True, gc=False):
    """Find a root by the provider's message that it is about, see ``identity.message_key``."""

    root: int
    key: str


class EventUnmatched(Struct, frozen=True, gc=False):
    """List an event that came before its entry."""

    root: int
    """Seq of the event, which is a root of its own."""


class EventUnlisted(Struct, frozen=True, gc=False):
    """No longer list an event, because an entry has it now or it is redacted."""

    event_id: str


class WebhookReported(Struct, frozen=True, gc=False):
    """Note when a provider's webhook has reported something."""

    reporter: str
    """Name that the service gave the webhook as an actor."""
    at: int


class RunChanged(Struct, frozen=True, gc=False):
    """Show a workflow run as its reports add up."""

    root: int
    status: str
    reference: str | None
    code: str | None


class ResolutionAdded(Struct, frozen=True, gc=False):
    """List a resolution."""

    seq: int
    root: int | None
    """Seq of the entry that it is about; None where it is about an expected message."""
    reference: str | None = None
    code: str | None = None
    expected: str | None = None


class ResolutionRedacted(Struct, frozen=True, gc=False):
    """No longer find a resolution by its booking."""

    seq: int


class TaskChanged(Struct, frozen=True, gc=False):
    """List a task as its changes left it."""

    root: int
    due_at: int
    is_done: bool
    recorded_at: int
    entry: str | None = None
    """Id of the entry that it is about."""
    reference: str | None = None
    code: str | None = None
    customer: str | None = None


class TaskRemoved(Struct, frozen=True, gc=False):
    """No longer list a task that is redacted."""

    root: int


class HandoverSigned(Struct, frozen=True, gc=False):
    """List a handover."""

    root: int
    recorded_at: int


class CustomerNoted(Struct, frozen=True, gc=False):
    """Find a record by the customers, or by the address, that it is about."""

    root: int
    kind: str
    state: str
    recorded_at: int
    customer: str | None = None
    other: str | None = None
    """Another customer that it is about."""
    to: str | None = None
    fields: EntryFields | None = None
    """What the directory learns of it."""


class CustomerNoteRemoved(Struct, frozen=True, gc=False):
    """No longer find a record about a customer, which is redacted."""

    root: int
    fields: EntryFields | None = None
    """What the directory had learned of it."""


class ResendAdded(Struct, frozen=True, gc=False):
    """List a message that is sent again; what it sends again needs no further attention."""

    record: int
    """Seq of the resend; the new entry is recorded directly after it."""
    root: int
    """Seq of the entry that is sent again."""
    route: str
    recorded_at: int

    @property
    def entry(self) -> int:
        """Seq of the new entry."""
        return self.record + 1


class ResendStepped(Struct, frozen=True, gc=False):
    """Note how far a message is on its way out."""

    entry: int
    step: str
    attempt: int
    at: int


class ResendRemoved(Struct, frozen=True, gc=False):
    """Send a message no more, and list it no more: it is redacted."""

    entry: int


Change = (
    EntryAdded
    | EntryChanged
    | EntryRedacted
    | StatusRaised
    | PersonalRemoved
    | MessageNamed
    | EventUnmatched
    | EventUnlisted
    | WebhookReported
    | RunChanged
    | ResolutionAdded
    | ResolutionRedacted
    | TaskChanged
    | TaskRemoved
    | HandoverSigned
    | CustomerNoted
    | CustomerNoteRemoved
    | ResendAdded
    | ResendStepped
    | ResendRemoved
)
