"""Entries as they stand, read from a record and its projection in one row."""

from collections.abc import Sequence
from typing import Any, Final

from commlog_tui.records.personal_codec import entry_part
from commlog_tui.records.rows import EntryRow
from commlog_tui.store.entry_rows import entry_of
from commlog_tui.store.postgresql.record_rows import PUBLIC_NAMES, RECORD_COLUMNS, part_of

_FACET: Final = "(SELECT {} FROM facet WHERE facet.location = {entry}.location AND facet.no = {entry}.facet)"


def of_facet(column: str, entry: str = "entry") -> str:
    """Return the expression for what an entry's number of a facet stands for: via, source, status, message_kind."""
    return _FACET.format(column, entry=entry)


ENTRY_COLUMNS: Final = f"{RECORD_COLUMNS}, {of_facet('status')} AS status, entry.corrected"
ENTRY_NAMES: Final = (*PUBLIC_NAMES, "personal", "status", "corrected")
ENTRY_SIZE: Final = """
coalesce(octet_length(record.rest), 0) + coalesce(octet_length(record.personal), 0)
+ coalesce(octet_length(entry.corrected), 0)
"""
"""Bytes of an entry's columns that can be large."""
LARGE_NAMES: Final = frozenset({"rest", "personal", "corrected"})
RECORD_JOIN: Final = "JOIN record ON record.location = entry.location AND record.seq = entry.seq"
"""What belongs to each row of ``entry``."""


def read_entry(row: Sequence[Any], location: str) -> EntryRow:
    """Return the entry of a row of ``ENTRY_COLUMNS``, with its corrections."""
    *columns, data, status, corrected = row
    personal = None if data is None or corrected is not None else entry_part(data)
    return entry_of(part_of(columns, location), personal, str(status), corrected)
