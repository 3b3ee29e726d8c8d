"""Records and threads: a root record with the later records about it."""

from typing import Any

import msgspec

from commlog_tui.ledger.record import PublicPart, decode_public
from commlog_tui.records.instants import instant
from commlog_tui.records.rows import ReceiptRow


class Record(msgspec.Struct, frozen=True, gc=False):
    """A record in the log."""

    raw: bytes
    """The public part: the canonical bytes that the leaf is the hash of."""
    public: PublicPart
    """The same, read."""
    personal: bytes | None
    """Canonical JSON; None after a redaction removed it."""
    leaf: bytes
    content: object = None
    """Decoded personal part of a new record, else None."""

    @classmethod
    def read(cls, raw: bytes, personal: bytes | None, leaf: bytes) -> "Record":
        """Read a record. Raises ``msgspec.DecodeError``."""
        return cls(raw, decode_public(raw), personal, leaf)

    @property
    def seq(self) -> int:
        """Position in the location's log, from 1."""
        return self.public.seq

    @property
    def receipt(self) -> ReceiptRow:
        """The receipt given for the record."""
        public = self.public
        return ReceiptRow(public.id, public.location, public.seq, self.leaf.hex(), instant(public.recorded_at))

    def fields(self) -> dict[str, Any] | None:
        """Return the personal part as plain values; None after a redaction removed it."""
        return None if self.personal is None else msgspec.json.decode(self.personal)


class Thread(msgspec.Struct, frozen=True, gc=False):
    """A root record and later records about it, in order of seq."""

    root: Record
    later: tuple[Record, ...] = ()

    @property
    def is_redacted(self) -> bool:
        """Whether a redaction of the root is on record."""
        return self.of_kind("redaction") != ()

    def of_kind(self, kind: str) -> tuple[Record, ...]:
        """Return the later records of a kind."""
        return tuple(record for record in self.later if record.public.kind == kind)

    def with_record(self, record: Record) -> "Thread":
        """Return the thread with one more record at its end."""
        return Thread(self.root, (*self.later, record))

    def before(self, seq: int) -> "Thread":
        """Return the thread as it was when the record at a position was added."""
        if not self.later or self.later[-1].seq < seq:
            return self
        return Thread(self.root, tuple(record for record in self.later if record.seq < seq))
