"""What every store can do. One behaviour suite in the tests holds each implementation to it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from commlog_tui.contract.booking import BookingQuery
from commlog_tui.contract.entry import NewRedaction
from commlog_tui.contract.location import NewLocation, Role
from commlog_tui.contract.query import CustomerQuery, IdQuery, PageRequest
from commlog_tui.records.decide import Appended
from commlog_tui.records.errors import LogError
from commlog_tui.records.kind import Item
from commlog_tui.records.rows import DetailRow
from commlog_tui.store.delivery_protocol import Delivery
from commlog_tui.store.parts import StoreParts
from commlog_tui.store.rows import (
    BookingRow,
    ConsistencyRow,
    FeedRow,
    InclusionRow,
    LocationDetailRow,
    LocationRow,
    MatchesRow,
    MatchingIdsRow,
    PageRow,
    PersonRow,
    RecordRow,
)


@dataclass(slots=True)
class Rebuilt:
    """What became of the projections that were made again."""

    records: int = 0
    unreadable: list[tuple[str, int]] = field(default_factory=list)
    """Location and position of records that could be counted and hashed, but not shown."""


@dataclass(frozen=True, slots=True)
class DueEntry:
    """An entry that has outlived the retention of its location."""

    id: str
    via: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Due:
    """Entries of a location past its retention: sent before an instant, oldest first."""

    location: str
    months: int
    before: datetime
    entries: tuple[DueEntry, ...]


@dataclass(frozen=True, slots=True)
class RetentionRun:
    """What became of keeping the retention."""

    redacted: int
    believed: datetime
    """The time it went by."""
    is_held_back: bool
    """Whether the clock says that more is due than the records vouch for."""


@dataclass(frozen=True, slots=True)
class TokenRecord:
    """An access token as stored: never the secret, only its SHA-256."""

    id: str
    name: str
    role: Role
    locations: tuple[str, ...] | None
    """None stands for every location, those to come included."""
    created_at: datetime
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TreeHead:
    """Size and root of a location's tree: what a checkpoint signs."""

    log: str
    """The log's name, which no other log has."""
    location: str
    size: int
    root: bytes


class Log(Protocol):
    """What is recorded, and how it is read: entries, pages, the feed, the directory."""

    async def append(self, location: str, actor: str, items: Sequence[Item]) -> list[Appended | LogError]:
        """Record the items in this order, and return once they are durable.

        Each item is answered for itself: a refused one (``KeyReusedError``, ``UnknownEntryError``,
        ``NotManualError``, ``NotAutomatedError``, ``RedactedError``) neither stops nor undoes the
        others. An id that is there with the same content is answered with its first receipt. Where
        a record of the other source class, manual or automated, has the id already, the new one
        gets an id apart (``contract.identity.namespaced_id``), and so for every repeat.

        Raises:
            StoreFullError: no room; none of the items was recorded.
        """
        ...

    async def redact_customer(
        self, location: str, actor: str, key: str, customer_id: str, redaction: NewRedaction
    ) -> int:
        """Redact all entries about a customer and return how many that were.

        Those that name the customer or have ever done so, and those that name nobody but went to an
        address or number that is known for this customer alone. Said again, it finds no more.
        """
        ...

    async def redact_due(self, now: datetime, *, trust_clock: bool = False) -> RetentionRun:
        """Redact every entry that has outlived the retention of its location.

        The clock that says ``now`` is believed only as far as the records vouch for it, unless
        somebody else vouches.

        Raises:
            ClockError: the clock stepped; nothing was redacted.
        """
        ...

    async def find_due(self, now: datetime, *, trust_clock: bool = False) -> tuple[RetentionRun, Sequence[Due]]:
        """Return what ``redact_due`` would do, and of what. Raises ``ClockError``."""
        ...

    async def page(self, location: str, request: PageRequest) -> PageRow:
        """Return one page of what the query asks for, newest first by (sent_at, seq).

        Raises:
            CursorError: the cursor is not one that this query of this location gave.
        """
        ...

    async def detail(self, location: str, entry_id: str) -> DetailRow:
        """Return all that is known of an entry. Raises ``UnknownEntryError``."""
        ...

    async def booking(self, location: str, query: BookingQuery) -> BookingRow:
        """Return a booking's entries, runs and resolutions: at most 200 each, empty for an unknown one."""
        ...

    async def matching_ids(self, location: str, query: IdQuery) -> MatchingIdsRow:
        """Return the ids of entries that begin with a prefix, in their order."""
        ...

    async def feed(self, location: str, after: int, limit: int) -> Sequence[FeedRow]:
        """Return records behind ``after``, by seq; fewer than the limit where they are large."""
        ...

    async def wait(self, location: str, after: int, seconds: float) -> bool:
        """Wait for a seq beyond ``after``, by any process. False on a timeout."""
        ...

    async def customers(self, location: str, query: CustomerQuery) -> MatchesRow:
        """Return the customers whose name, address or number has this part."""
        ...

    async def customer(self, location: str, customer_id: str) -> PersonRow:
        """Return one customer. Raises ``UnknownCustomerError``."""
        ...


class Accounts(Protocol):
    """What an owner sets up: locations and tokens."""

    async def create_location(self, location: NewLocation) -> None:
        """Set up a location. Raises ``LocationExistsError``."""
        ...

    async def locations(self) -> Sequence[LocationRow]:
        """Return every location, by name."""
        ...

    async def location(self, location: str) -> LocationDetailRow:
        """Return a location with its channels and position."""
        ...

    async def retention(self, location: str) -> int | None:
        """Return for how many months a location keeps personal data; None stands for ever."""
        ...

    async def set_retention(self, location: str, months: int | None) -> None:
        """Let a location keep personal data for so many months, or for ever."""
        ...

    async def create_token(self, token: TokenRecord, digest: bytes) -> None:
        """Keep a token under the SHA-256 of its secret."""
        ...

    async def tokens(self) -> Sequence[TokenRecord]:
        """Return every token, oldest first."""
        ...

    async def token(self, digest: bytes) -> TokenRecord | None:
        """Return the token whose secret has this SHA-256, revoked or not."""
        ...

    async def revoke_token(self, token_id: str) -> bool:
        """Revoke a token for good; false when there is none with this id."""
        ...


class Evidence(Protocol):
    """Evidence of the log: sizes, roots and proofs. Signing is in ``store.signing``."""

    async def log_name(self) -> str:
        """Return the name under which the log's key signs."""
        ...

    async def head(self, location: str) -> TreeHead:
        """Return size and root of the location's tree."""
        ...

    async def proof(self, location: str, seq: int, size: int | None = None) -> InclusionRow:
        """Return the proof that a record is in the tree of that size, by default of all.

        Raises ``UnknownRecordError``.
        """
        ...

    async def consistency(self, location: str, old: int, new: int | None = None) -> ConsistencyRow:
        """Return the proof that the tree of size ``new``, or all, begins with that of ``old``.

        Raises ``UnknownRecordError`` for a size that the log has not had, or if ``old`` is the larger one.
        """
        ...

    async def records(self, location: str, after: int, limit: int) -> Sequence[RecordRow]:
        """Return records behind position ``after`` with their hashed content, in order of seq."""
        ...


class Upkeep(Protocol):
    """What keeps the database in order."""

    backup: Path | None
    """Backup of the log from before the migration that opening it has made."""

    async def scrub(self) -> None:
        """Overwrite redacted data in the database's unused space, as soon as it is idle."""
        ...

    async def is_scrubbed(self) -> bool | None:
        """Whether all redacted data is overwritten in the database's unused space.

        None where that is up to the database's own upkeep, of which nothing is known here.

        Until then it is retried.
        """
        ...

    async def check_writable(self) -> None:
        """Make a durable write that leaves no record.

        Raises ``StoreFullError`` or ``StoreUnavailableError``.
        """
        ...

    async def rebuild(self, progress: Callable[[int, int], None] = ...) -> Rebuilt:
        """Rebuild all projections at once; readers see the old ones until it is done."""
        ...

    async def close(self) -> None:
        """Finish what is being written and let go of the database."""
        ...


class Store(Log, Delivery, Accounts, Evidence, Upkeep, StoreParts, Protocol):
    """An append-only log of many locations.

    Every method raises ``UnknownLocationError`` for a location that is not there, and
    ``StoreUnavailableError`` when the database cannot be used; nothing is changed by a call that
    raises.
    """
