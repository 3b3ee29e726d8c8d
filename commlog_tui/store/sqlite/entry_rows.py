"""Entries as they stand, read from a record and its projection in one row."""

from typing import Final

from commlog_tui.records.rows import EntryRow
from commlog_tui.store.entry_rows import current_entry
from commlog_tui.store.sqlite.keys import Row

ENTRY_COLUMNS: Final = "record.pk, record.public, personal.data, entry.status, entry.corrected"
ENTRY_SIZE: Final = "length(record.public) + ifnull(length(personal.data), 0) + ifnull(length(entry.corrected), 0)"
ENTRY_JOIN: Final = "entry JOIN record ON record.pk = entry.pk LEFT JOIN personal ON personal.pk = entry.pk"


def read_entry(row: Row) -> EntryRow:
    """Return the entry of a row of ``ENTRY_COLUMNS``, with its corrections."""
    _, raw, data, status, corrected = row
    return current_entry(raw, data, str(status), corrected)
