"""Derive record ids from idempotency keys, and ids of delivery events from their content."""

from hashlib import sha256
from typing import Final

from commlog_tui.contract.base import format_instant, is_uuid
from commlog_tui.contract.delivery import NewEvent
from commlog_tui.contract.run import NewRun

_VARIANTS: Final = "89ab"
"""First digits of the fourth part of a UUID (RFC 9562, section 4.1)."""
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
    return _reserved(_hashed("manual" if manual else "automated", key_id))


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


def message_key(provider: str, message_id: str) -> str:
    """Return the key by which entries and events of a provider's message are found.

    It is part of the public record, so that events that arrive after a redaction are still
    recognized and recorded without personal data.
    """
    return sha256(f"message\x00{provider}\x00{message_id}".encode()).hexdigest()[:32]


def task_key(entry_id: str) -> str:
    """Return the key by which tasks about an entry are found."""
    return sha256(f"task\x00{entry_id}".encode()).hexdigest()[:32]


def id_of_opt_out(entry_id: str) -> str:
    """Return the id of the preference that an inbound text states, from the id of its key."""
    return _hashed("opt-out", entry_id)


def message_event_id(provider: str, message_id: str, event: NewEvent) -> str:
    """Return the id of an event about a provider's message, the same for every way it arrives."""
    return event_id_by_message(message_key(provider, message_id), event)


def event_id_by_message(key: str, event: NewEvent) -> str:
    """Return the id of an event about the message with a key, see ``message_key``.

    The provider's identity of the event decides. Without one it is kind, instant and recipient,
    whose letter case and spaces do not count.
    """
    if event.event_id is not None:
        return _hashed("message-event-id", key, event.event_id)
    to = "".join((event.to or "").split()).casefold()
    return _hashed("message-event", key, event.kind, format_instant(event.at), to)


def id_of_match(entry_id: str, event_id: str) -> str:
    """Return the id of the record that joins an event to an entry. No key maps to it."""
    return _reserved(_hashed("match", entry_id, event_id))


def id_of_joined_redaction(redaction_id: str, event_id: str) -> str:
    """Return the id of the redaction of an event or task that goes with an entry. No key maps to it."""
    return _reserved(_hashed("redaction", redaction_id, event_id))


def key_of_resent(resend_id: str) -> str:
    """Return the key of the entry that a resend makes. No other key maps to its id."""
    return _reserved(_hashed("resent", resend_id))


def id_of_resent(resend_id: str, *, manual: bool) -> str:
    """Return the id of the entry that a resend makes: a manual one where somebody has sent it by hand."""
    return namespaced_id(key_of_resent(resend_id), manual=manual)


def id_of_attempt(entry_id: str, attempt: int, part: str) -> str:
    """Return the id of what is reported of an attempt to send an entry: one each for a part of it."""
    return _hashed("attempt", entry_id, str(attempt), part)


def id_of_run(execution: str) -> str:
    """Return the id of a workflow run, from the workflow system's own identity of it."""
    return _hashed("run", execution)


def id_of_run_status(run: NewRun) -> str:
    """Return the id of a later report about a run, the same for a repeated report."""
    return _hashed("run-status", run.execution, run.status, format_instant(run.at))


def id_of_redaction(key: str, entry_id: str) -> str:
    """Return the id of one entry's redaction among those made by one request."""
    return _hashed("redaction", key, entry_id)


def _reserved(record_id: str) -> str:
    return _RESERVED + record_id[len(_RESERVED) :]


def _hashed(*parts: str) -> str:
    digits = sha256("\x00".join(parts).encode()).hexdigest()
    variant = _VARIANTS[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-8{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:32]}"
