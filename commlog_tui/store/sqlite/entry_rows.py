"""Entries as they stand, read from a record and its projection in one row."""

from typing import Final

from commlog_tui.records.personal_codec import entry_part
from commlog_tui.records.rows import EntryRow
from commlog_tui.store.entry_rows import entry_of
from commlog_tui.store.sqlite.facets import ENTRY_STATUS
from commlog_tui.store.sqlite.keys import Row
from commlog_tui.store.sqlite.record_rows import PUBLIC_COLUMNS, part_of

ENTRY_COLUMNS: Final = f"{PUBLIC_COLUMNS}, personal.data, {ENTRY_STATUS}, entry.corrected"
ENTRY_SIZE: Final = """
length(record.id) + ifnull(length(record.commitment), 0) + ifnull(length(record.rest), 0)
+ ifnull(length(personal.data), 0) + ifnull(length(entry.corrected), 0)
"""
"""What ``answer_size.size_of`` adds up in a row of these columns."""
ENTRY_JOIN: Final = "entry JOIN record ON record.pk = entry.pk LEFT JOIN personal ON personal.pk = entry.pk"


def read_entry(row: Row) -> EntryRow:
    """Return the entry of a row of ``ENTRY_COLUMNS``, with its corrections."""
    *columns, data, status, corrected = row
    personal = None if data is None or corrected is not None else entry_part(data)
    return entry_of(part_of(columns), personal, str(status), corrected)
