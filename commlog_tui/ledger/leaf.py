"""Leaf hashes, and salted commitments to personal data."""

import hmac
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Final

SALT_SIZE: Final = 32
_LEAF_PREFIX: Final = b"\x00"
_INNER, _OUTER = (bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))
_BLOCK: Final = 64
_FILL: Final = bytes(_BLOCK - SALT_SIZE)
"""What fills a salt up to the block of SHA-256, of which HMAC (RFC 2104) makes two keys."""


def commitment(salt: bytes, personal: bytes) -> bytes:
    """Return the commitment to personal data: its HMAC-SHA-256 under a random salt.

    Once salt and data are deleted, the commitment reveals nothing, not even to guessing.
    """
    if len(salt) != SALT_SIZE:
        return hmac.digest(salt, personal, "sha256")
    block = salt + _FILL
    inner = sha256(block.translate(_INNER) + personal).digest()  # hmac.digest takes twice as long
    return sha256(block.translate(_OUTER) + inner).digest()


def commitments(salts: Sequence[bytes], parts: Iterable[bytes]) -> list[bytes]:
    """Return the commitments to many personal parts, each under its own salt, as ``commitment`` does."""
    if set(map(len, salts)) != {SALT_SIZE}:
        return [commitment(salt, part) for salt, part in zip(salts, parts, strict=True)]
    blocks = _FILL.join((*salts, b""))
    inner, outer = blocks.translate(_INNER), blocks.translate(_OUTER)
    return [
        sha256(outer[at : at + _BLOCK] + sha256(inner[at : at + _BLOCK] + part).digest()).digest()
        for at, part in zip(range(0, len(blocks), _BLOCK), parts, strict=True)
    ]


def leaf_hash(record: bytes) -> bytes:
    """Return the leaf hash of a record's canonical bytes (RFC 9162, section 2.1.1)."""
    return sha256(_LEAF_PREFIX + record).digest()


def leaf_hashes(records: Iterable[bytes]) -> list[bytes]:
    """Return the leaf hashes of many records, as ``leaf_hash`` does."""
    return [sha256(_LEAF_PREFIX + record).digest() for record in records]


def may_be_missing(kind: str, seq: int, redacted_at: int) -> bool:
    """Return whether a record's personal part may be missing.

    ``redacted_at`` is the position at which its entry was redacted, or 0. A redaction removes what
    was recorded about its entry before it; its own reason and later records stay.
    """
    return kind != "redaction" and 0 < seq < redacted_at
