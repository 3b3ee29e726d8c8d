"""Entries as they stand, made of what a store keeps of them."""

from commlog_tui.ledger.record import PublicPart, decode_public
from commlog_tui.records.entry_fields import Personal, decode_fields, decode_personal
from commlog_tui.records.entry_state import entry_row
from commlog_tui.records.rows import EntryRow


def current_entry(raw: bytes, personal: bytes | None, status: str, corrected: bytes | None) -> EntryRow:
    """Return an entry: its public and personal parts as recorded, and its fields after corrections, if any."""
    part = None if personal is None or corrected is not None else decode_personal(personal)
    return entry_of(decode_public(raw), part, status, corrected)


def entry_of(public: PublicPart, personal: Personal | None, status: str, corrected: bytes | None) -> EntryRow:
    """Return an entry, given its parts decoded; the personal one is of no use where there are corrections."""
    fields = personal if corrected is None else decode_fields(corrected)
    return entry_row(public, fields, status, corrected=corrected is not None)
