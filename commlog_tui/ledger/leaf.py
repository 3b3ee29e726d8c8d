"""Leaves of the Merkle tree: a record's public part, bound to its personal part without revealing it."""

import hmac
from hashlib import sha256
from typing import Final

SALT_SIZE: Final = 32
_LEAF_PREFIX: Final = b"\x00"


def commitment(salt: bytes, personal: bytes) -> bytes:
    """Return the 32 bytes that commit to personal data: HMAC-SHA-256 of its canonical bytes under a random salt.

    Once salt and data are deleted, nothing can be told from it, not even by guessing the data.
    """
    return hmac.digest(salt, personal, "sha256")


def leaf_hash(record: bytes) -> bytes:
    """Return the leaf hash of a record's canonical bytes (RFC 9162, section 2.1.1)."""
    return sha256(_LEAF_PREFIX + record).digest()


def may_be_missing(kind: str, seq: int, redacted_at: int) -> bool:
    """Whether the personal part of a record may be missing, whose entry was redacted at a position, or never (0).

    A redaction removes what was recorded of its entry before it. Its own reason stays, and so does whatever came later.
    """
    return kind != "redaction" and 0 < seq < redacted_at
