"""Derive record ids from idempotency keys, and ids of delivery events from their content."""

from hashlib import sha256
from typing import Final
from uuid import UUID

from commlog_tui.contract.base import format_instant, is_uuid
from commlog_tui.contract.delivery import NewEvent

_RESERVED: Final = "c0b0a7e5-"
"""Prefix of ids that no key maps to directly."""


def id_of_key(key: str) -> str:
    """Return the id for an idempotency key: a UUID as it is, a hash of any other text.

    The hash is the first 128 bits of SHA-256, marked as a UUID of version 8 (RFC 9562, section
    5.8).
    """
    return key.lower() if is_uuid(key) else _hashed("key", key)


def namespaced_id(key_id: str, *, manual: bool) -> str:
    """Return the fallback id for a key whose own id belongs to a record of the other source class.

    A record is identified by location, source class (manual or automated) and key, so that a client
    that may write manual entries cannot block an automated one by using its key first.
    """
    return _RESERVED + _hashed("manual" if manual else "automated", key_id)[len(_RESERVED) :]


def is_reserved(key_id: str) -> bool:
    """Return whether an id has the form that only ``namespaced_id`` returns.

    A key of this form does not get it as its id.
    """
    return key_id.startswith(_RESERVED)


def ids_of_key(key: str) -> frozenset[str]:
    """Return every id that the record of a key can have."""
    own = id_of_key(key)
    return frozenset({own, namespaced_id(own, manual=True), namespaced_id(own, manual=False)})


def id_of_event(entry_id: str, event: NewEvent) -> str:
    """Return the id of an event without a key, the same for a repeated report."""
    return _hashed("event", entry_id, event.kind, format_instant(event.at), event.to or "")


def id_of_redaction(key: str, entry_id: str) -> str:
    """Return the id of one entry's redaction among those made by one request."""
    return _hashed("redaction", key, entry_id)


def _hashed(*parts: str) -> str:
    digest = bytearray(sha256("\x00".join(parts).encode()).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x80
    digest[8] = digest[8] & 0x3F | 0x80
    return str(UUID(bytes=bytes(digest)))
