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
