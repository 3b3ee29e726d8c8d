"""Entries as they stand, read from a record and its projection in one row."""

from collections.abc import Sequence
from typing import Final, cast
from weakref import WeakKeyDictionary

import apsw
import msgspec

from commlog_tui.records.entry_view import Form, entry_views, form_of
from commlog_tui.records.personal_codec import entry_part
from commlog_tui.records.rows import EntryRow
from commlog_tui.store import answer_size
from commlog_tui.store.entry_rows import entry_of
from commlog_tui.store.sqlite.facets import ENTRY_STATUS, known_facets
from commlog_tui.store.sqlite.keys import Row
from commlog_tui.store.sqlite.place import Place
from commlog_tui.store.sqlite.record_rows import PUBLIC_COLUMNS, part_of
from commlog_tui.store.sqlite.schema import SEQ_BITS

ENTRY_COLUMNS: Final = f"{PUBLIC_COLUMNS}, personal.data, {ENTRY_STATUS}, entry.corrected"
ENTRY_SIZE: Final = """
length(record.id) + ifnull(length(record.commitment), 0) + ifnull(length(record.rest), 0)
+ ifnull(length(personal.data), 0) + ifnull(length(entry.corrected), 0)
"""
"""What ``answer_size.size_of`` adds up in a row of these columns."""
ENTRY_JOIN: Final = "entry JOIN record ON record.pk = entry.pk LEFT JOIN personal ON personal.pk = entry.pk"
_PAGE: Final = f"""
SELECT record.pk & {(1 << SEQ_BITS) - 1}, record.id, record.form, record.recorded_at, record.lag, record.rest,
CASE WHEN entry.corrected IS NULL THEN personal.data END, entry.facet
FROM json_each(?) AS wanted CROSS JOIN entry ON entry.pk = wanted.value
JOIN record ON record.pk = entry.pk LEFT JOIN personal ON personal.pk = entry.pk
"""
"""Rows of one page, in its order: numbers for what many of them have in common."""
_ONE: Final = f"SELECT {ENTRY_COLUMNS} FROM {ENTRY_JOIN} WHERE entry.pk = ?"
_FORM: Final = "SELECT text FROM form WHERE no = ?"
_FORMS: Final[WeakKeyDictionary[apsw.Connection, dict[int, str]]] = WeakKeyDictionary()
"""The forms that were read on each connection. None is ever removed or changed."""
_MOST_FORMS: Final = 4_096


def read_entry(row: Row) -> EntryRow:
    """Return the entry of a row of ``ENTRY_COLUMNS``, with its corrections."""
    *columns, data, status, corrected = row
    personal = None if data is None or corrected is not None else entry_part(data)
    return entry_of(part_of(columns), personal, str(status), corrected)


def read_page(connection: apsw.Connection, place: Place, pks: Sequence[int]) -> tuple[EntryRow, ...]:
    """Return entries of a location in the order of their keys here, as many as fit into one answer."""
    rows: list[Row] = []
    size = 0
    for row in connection.execute(_PAGE, (msgspec.json.encode(pks).decode(),)):
        size += len(row[6] or b"")
        if size > answer_size.MOST_BYTES and rows:
            break
        rows.append(row)
    forms: dict[int | None, Form | None] = {None: None}
    for number in {row[2] for row in rows} - {None}:
        forms[number] = form_of(_form_text(connection, number), place.id)
    views = entry_views(rows, forms, known_facets(connection, place).statuses)
    for at, view in enumerate(views):
        if view is None:
            columns = connection.execute(_ONE, (pks[at],)).fetchall()[0]
            size += answer_size.size_of(columns)
            if size > answer_size.MOST_BYTES and at:
                return tuple(cast("list[EntryRow]", views[:at]))
            views[at] = read_entry(columns)
    return tuple(cast("list[EntryRow]", views))


def _form_text(connection: apsw.Connection, no: int) -> str:
    known = _FORMS.setdefault(connection, {})
    if no not in known:
        if len(known) >= _MOST_FORMS:
            known.clear()
        ((text,),) = connection.execute(_FORM, (no,)).fetchall()
        known[no] = str(text)
    return known[no]
