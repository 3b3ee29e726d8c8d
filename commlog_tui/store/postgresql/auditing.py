"""Reading the records of a log in PostgreSQL to check them: nothing that is read is believed."""

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from typing import Final

import psycopg

from commlog_tui.ledger.rows import Row
from commlog_tui.ledger.verifier import SoundPart
from commlog_tui.records.errors import LogError
from commlog_tui.store.auditing_cores import examined
from commlog_tui.store.postgresql.connection import Row as Columns
from commlog_tui.store.postgresql.connection import connect, parameters, plain_errors
from commlog_tui.store.postgresql.guards import UPKEEP
from commlog_tui.store.postgresql.migrations import layout_of, require_current
from commlog_tui.store.postgresql.schema_check import schema_faults
from commlog_tui.store.stored_rows import StoredRows, dense

_AT_ONCE: Final = 1_000
_MOST: Final = 1 << 62
_SEE: Final = "SELECT set_config('commlog.location', %s, true)"
_SNAPSHOT: Final = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_RECORDS: Final = """
SELECT r.seq, r.form, r.recorded_at, r.lag, r.commitment, r.rest, r.salt, r.personal, r.leaf_start, uuid_send(r.id),
    r.kind, CASE WHEN r.root <> r.seq THEN coalesce((
        SELECT uuid_send(t.id) FROM record t WHERE t.location = %(no)s AND t.seq = r.root AND t.root = t.seq
    ), '') END, 1
FROM record r WHERE r.location = %(no)s AND r.seq > %(after)s AND r.seq <= %(last)s ORDER BY r.seq
"""
_FORMS: Final = "SELECT no, text FROM form WHERE location = %s"
_HEAD: Final = "SELECT seq, frontier FROM head WHERE location = %s"


@contextmanager
def snapshot(url: str, *, checked: bool = True) -> Iterator[tuple[psycopg.Connection[Columns], list[str]]]:
    """Open the log at a URL within one snapshot; yield what is wrong with the schema too, if it is ``checked``.

    Raises ``StoreUnavailableError`` if it is no log of this layout.
    """
    with closing(connect(parameters(url))) as connection, plain_errors():
        require_current(layout_of(connection))
        faults = schema_faults(connection) if checked else []
        connection.execute(_SNAPSHOT)
        connection.execute(UPKEEP)
        yield connection, faults


def batches(
    connection: psycopg.Connection[Columns], no: int, location: str, after: int = 0, until: int | None = None
) -> Iterator[Iterable[Row]]:
    """Yield the records of a location as the verifier takes them, to the log's end and as far beyond as they are dense.

    Those behind a position, and to another one.
    """
    end = end_of(connection, no)[0]
    forms: dict[int, str] = dict(connection.execute(_FORMS, (no,)).fetchall())
    stored = StoredRows(location, forms)
    values = {"no": no, "after": after, "last": _MOST if until is None else until}
    with plain_errors(), connection.cursor("records", binary=True) as cursor:
        cursor.execute(_RECORDS, values)
        while rows := cursor.fetchmany(_AT_ONCE):
            some = dense(rows, after, end)
            yield stored.read(some)
            if len(some) < len(rows):
                return
            after = rows[-1][0]


def examine(url: str, no: int, location: str, first: int, end: int) -> SoundPart | None:
    """Verify a part of a location's records in a snapshot of its own; None if anything is wrong with them."""
    try:
        with snapshot(url, checked=False) as (connection, _):
            return examined(location, first, end, batches(connection, no, location, first, end))
    except LogError:
        return None


def end_of(connection: psycopg.Connection[Columns], no: int) -> tuple[int, bytes]:
    """Return the stored end of a location: how many records it has, and the frontier of its tree."""
    see(connection, no)
    row = connection.execute(_HEAD, (no,), binary=True).fetchone()
    return (0, b"") if row is None else (row[0], row[1])


def see(connection: psycopg.Connection[Columns], no: int) -> None:
    """Let the transaction see the rows of a location."""
    connection.execute(_SEE, (str(no),))
