"""One entry with the records about it, and the records in their order."""

from uuid import UUID

import apsw

from commlog_tui.contract.identity import namespaced_id
from commlog_tui.contract.query import IdQuery
from commlog_tui.records.entry_state import detail_of
from commlog_tui.records.errors import UnknownEntryError
from commlog_tui.records.rows import DetailRow
from commlog_tui.store import id_prefix
from commlog_tui.store.answer_size import fitting
from commlog_tui.store.resends import detail_with_progress
from commlog_tui.store.rows import FeedRow, MatchingIdsRow
from commlog_tui.store.sqlite.connection import number
from commlog_tui.store.sqlite.entry_rows import ENTRY_COLUMNS, read_entry
from commlog_tui.store.sqlite.keys import Row, id_bytes, range_of, seq_of
from commlog_tui.store.sqlite.loading import load_threads
from commlog_tui.store.sqlite.place import Place
from commlog_tui.store.sqlite.record_rows import ENTRY_KIND
from commlog_tui.store.sqlite.resends import progress_of

_ENTRY = f"SELECT pk FROM record WHERE location = ? AND id = ? AND kind = {ENTRY_KIND}"
_IDS = """
SELECT id, (SELECT name FROM kind WHERE no = record.kind) FROM record
WHERE location = ? AND id BETWEEN ? AND ? ORDER BY id LIMIT ?
"""
_FEED = f"""
SELECT new.pk, (SELECT name FROM kind WHERE no = new.kind), {ENTRY_COLUMNS}
FROM record AS new LEFT JOIN entry ON entry.pk = coalesce(new.root, new.pk)
LEFT JOIN record ON record.pk = entry.pk LEFT JOIN personal ON personal.pk = entry.pk
WHERE new.pk > ? AND new.pk <= ? ORDER BY new.pk LIMIT ?
"""


def detail(connection: apsw.Connection, place: Place, entry_id: str) -> DetailRow:
    """Return the detail of the entry with this id, or else with this key.

    Raises ``UnknownEntryError``.
    """
    for candidate in (entry_id, namespaced_id(entry_id, manual=False), namespaced_id(entry_id, manual=True)):
        if pk := number(connection, _ENTRY, (place.no, id_bytes(candidate))):
            break
    else:
        raise UnknownEntryError("There is no such entry.")
    found = detail_of(load_threads(connection, [pk], whole=True)[pk])
    return detail_with_progress(found, progress_of(connection, pk)) if found.resends else found


def matching_ids(connection: apsw.Connection, place: Place, query: IdQuery) -> MatchingIdsRow:
    """Return entry ids with a prefix, among the first thousand such records."""
    first, last = id_prefix.id_range(query)
    rows: list[Row] = connection.execute(
        _IDS,
        (place.no, first.bytes, last.bytes, id_prefix.MOST_RECORDS),
    ).fetchall()
    return id_prefix.matching_ids_row(query, [(UUID(bytes=raw), str(kind)) for raw, kind in rows])


def feed(connection: apsw.Connection, place: Place, after: int, limit: int) -> list[FeedRow]:
    """Return records behind a position, each with its current entry.

    Fewer than asked for where they are large.
    """
    first, last = range_of(place.no)
    rows = fitting(connection.execute(_FEED, (first + min(max(after, 0), last - first), last, limit)))
    return [FeedRow(seq_of(int(row[0])), str(row[1]), None if row[2] is None else read_entry(row[2:])) for row in rows]
