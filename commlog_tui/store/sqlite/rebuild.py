"""Making the projections again from the records, which alone are the truth."""

from collections.abc import Callable, Iterator
from typing import Final

import apsw
import msgspec
from pydantic import ValidationError

from commlog_tui.ledger.leaf import leaf_hash
from commlog_tui.ledger.tree import Frontier
from commlog_tui.records.changes import Change
from commlog_tui.records.decide import Head, changes_of
from commlog_tui.records.kinds import KINDS, Kinds, is_decisive
from commlog_tui.records.record import Record, Thread
from commlog_tui.store.errors import DamagedLogError
from commlog_tui.store.protocol import Rebuilt
from commlog_tui.store.sqlite.connection import number
from commlog_tui.store.sqlite.customer_schema import CUSTOMER_NAMES
from commlog_tui.store.sqlite.delivery_schema import DELIVERY_NAMES
from commlog_tui.store.sqlite.entry_schema import ENTRY_NAMES
from commlog_tui.store.sqlite.keys import Row, range_of, seq_of
from commlog_tui.store.sqlite.loading import load_threads
from commlog_tui.store.sqlite.overview_schema import OVERVIEW_NAMES
from commlog_tui.store.sqlite.place import Place
from commlog_tui.store.sqlite.projections import Projections
from commlog_tui.store.sqlite.record_rows import PUBLIC_WIDTH, RECORD_COLUMNS, public_of, read_record
from commlog_tui.store.sqlite.resend_schema import RESEND_NAMES
from commlog_tui.store.sqlite.schema import APPLICATION_ID, PROJECTION_NAMES, PROJECTION_TABLES
from commlog_tui.store.sqlite.schema_check import require_schema
from commlog_tui.store.sqlite.task_schema import TASK_NAMES
from commlog_tui.store.sqlite.tree import write_head

PROJECTIONS: Final = (
    *ENTRY_NAMES, *OVERVIEW_NAMES, *DELIVERY_NAMES, *TASK_NAMES, *CUSTOMER_NAMES, *RESEND_NAMES, "node", "head",
)  # fmt: skip
"""The tables that are made again, beside the full-text indexes over some of them."""

_AT_ONCE: Final = 2_000
_RECORDS: Final = f"""
SELECT (SELECT name FROM kind WHERE no = record.kind), {RECORD_COLUMNS} FROM record NOT INDEXED
WHERE record.pk > ? AND record.pk <= ? ORDER BY record.pk LIMIT ?
"""
_Filed = tuple[int, int, str]
"""Key, key of the root, and kind of a record, by its columns."""

_UNREADABLE: Final = (msgspec.DecodeError, ValidationError, ValueError, KeyError, TypeError)


def rebuild(
    connection: apsw.Connection,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    kinds: Kinds = KINDS,
) -> Rebuilt:
    """Make all projections and all indexes again, within the transaction that is under way.

    Raises:
        DamagedLogError: the schema is not the one that this version creates, or one key was
            recorded twice.
    """
    require_schema(connection)  # a trigger would change what is made
    total = number(connection, "SELECT count(*) FROM record NOT INDEXED", ())
    create_anew(connection)  # dropped, as rows cannot be deleted from a table whose index lacks them
    try:  # the projections are empty: only the indexes of the other tables take time
        connection.execute("REINDEX")
    except apsw.ConstraintError:
        words = (
            "One key was recorded twice. Nothing was changed; commlog verify names it, a backup from before lacks it."
        )
        raise DamagedLogError(words) from None
    rebuilt = Rebuilt()
    places = [str(row[0]) for row in connection.execute("SELECT id FROM location ORDER BY no").fetchall()]
    for place in (Place.find(connection, location) for location in places):
        connection.execute("INSERT INTO head VALUES (?, 0, 0, x'')", (place.no,))
        replay = _Replay(connection, place, kinds)
        for chunk in _chunks(connection, place):
            rebuilt.unreadable += [(place.id, seq) for seq in replay.play(chunk)]
            rebuilt.records += len(chunk)
            progress(rebuilt.records, total)
        replay.end()
    return rebuilt


def create_anew(connection: apsw.Connection) -> None:
    """Drop the projections and create those of this version, empty, in the running transaction."""
    for name in PROJECTION_NAMES:
        connection.execute(f"DROP TABLE IF EXISTS main.{name}")
    connection.execute(PROJECTION_TABLES)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def _chunks(connection: apsw.Connection, place: Place) -> Iterator[list[Row]]:
    after, last = range_of(place.no)
    chunk: list[Row]
    while chunk := connection.execute(_RECORDS, (after, last, _AT_ONCE)).fetchall():
        after = chunk[-1][2]
        yield chunk


class _Replay:
    """Applies the records of one location to its projections."""

    def __init__(self, connection: apsw.Connection, place: Place, kinds: Kinds) -> None:
        self._connection = connection
        self._place = place
        self._kinds = kinds
        self._projections = Projections(connection, place)
        self._frontier = Frontier()
        self._entries = 0

    def play(self, rows: list[Row]) -> list[int]:
        """Apply records in order of seq; return the positions of those that cannot be read."""
        records, unreadable, nodes = self._read(rows)
        threads = self._threads(records)
        changes: list[Change] = []
        for (pk, root, kind), record in records.items():
            try:
                thread = threads[root].before(record.seq) if root != pk else None
                changes += changes_of(record, thread, self._kinds)
                self._entries += kind == "entry"
            except _UNREADABLE:
                unreadable.append(seq_of(pk))
        self._projections.apply(changes)
        self._projections.flush()
        write_head(self._connection, self._place.no, self._head(), nodes)
        return sorted(unreadable)

    def end(self) -> None:
        """Write the log's end."""
        write_head(self._connection, self._place.no, self._head(), ())

    def _head(self) -> Head:
        return Head(self._frontier.size, self._entries, self._frontier.peaks)

    def _read(self, rows: list[Row]) -> tuple[dict[_Filed, Record], list[int], list[tuple[int, int, bytes]]]:
        """Return records by location and thread, the positions of unreadable ones, and the nodes that they complete."""
        records: dict[_Filed, Record] = {}
        unreadable, nodes = [], []
        for kind, root, *row in rows:
            pk, public = row[0], b""
            try:
                public = public_of(row[:PUBLIC_WIDTH])
                record = read_record((root, *row))
            except _UNREADABLE:
                unreadable.append(seq_of(pk))
                nodes += self._frontier.push_leaf(leaf_hash(public))
            else:
                records[pk, pk if root is None else root, kind] = record
                nodes += self._frontier.push_leaf(record.leaf)
        return records, unreadable, nodes

    def _threads(self, records: dict[_Filed, Record]) -> dict[int, Thread]:
        """Return the threads that records are about, by the key of the root."""
        here = {pk: Thread(record) for (pk, root, _), record in records.items() if pk == root}
        return here | load_threads(
            self._connection,
            {root for pk, root, kind in records if pk != root and (root not in here or is_decisive(kind, self._kinds))},
        )
