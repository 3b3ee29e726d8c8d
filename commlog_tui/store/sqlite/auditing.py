"""Reading a log file to check it: nothing is written, and nothing that is read is believed."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, cast

import apsw

from commlog_tui.ledger.verifier import Kept, Row, Verifier
from commlog_tui.store.errors import StoreUnavailableError
from commlog_tui.store.sqlite import forms
from commlog_tui.store.sqlite.connection import number, plain_errors, require_layout
from commlog_tui.store.sqlite.place import Place
from commlog_tui.store.sqlite.schema import SEQ_BITS
from commlog_tui.store.sqlite.tree import end_of

_AT_ONCE: Final = 5_000
_RECORDS: Final = f"""
SELECT record.pk - ?1, record.public, personal.salt, personal.data, record.leaf, record.id, record.kind, CASE
WHEN record.kind = 'entry' THEN CASE WHEN record.entry = record.pk THEN record.id END
ELSE (SELECT told.id FROM record AS told WHERE told.pk = record.entry AND told.kind = 'entry') END,
record.location = record.pk >> {SEQ_BITS}
FROM record LEFT JOIN personal ON personal.pk = record.pk WHERE record.pk > ?2 AND record.pk <= ?3 ORDER BY record.pk LIMIT ?4
"""
_UNFORGOTTEN: Final = """
SELECT told.pk FROM record JOIN record AS told ON told.entry = record.entry AND told.kind IN ('event', 'correction')
JOIN personal ON personal.pk = told.pk WHERE record.kind = 'redaction' AND told.pk < record.pk AND record.pk BETWEEN ?1 AND ?2
UNION SELECT record.entry FROM record JOIN personal ON personal.pk = record.entry
WHERE record.kind = 'redaction' AND record.pk BETWEEN ?1 AND ?2
"""
_STRAY: Final = "SELECT min(pk) FROM record WHERE pk >> ? NOT IN (SELECT no FROM location)"


@contextmanager
def opened(path: Path) -> Iterator[apsw.Connection]:
    """Open a log file for reading, within one view of it. Raises ``StoreUnavailableError`` where it is no log of this layout."""
    with plain_errors():
        connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
        try:
            require_layout(connection)
            connection.execute("BEGIN")
            yield connection
        finally:
            connection.close()


def locations(connection: apsw.Connection) -> list[tuple[int, str, int]]:
    """Return number, id and count of records of every location."""
    rows: list[forms.Row] = connection.execute("SELECT no, id FROM location ORDER BY id").fetchall()
    count = "SELECT count(*) FROM record WHERE pk BETWEEN ? AND ?"
    return [(no, location, number(connection, count, forms.range_of(no))) for no, location in rows]


def ends(connection: apsw.Connection) -> list[tuple[str, int, bytes]]:
    """Return id, size and root of every location, as they were kept. Raises ``StoreUnavailableError``."""
    return [(location, *end_of(connection, Place.find(connection, location))) for _, location, _ in locations(connection)]


def batches(connection: apsw.Connection, location: int) -> Iterator[list[Row]]:
    """Give the records of a location as the verifier takes them. Raises ``StoreUnavailableError`` where the file is damaged."""
    base, last = forms.range_of(location)
    after = base
    with plain_errors():
        while rows := cast("list[Row]", connection.execute(_RECORDS, (base, after, last, _AT_ONCE)).fetchall()):
            after = base + rows[-1][0]
            yield rows


def finish(connection: apsw.Connection, location: int, verifier: Verifier) -> None:
    """Compare the tree, and look for what a redaction should have removed."""
    head: list[forms.Row] = connection.execute("SELECT seq, frontier FROM head WHERE location = ?", (location,)).fetchall()
    nodes: list[forms.Row] = connection.execute("SELECT level, place, hash FROM node WHERE location = ?", (location,)).fetchall()
    size, frontier = head[0] if head else (0, b"")
    verifier.end(Kept(size, frontier, {(level, place): found for level, place, found in nodes}))
    for (pk,) in connection.execute(_UNFORGOTTEN, forms.range_of(location)):
        verifier.fault(forms.seq_of(pk), "its personal data is there, though a redaction on record has removed it")


def require_known_locations(connection: apsw.Connection) -> None:
    """Raise ``StoreUnavailableError`` where there are records of a location that is not there."""
    stray: list[forms.Row] = connection.execute(_STRAY, (SEQ_BITS,)).fetchall()
    if stray[0][0] is not None:
        raise StoreUnavailableError("There are records of a location that is not in the log any more: it was removed.")
