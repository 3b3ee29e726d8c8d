"""How a key becomes an entry's id, and how a delivery event gets one without being given it."""

from hashlib import sha256
from typing import Final
from uuid import UUID

from commlog_tui.contract.base import format_instant, is_uuid
from commlog_tui.contract.delivery import NewEvent

_RESERVED: Final = "c0b0a7e5-"
"""How ids begin that no key stands for by itself."""


def id_of_key(key: str) -> str:
    """Return the id that an idempotency key stands for: a UUID is taken as it is, other text is hashed.

    The hash is the first 128 bits of SHA-256, marked as a UUID of version 8 (RFC 9562, section 5.8).
    """
    return key.lower() if is_uuid(key) else _hashed("key", key)


def namespaced_id(key_id: str, *, manual: bool) -> str:
    """Return the id of a record whose key's own id a record of the other source class has taken.

    A record is known by location, source class (manual or automated) and key: whoever may write manual entries must not be able
    to keep out an automated one by using its key first.
    """
    return _RESERVED + _hashed("manual" if manual else "automated", key_id)[len(_RESERVED) :]


def is_reserved(key_id: str) -> bool:
    """Whether an id is of the form that only ``namespaced_id`` gives; a key of this form does not get it as its id."""
    return key_id.startswith(_RESERVED)


def ids_of_key(key: str) -> frozenset[str]:
    """Return every id that the record of a key can have."""
    own = id_of_key(key)
    return frozenset({own, namespaced_id(own, manual=True), namespaced_id(own, manual=False)})


def id_of_event(entry_id: str, event: NewEvent) -> str:
    """Return the id of an event that came without a key, so that a report repeated is a report known."""
    return _hashed("event", entry_id, event.kind, format_instant(event.at), event.to or "")


def id_of_redaction(key: str, entry_id: str) -> str:
    """Return the id of the redaction of one entry among those that one wish stands for."""
    return _hashed("redaction", key, entry_id)


def _hashed(*parts: str) -> str:
    digest = bytearray(sha256("\x00".join(parts).encode()).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x80
    digest[8] = digest[8] & 0x3F | 0x80
    return str(UUID(bytes=bytes(digest)))
