"""Entries as they stand, read from a record and its projection in one row."""

from typing import Final

from commlog_tui.ledger.record import decode_public
from commlog_tui.records.entry_fields import EntryFields, decode_fields, decode_personal, first_fields
from commlog_tui.records.entry_state import entry_row
from commlog_tui.records.rows import EntryRow
from commlog_tui.store.sqlite.keys import Row

ENTRY_COLUMNS: Final = "record.pk, record.public, personal.data, entry.status, entry.corrected"
ENTRY_SIZE: Final = "length(record.public) + ifnull(length(personal.data), 0) + ifnull(length(entry.corrected), 0)"
ENTRY_JOIN: Final = "entry JOIN record ON record.pk = entry.pk LEFT JOIN personal ON personal.pk = entry.pk"


def read_entry(row: Row) -> EntryRow:
    """Return the entry of a row of ``ENTRY_COLUMNS``, with its corrections."""
    _, raw, data, status, corrected = row
    public = decode_public(raw)
    fields: EntryFields | None = None
    if corrected is not None:
        fields = decode_fields(corrected)
    elif data is not None:
        fields = first_fields(public, decode_personal(data))
    return entry_row(public, fields, str(status), corrected=corrected is not None)
