"""Entries as they stand, made of what a store keeps of them."""

from commlog_tui.ledger.record import decode_public
from commlog_tui.records.entry_fields import EntryFields, decode_fields, decode_personal, first_fields
from commlog_tui.records.entry_state import entry_row
from commlog_tui.records.rows import EntryRow


def current_entry(raw: bytes, personal: bytes | None, status: str, corrected: bytes | None) -> EntryRow:
    """Return an entry: its public and personal parts as recorded, and its fields after corrections, if any."""
    public = decode_public(raw)
    fields: EntryFields | None = None
    if corrected is not None:
        fields = decode_fields(corrected)
    elif personal is not None:
        fields = first_fields(public, decode_personal(personal))
    return entry_row(public, fields, status, corrected=corrected is not None)
