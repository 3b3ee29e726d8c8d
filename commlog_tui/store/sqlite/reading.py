"""One entry with all that was said of it, and the records in their order."""

import apsw

from commlog_tui.ledger.record import decode_public
from commlog_tui.store.errors import UnknownEntryError
from commlog_tui.store.rows import DetailRow, FeedRow
from commlog_tui.store.sqlite import forms
from commlog_tui.store.sqlite.place import Place


def detail(connection: apsw.Connection, place: Place, entry_id: str) -> DetailRow:
    """Return all that is known of an entry. Raises ``UnknownEntryError``."""
    row = connection.execute(
        f"SELECT {forms.ENTRY_COLUMNS}, record.leaf FROM {forms.ENTRY_JOIN} WHERE record.location = ? AND record.id = ?",
        (place.no, forms.id_bytes(entry_id)),
    ).fetchone()
    if row is None:
        raise UnknownEntryError("There is no such entry.")
    columns, leaf = row[:-1], row[-1]
    entry = forms.entry_row(columns)
    events, corrections, redaction = [], [], None
    for kind, public_bytes, data in connection.execute(
        "SELECT record.kind, record.public, personal.data FROM record LEFT JOIN personal ON personal.pk = record.pk "
        "WHERE record.entry = ? AND record.kind <> 'entry' ORDER BY record.pk",
        (row[0],),
    ):
        public = decode_public(public_bytes)
        if kind == "event":
            events.append(forms.event_row(public, data))
        elif kind == "redaction":
            redaction = forms.redaction_row(public, data)
        elif data is not None:
            corrections.append(forms.correction_row(public, data))
    return DetailRow(
        entry=entry,
        original=forms.entry_row(columns, original=True) if entry.corrected else None,
        events=tuple(sorted(events, key=lambda event: (event.at, event.seq))),
        corrections=tuple(corrections),
        receipt=forms.receipt_row(decode_public(row[1]), leaf),
        redaction=redaction,
    )


def feed(connection: apsw.Connection, place: Place, after: int, limit: int) -> list[FeedRow]:
    """Return the records behind a position, each with its entry as it now stands."""
    first, last = forms.range_of(place.no)
    rows = connection.execute(
        f"SELECT told.pk, told.kind, {forms.ENTRY_COLUMNS} FROM record AS told JOIN entry ON entry.pk = told.entry "
        "JOIN record ON record.pk = entry.pk LEFT JOIN personal ON personal.pk = entry.pk "
        "WHERE told.pk > ? AND told.pk <= ? ORDER BY told.pk LIMIT ?",
        (first + max(after, 0), last, limit),
    )
    return [FeedRow(forms.seq_of(int(row[0])), str(row[1]), forms.entry_row(row[2:])) for row in rows]
