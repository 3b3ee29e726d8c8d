"""The fields of an entry: as first recorded, and after each correction."""

from typing import Any, Final

import msgspec

from commlog_tui.contract.entry import EntryChanges
from commlog_tui.ledger.canonical import canonical
from commlog_tui.ledger.record import PublicPart
from commlog_tui.records.instants import micros
from commlog_tui.records.record import Record, Thread
from commlog_tui.records.rows import AttachmentRow, CustomerRow, MessageRow


class Personal(msgspec.Struct, kw_only=True, gc=False):
    """The part of an entry that a redaction removes."""

    to: str
    title: str
    body: str | None = None
    code: str | None = None
    reference: str | None = None
    customer: CustomerRow | None = None
    message: MessageRow | msgspec.UnsetType = msgspec.UNSET
    attachments: tuple[AttachmentRow, ...] | msgspec.UnsetType = msgspec.UNSET
    """Added after 0.1.0: absent from the canonical form where there are none."""


class EntryFields(Personal, kw_only=True, gc=False):
    """All fields of an entry that a correction can change."""

    via: str
    direction: str
    sent_at: int
    """Microseconds since 1970, UTC."""


decode_personal: Final = msgspec.json.Decoder(Personal).decode
decode_fields: Final = msgspec.json.Decoder(EntryFields).decode


def first_fields(public: PublicPart, personal: Personal) -> EntryFields:
    """Return the fields of an entry before any correction."""
    return EntryFields(
        to=personal.to,
        title=personal.title,
        body=personal.body,
        code=personal.code,
        reference=personal.reference,
        customer=personal.customer,
        message=personal.message,
        attachments=personal.attachments,
        via=public.via,
        direction=public.direction,
        sent_at=public.sent_at,
    )


def personal_of(entry: Record) -> Personal | None:
    """Return the personal part of an entry; None after a redaction removed it."""
    if entry.personal is None:
        return None
    return entry.content if isinstance(entry.content, Personal) else decode_personal(entry.personal)


def history(thread: Thread) -> list[tuple[int, EntryFields]]:
    """Return an entry's field versions with their seq, oldest first; None if redacted."""
    root = thread.root
    personal = personal_of(root)
    if personal is None:
        return []
    had = [(root.seq, first_fields(root.public, personal))]
    for record in thread.of_kind("correction"):
        if record.personal is not None:
            had.append((record.seq, corrected(had[-1][1], changes_of(record))))
    return had


def changes_of(correction: Record) -> EntryChanges:
    """Return what a correction changes. Raises ``ValidationError`` if it is unreadable."""
    fields = correction.fields() or {}
    return EntryChanges.model_validate(fields["changes"])


def corrected(fields: EntryFields, changes: EntryChanges) -> EntryFields:
    """Return the fields of an entry with the changes of one more correction."""
    fresh: dict[str, Any] = {name: getattr(changes, name) for name in changes.model_fields_set}
    if "sent_at" in fresh:
        fresh["sent_at"] = micros(fresh["sent_at"])
    if "direction" in fresh:
        fresh["direction"] = fresh["direction"].value
    if customer := fresh.get("customer"):
        fresh["customer"] = CustomerRow(customer.id, customer.name, customer.addresses, customer.numbers)
    return msgspec.structs.replace(fields, **fresh)


def encode_fields(fields: EntryFields) -> bytes:
    """Return fields as canonical JSON, for a projection."""
    return canonical(msgspec.to_builtins(fields))
