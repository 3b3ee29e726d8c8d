"""The forms in which records lie in the file, and how they become the store's rows."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec

from commlog_tui.contract.delivery import NewEvent
from commlog_tui.contract.entry import NewCorrection, NewEntry, NewRedaction
from commlog_tui.ledger.record import Public, decode_public
from commlog_tui.store.rows import CorrectionRow, CustomerRow, EntryRow, EventRow, ReceiptRow, RedactionRow
from commlog_tui.store.sqlite.schema import SEQ_BITS

Row = tuple[Any, ...]
"""A row as SQLite gives it; its types are the schema's."""

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_SEQ_MASK: Final = (1 << SEQ_BITS) - 1


def micros(instant: datetime) -> int:
    """Return an instant as microseconds since 1970, UTC."""
    return (instant - EPOCH) // _MICROSECOND


def instant(microseconds: int) -> datetime:
    """Return the instant of microseconds since 1970, UTC."""
    return EPOCH + timedelta(microseconds=microseconds)


def key_of(location: int, seq: int) -> int:
    """Return the key of a location's record."""
    return location << SEQ_BITS | seq


def seq_of(pk: int) -> int:
    """Return the position a key stands for."""
    return pk & _SEQ_MASK


def range_of(location: int) -> tuple[int, int]:
    """Return the first and the last key a location can have."""
    return key_of(location, 0), key_of(location, _SEQ_MASK)


class Personal(msgspec.Struct, kw_only=True):
    """The part of an entry that a redaction removes."""

    to: str
    title: str
    body: str | None = None
    code: str | None = None
    reference: str | None = None
    customer: CustomerRow | None = None


class Current(Personal, kw_only=True):
    """An entry's fields after its corrections."""

    via: str
    direction: str
    sent_at: int


_REDACTED: Final = Personal(to="", title="Redacted")

decode_personal: Final = msgspec.json.Decoder(Personal).decode
decode_current: Final = msgspec.json.Decoder(Current).decode


def personal_of_entry(entry: NewEntry) -> dict[str, Any]:
    """Return the personal part of an entry."""
    return {
        "to": entry.to,
        "title": entry.title,
        "body": entry.body,
        "code": entry.code,
        "reference": entry.reference,
        "customer": None
        if entry.customer is None
        else {
            "id": entry.customer.id,
            "name": entry.customer.name,
            "addresses": list(entry.customer.addresses),
            "numbers": list(entry.customer.numbers),
        },
    }


def public_of_entry(entry: NewEntry) -> dict[str, Any]:
    """Return what the sender says in the public part of an entry."""
    return {
        "via": entry.via,
        "source": entry.source.value,
        "direction": entry.direction.value,
        "sent_at": micros(entry.sent_at),
    }


def public_of_event(event: NewEvent) -> dict[str, Any]:
    """Return what the sender says in the public part of a delivery event."""
    return {"event": event.kind.value, "at": micros(event.at)}


def personal_of_event(event: NewEvent) -> dict[str, Any]:
    """Return the personal part of a delivery event."""
    return {"detail": event.detail, "to": event.to}


def personal_of_correction(correction: NewCorrection) -> dict[str, Any]:
    """Return the personal part of a correction: all of it."""
    changes = correction.changes.model_dump(mode="json", include=correction.changes.model_fields_set)
    return {"changes": changes, "reason": correction.reason}


def personal_of_redaction(redaction: NewRedaction) -> dict[str, Any]:
    """Return the personal part of a redaction, the one that stays."""
    return {"reason": redaction.reason}


NO_EVENT_DETAIL: Final[dict[str, Any]] = {"detail": None, "to": None}
"""What the personal part of a delivery event is when its entry has been redacted."""

ENTRY_COLUMNS: Final = "record.pk, record.public, personal.data, entry.status, entry.corrected"
ENTRY_JOIN: Final = "entry JOIN record ON record.pk = entry.pk LEFT JOIN personal ON personal.pk = entry.pk"


def entry_row(row: Row, *, original: bool = False) -> EntryRow:
    """Return the entry of a row of ``ENTRY_COLUMNS``; the one first recorded, if that is asked for."""
    _, public_bytes, data, status, corrected = row
    public = decode_public(public_bytes)
    personal = _REDACTED if data is None else decode_personal(data)
    via, direction, sent_at = public.via, public.direction, public.sent_at
    if corrected is not None and not original:
        current = decode_current(corrected)
        personal, via, direction, sent_at = current, current.via, current.direction, current.sent_at
    return EntryRow(
        id=public.id,
        location=public.location,
        seq=public.seq,
        via=via,
        to=personal.to,
        title=personal.title,
        reference=personal.reference,
        code=personal.code,
        customer=personal.customer,
        source=public.source,
        actor=public.actor,
        direction=direction,
        body=personal.body,
        sent_at=instant(sent_at),
        recorded_at=instant(public.recorded_at),
        status=str(status),
        corrected=corrected is not None and not original,
        redacted=data is None,
    )


def event_row(public: Public, data: bytes | None) -> EventRow:
    """Return a delivery event from what there is of its record."""
    personal = NO_EVENT_DETAIL if data is None else msgspec.json.decode(data)
    return EventRow(
        id=public.id,
        seq=public.seq,
        kind=public.event,
        at=instant(public.at),
        detail=personal["detail"],
        to=personal["to"],
        actor=public.actor,
        recorded_at=instant(public.recorded_at),
    )


def correction_row(public: Public, data: bytes) -> CorrectionRow:
    """Return a correction from the two parts of its record."""
    personal = msgspec.json.decode(data)
    return CorrectionRow(
        id=public.id,
        seq=public.seq,
        changes=personal["changes"],
        reason=personal["reason"],
        actor=public.actor,
        recorded_at=instant(public.recorded_at),
    )


def redaction_row(public: Public, data: bytes) -> RedactionRow:
    """Return a redaction from the two parts of its record."""
    return RedactionRow(
        id=public.id,
        seq=public.seq,
        reason=msgspec.json.decode(data)["reason"],
        actor=public.actor,
        recorded_at=instant(public.recorded_at),
    )


def receipt_row(public: Public, leaf: bytes) -> ReceiptRow:
    """Return the receipt of a record."""
    return ReceiptRow(
        id=public.id,
        location=public.location,
        seq=public.seq,
        leaf_hash=leaf.hex(),
        recorded_at=instant(public.recorded_at),
    )


def id_bytes(text: str) -> bytes:
    """Return a UUID as it lies in the file."""
    return bytes.fromhex(text.replace("-", ""))
