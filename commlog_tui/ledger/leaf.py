"""Leaf hashes, and salted commitments to personal data."""

import hmac
from hashlib import sha256
from typing import Final

SALT_SIZE: Final = 32
_LEAF_PREFIX: Final = b"\x00"
_INNER, _OUTER = (bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))
_INNER_REST, _OUTER_REST = (bytes([pad]) * (64 - SALT_SIZE) for pad in (0x36, 0x5C))
"""The two keys of HMAC (RFC 2104) and what fills them up to the block of SHA-256."""


def commitment(salt: bytes, personal: bytes) -> bytes:
    """Return the commitment to personal data: its HMAC-SHA-256 under a random salt.

    Once salt and data are deleted, the commitment reveals nothing, not even to guessing.
    """
    if len(salt) != SALT_SIZE:
        return hmac.digest(salt, personal, "sha256")
    inner = sha256(salt.translate(_INNER) + _INNER_REST + personal).digest()  # hmac.digest takes twice as long
    return sha256(salt.translate(_OUTER) + _OUTER_REST + inner).digest()


def leaf_hash(record: bytes) -> bytes:
    """Return the leaf hash of a record's canonical bytes (RFC 9162, section 2.1.1)."""
    return sha256(_LEAF_PREFIX + record).digest()


def may_be_missing(kind: str, seq: int, redacted_at: int) -> bool:
    """Return whether a record's personal part may be missing.

    ``redacted_at`` is the position at which its entry was redacted, or 0. A redaction removes what
    was recorded about its entry before it; its own reason and later records stay.
    """
    return kind != "redaction" and 0 < seq < redacted_at
