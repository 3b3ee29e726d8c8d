"""Entries as they stand, read from a record and its projection in one row."""

from typing import Any, Final

from commlog_tui.records.rows import EntryRow
from commlog_tui.store.entry_rows import current_entry

ENTRY_COLUMNS: Final = "record.public, personal.data, entry.status, entry.corrected"
ENTRY_SIZE: Final = """
octet_length(record.public) + coalesce(octet_length(personal.data), 0) + coalesce(octet_length(entry.corrected), 0)
"""
"""Bytes of an entry's records, which are not read for it."""
RECORD_JOIN: Final = """
JOIN record ON record.location = entry.location AND record.seq = entry.seq
LEFT JOIN personal ON personal.location = entry.location AND personal.seq = entry.seq
"""
"""What belongs to each row of ``entry``."""


def read_entry(row: tuple[Any, ...]) -> EntryRow:
    """Return the entry of a row of ``ENTRY_COLUMNS``, with its corrections."""
    public, data, status, corrected = row
    return current_entry(public, data, str(status), corrected)
