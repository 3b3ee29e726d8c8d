"""Reading a log file to check it: nothing is written, and nothing that is read is believed.

Records are read from their table alone (NOT INDEXED): an index that lacks a row must not hide it
from whoever looks for that.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import apsw

from commlog_tui.ledger.rows import Row
from commlog_tui.ledger.verifier import SoundPart, StoredTree, Verifier, recorded_twice
from commlog_tui.records.errors import LogError
from commlog_tui.store.auditing_cores import examined
from commlog_tui.store.errors import DamagedLogError
from commlog_tui.store.sqlite.connection import distrust_schema, number, plain_errors
from commlog_tui.store.sqlite.keys import Row as Columns
from commlog_tui.store.sqlite.keys import range_of, seq_of
from commlog_tui.store.sqlite.schema import SEQ_BITS
from commlog_tui.store.sqlite.schema_check import require_layout
from commlog_tui.store.sqlite.tree import size_and_root
from commlog_tui.store.stored_rows import StoredRows, dense

_AT_ONCE: Final = 500
_RECORDS: Final = f"""
SELECT record.pk - ?1, record.form, record.recorded_at, record.lag, record.commitment, record.rest,
personal.salt, personal.data, record.leaf_start, record.id, record.kind,
CASE WHEN record.root IS NOT NULL THEN ifnull((
    SELECT root.id FROM record AS root NOT INDEXED WHERE root.pk = record.root AND root.root IS NULL
), x'') END,
record.location = record.pk >> {SEQ_BITS}
FROM record NOT INDEXED LEFT JOIN personal NOT INDEXED ON personal.pk = record.pk
WHERE record.pk > ?2 AND record.pk <= ?3 ORDER BY record.pk LIMIT ?4
"""
_UNFORGOTTEN: Final = """
WITH redaction (kind) AS MATERIALIZED (SELECT no FROM kind NOT INDEXED WHERE name = 'redaction'),
gone (root, pk) AS MATERIALIZED (
    SELECT root, min(pk) FROM record NOT INDEXED WHERE kind = (SELECT kind FROM redaction) AND pk BETWEEN ?1 AND ?2
    GROUP BY root
)
SELECT removed.pk FROM record AS removed NOT INDEXED CROSS JOIN gone ON gone.root = ifnull(removed.root, removed.pk)
JOIN personal NOT INDEXED ON personal.pk = removed.pk
WHERE removed.pk BETWEEN ?1 AND ?2 AND removed.kind <> (SELECT kind FROM redaction) AND removed.pk < gone.pk
"""
_TWICE: Final = """
SELECT min(pk), max(pk) FROM record NOT INDEXED WHERE pk BETWEEN ?1 AND ?2 GROUP BY id HAVING count(*) > 1 ORDER BY 2
"""
_OUTSIDE: Final = "SELECT pk FROM record NOT INDEXED WHERE pk = ?1 OR pk > ?1 + ?2 AND pk <= ?3 ORDER BY pk"
_STRAYS: Final = {
    f"SELECT count(*) FROM record NOT INDEXED WHERE pk >> {SEQ_BITS} NOT IN (SELECT no FROM location NOT INDEXED)":
        "There are records of a location that is not in the log: it was removed.",
    "SELECT count(*) FROM head NOT INDEXED WHERE location NOT IN (SELECT no FROM location NOT INDEXED)":
        "There is the end of a location that is not in the log: it was removed.",
    "SELECT count(*) FROM personal NOT INDEXED "
    "WHERE NOT EXISTS (SELECT 1 FROM record NOT INDEXED WHERE record.pk = personal.pk)":
        "There is personal data of records that are not in the log: they were removed.",
}  # fmt: skip


@contextmanager
def opened(path: Path, *, any_layout: bool = False) -> Iterator[apsw.Connection]:
    """Open a log file for reading, within one snapshot.

    Raises ``StoreUnavailableError`` if it is no log of this layout.
    """
    with plain_errors(path):
        connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
        try:
            distrust_schema(connection)
            if not any_layout:
                require_layout(connection)
            connection.execute("BEGIN")
            yield connection
        finally:
            connection.close()


def locations(connection: apsw.Connection) -> list[tuple[int, str, int]]:
    """Return number, id and count of records of every location."""
    rows: list[Columns] = connection.execute("SELECT no, id FROM location NOT INDEXED").fetchall()
    count = "SELECT count(*) FROM record NOT INDEXED WHERE pk BETWEEN ? AND ?"
    by_id = sorted((str(location), int(no)) for no, location in rows)
    return [(no, location, number(connection, count, range_of(no))) for location, no in by_id]


def ends(connection: apsw.Connection) -> list[tuple[str, int, bytes]]:
    """Return the stored id, size and root of every location.

    Raises ``StoreUnavailableError``.
    """
    return [(location, *size_and_root(connection, no)) for no, location, _ in locations(connection)]


def batches(
    connection: apsw.Connection, location: int, after: int = 0, until: int | None = None
) -> Iterator[Iterable[Row]]:
    """Give the records of a location as the verifier takes them, to the log's end and as far beyond as they are dense.

    Those behind a position, and to another one.

    Raises ``StoreUnavailableError`` where the file is damaged.
    """
    base, last = range_of(location)
    end = _end(connection, location)[0]
    last = last if until is None else base + until
    with plain_errors():
        stored = _stored_rows(connection, location)
        rows: list[Columns]
        while rows := connection.execute(_RECORDS, (base, base + after, last, _AT_ONCE)).fetchall():
            some = dense(rows, after, end)
            yield stored.read(some)
            if len(some) < len(rows):
                return
            after = rows[-1][0]


def examine(path: Path, key: int, location: str, first: int, end: int) -> SoundPart | None:
    """Verify a part of a location's records in a snapshot of its own; None if anything is wrong with them."""
    try:
        with opened(path) as connection:
            return examined(location, first, end, batches(connection, key, first, end))
    except LogError:
        return None


def _stored_rows(connection: apsw.Connection, location: int) -> StoredRows:
    """Return what makes the bytes of one location's records again."""
    kinds = dict(connection.execute("SELECT no, name FROM kind NOT INDEXED"))
    forms = dict(connection.execute("SELECT no, text FROM form NOT INDEXED"))
    names = connection.execute("SELECT id FROM location NOT INDEXED WHERE no = ?", (location,)).fetchall()
    return StoredRows(str(names[0][0]) if names else "", forms, kinds)


def finish(connection: apsw.Connection, location: int, verifier: Verifier) -> None:
    """Compare the tree; find what a redaction should have removed, and records without a reader."""
    size, frontier = _end(connection, location)
    nodes: list[Columns] = connection.execute(
        "SELECT level, place, hash FROM node WHERE location = ?", (location,)
    ).fetchall()
    verifier.end(StoredTree(size, frontier, {(level, place): found for level, place, found in nodes}))
    base, last = range_of(location)
    for (pk,) in connection.execute(_UNFORGOTTEN, (base, last)):
        verifier.fault(seq_of(pk), "its personal data is there, though a redaction on record has removed it")
    for first, other in connection.execute(_TWICE, (base, last)):
        verifier.fault(seq_of(other), recorded_twice(seq_of(first)))
    for (pk,) in connection.execute(_OUTSIDE, (base, verifier.reached, last)):
        verifier.fault(seq_of(pk), f"it lies outside the log, whose positions are 1 to {size}")


def require_known_locations(connection: apsw.Connection) -> None:
    """Raise ``DamagedLogError`` for orphaned records or personal data."""
    for sql, words in _STRAYS.items():
        if number(connection, sql, ()):
            raise DamagedLogError(words)


def _end(connection: apsw.Connection, location: int) -> tuple[int, bytes]:
    rows: list[Columns] = connection.execute(
        "SELECT seq, frontier FROM head WHERE location = ?", (location,)
    ).fetchall()
    return rows[0] if rows else (0, b"")
