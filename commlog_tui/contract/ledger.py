"""Models of the ledger: checkpoints, proofs, and records with everything that is hashed.

Hashes are lower-case hex. Trees, leaves and paths are those of RFC 9162, section 2.1, in which the
record with seq 1 is leaf 0.
"""

from typing import Annotated, Self

from pydantic import Field, model_validator

from commlog_tui.contract.base import RequestModel, ResponseModel

MOST_RECORDS = 1000
MOST_SEQ = (1 << 53) - 1
"""The largest integer that every reader of JSON has exact (RFC 8259, section 6)."""

Size = Annotated[int, Field(ge=0, le=MOST_SEQ)]


class ProofRequest(RequestModel):
    """Asks for an inclusion proof in a tree of a given size."""

    size: Annotated[int, Field(ge=1, le=MOST_SEQ)] | None = None
    """The number of records in the tree; all records by default."""


class ConsistencyRequest(RequestModel):
    """Asks for the proof that one tree extends another."""

    old: Annotated[Size, Field(alias="from")]
    new: Annotated[Size | None, Field(alias="to")] = None
    """All records by default."""

    @model_validator(mode="after")
    def _order(self) -> Self:
        if self.new is not None and self.old > self.new:
            raise ValueError("from must not be larger than to")
        return self


class RecordsRequest(RequestModel):
    """Asks for the records after a position."""

    after: Size = 0
    limit: Annotated[int, Field(ge=1, le=MOST_RECORDS)] = MOST_RECORDS


class SignedCheckpoint(ResponseModel):
    """Size and root hash of the tree, signed by the log."""

    location: str
    size: int
    root_hash: str
    note: str
    """The checkpoint as a signed note (c2sp.org/tlog-checkpoint, c2sp.org/signed-note)."""
    key: str
    """The public signing key, as ``name+hash+key``."""
    introductions: tuple[str, ...]
    """Notes of key rotations, oldest first: each earlier key introduces the next. A new key that
    none of them introduces is not the log's."""


class Record(ResponseModel):
    """A record with everything that is hashed."""

    seq: int
    record: str
    """The text whose UTF-8 bytes are hashed. Its field ``personal`` commits to the personal
    data."""
    salt: str | None
    """Key of the HMAC-SHA-256 that commits to the personal data; null after a redaction."""
    personal: str | None


class Records(ResponseModel):
    """Records ordered by seq."""

    records: tuple[Record, ...]


class InclusionProof(ResponseModel):
    """Proof that a record is part of the tree."""

    location: str
    size: int
    root_hash: str
    leaf_hash: str
    path: tuple[str, ...]
    record: Record


class ConsistencyProof(ResponseModel):
    """Proof that one tree extends another."""

    location: str
    old_size: int
    new_size: int
    old_root_hash: str
    new_root_hash: str
    path: tuple[str, ...]
