"""What makes the log evidence, as it is told: checkpoints, proofs, and the records with all that is hashed of them.

Hashes are lower-case hex; trees, leaves and paths are those of RFC 9162, section 2.1, in which the record with seq 1 is leaf 0.
"""

from typing import Annotated, Self

from pydantic import Field, model_validator

from commlog_tui.contract.base import RequestModel, ResponseModel

MOST_RECORDS = 1000
MOST_SEQ = (1 << 40) - 1

Size = Annotated[int, Field(ge=0, le=MOST_SEQ)]


class ProofRequest(RequestModel):
    """Which tree a record is to be shown in."""

    size: Annotated[int, Field(ge=1, le=MOST_SEQ)] | None = None
    """The tree of that many records; by default all."""


class ConsistencyRequest(RequestModel):
    """Which two trees are to be compared."""

    old: Annotated[Size, Field(alias="from")]
    new: Annotated[Size | None, Field(alias="to")] = None
    """By default all records."""

    @model_validator(mode="after")
    def _order(self) -> Self:
        if self.new is not None and self.old > self.new:
            raise ValueError("from must not be larger than to")
        return self


class RecordsRequest(RequestModel):
    """Which records: those behind a position."""

    after: Size = 0
    limit: Annotated[int, Field(ge=1, le=MOST_RECORDS)] = MOST_RECORDS


class SignedCheckpoint(ResponseModel):
    """The tree's size and root, signed by the log."""

    location: str
    size: int
    root_hash: str
    note: str
    """The checkpoint as a signed note (c2sp.org/tlog-checkpoint, c2sp.org/signed-note)."""
    key: str
    """The public key that signed, as ``name+hash+key``."""
    introductions: tuple[str, ...]
    """Notes by which each earlier key introduced the next, oldest first: a new key that none of them names is a stranger's."""


class Record(ResponseModel):
    """A record with all that is hashed of it."""

    seq: int
    record: str
    """The text whose UTF-8 bytes the leaf is the hash of; its field ``personal`` commits to the personal data."""
    salt: str | None
    """Key of the HMAC-SHA-256 that commits to the personal data; null where a redaction has removed both."""
    personal: str | None


class Records(ResponseModel):
    """Records in order of their position."""

    records: tuple[Record, ...]


class InclusionProof(ResponseModel):
    """That a record is part of the tree."""

    location: str
    size: int
    root_hash: str
    leaf_hash: str
    path: tuple[str, ...]
    record: Record


class ConsistencyProof(ResponseModel):
    """That one tree begins with another."""

    location: str
    old_size: int
    new_size: int
    old_root_hash: str
    new_root_hash: str
    path: tuple[str, ...]
