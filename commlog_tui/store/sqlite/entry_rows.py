"""Entries as they stand, read from a record and its projection in one row."""

from collections.abc import Sequence
from typing import Final

import apsw
import msgspec

from commlog_tui.records.entry_view import entry_view
from commlog_tui.records.part_codec import to_part
from commlog_tui.records.personal_codec import entry_part
from commlog_tui.records.public_codec import Columns
from commlog_tui.records.rows import EntryRow
from commlog_tui.store import answer_size
from commlog_tui.store.entry_rows import entry_of
from commlog_tui.store.sqlite.facets import ENTRY_STATUS
from commlog_tui.store.sqlite.keys import Row, seq_of
from commlog_tui.store.sqlite.place import Place
from commlog_tui.store.sqlite.record_rows import PUBLIC_COLUMNS, part_of

ENTRY_COLUMNS: Final = f"{PUBLIC_COLUMNS}, personal.data, {ENTRY_STATUS}, entry.corrected"
ENTRY_SIZE: Final = """
length(record.id) + ifnull(length(record.commitment), 0) + ifnull(length(record.rest), 0)
+ ifnull(length(personal.data), 0) + ifnull(length(entry.corrected), 0)
"""
"""What ``answer_size.size_of`` adds up in a row of these columns."""
ENTRY_JOIN: Final = "entry JOIN record ON record.pk = entry.pk LEFT JOIN personal ON personal.pk = entry.pk"
_PAGE: Final = f"""
SELECT record.pk, record.id, (SELECT form.text FROM form WHERE form.no = record.form), record.recorded_at, record.lag,
record.commitment, record.rest, personal.data, {ENTRY_STATUS}, entry.corrected
FROM json_each(?) AS wanted CROSS JOIN entry ON entry.pk = wanted.value
JOIN record ON record.pk = entry.pk LEFT JOIN personal ON personal.pk = entry.pk
"""
"""Rows of one page, in its order: without what all of them, or nearly all, have in common."""


def read_entry(row: Row) -> EntryRow:
    """Return the entry of a row of ``ENTRY_COLUMNS``, with its corrections."""
    *columns, data, status, corrected = row
    personal = None if data is None or corrected is not None else entry_part(data)
    return entry_of(part_of(columns), personal, str(status), corrected)


def read_page(connection: apsw.Connection, place: Place, pks: Sequence[int]) -> tuple[EntryRow, ...]:
    """Return entries of a location in the order of their keys here, as many as fit into one answer."""
    found: list[EntryRow] = []
    size = 0
    for pk, record_id, form, recorded_at, lag, commitment, rest, data, status, corrected in connection.execute(
        _PAGE, (msgspec.json.encode(pks).decode(),)
    ):
        columns = Columns(form, recorded_at, lag, commitment, rest)
        entry = None
        if data is not None and corrected is None:
            size += len(data)
            entry = entry_view(columns, (place.id, seq_of(pk), record_id), data, status)
        if entry is None:
            size += len(rest or b"") + len(corrected or b"")
            public = to_part(columns, place.id, seq_of(pk), record_id, None)
            entry = entry_of(public, None if data is None else entry_part(data), status, corrected)
        if size > answer_size.MOST_BYTES and found:
            break
        found.append(entry)
    return tuple(found)
