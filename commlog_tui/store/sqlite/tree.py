"""The Merkle tree of a location in the file.

The leaves are hashes of the records, made again when a proof asks for them. Of the rest, every
eighth level is stored, as tiles of 256 (so does c2sp.org/tlog-tiles): a row for 256 records, from
which any subtree between is worked out. The frontier lies in the head, so that an append reads no
tree.
"""

from collections.abc import Iterable
from typing import Final

import apsw

from commlog_tui.ledger.leaf import leaf_hash
from commlog_tui.ledger.proof import consistency_path, inclusion_path
from commlog_tui.ledger.tree import TILE, Frontier, Subtree, fold, range_root
from commlog_tui.records.decide import Head
from commlog_tui.records.personal_codec import to_personal
from commlog_tui.store.answer_size import fitting
from commlog_tui.store.errors import StoreUnavailableError, UnknownRecordError
from commlog_tui.store.rows import ConsistencyRow, InclusionRow, RecordRow
from commlog_tui.store.sqlite.keys import Row, key_of, range_of, seq_of
from commlog_tui.store.sqlite.place import Place
from commlog_tui.store.sqlite.record_rows import PUBLIC_COLUMNS, public_of

_DAMAGED: Final = "The tree over this log does not fit its records. Nothing was written; commlog verify says where."
_LEAVES: Final = f"SELECT {PUBLIC_COLUMNS} FROM record WHERE pk >= ? AND pk < ? ORDER BY pk"
_NODES: Final = "SELECT hash FROM node WHERE location = ? AND level = ? AND place >= ? AND place < ? ORDER BY place"
_RECORDS: Final = f"""
SELECT {PUBLIC_COLUMNS}, personal.salt, personal.data FROM record LEFT JOIN personal ON personal.pk = record.pk
WHERE record.pk > ? AND record.pk <= ? ORDER BY record.pk LIMIT ?
"""


def read_head(connection: apsw.Connection, location: int) -> Head:
    """Return the head of a location's log.

    Raises ``StoreUnavailableError`` if the row is inconsistent.
    """
    row = connection.execute("SELECT seq, entries, frontier FROM head WHERE location = ?", (location,)).fetchone()
    try:
        seq, entries, frontier = row  # type: ignore[misc] # None is caught with the rest
        Frontier(seq, frontier)
    except (TypeError, ValueError):
        raise StoreUnavailableError(_DAMAGED) from None
    return Head(seq, entries, frontier)


def write_head(connection: apsw.Connection, location: int, head: Head, nodes: Iterable[tuple[int, int, bytes]]) -> None:
    """Write where a location's log ends, and completed tiles of its tree (level, index, hash)."""
    if completed := [(location, *node) for node in nodes]:
        connection.executemany("INSERT OR REPLACE INTO node VALUES (?, ?, ?, ?)", completed)
    connection.execute(
        "UPDATE head SET seq = ?, entries = ?, frontier = ? WHERE location = ?",
        (head.seq, head.entries, head.frontier, location),
    )


def subtree_of(connection: apsw.Connection, location: int) -> Subtree:
    """Return a lookup of a location's complete subtrees.

    Raises ``StoreUnavailableError`` where one is not complete.
    """

    def subtree(level: int, index: int) -> bytes:
        stored = level - level % TILE
        first, end = index << level - stored, (index + 1) << level - stored
        if stored:
            hashes = [found for (found,) in connection.execute(_NODES, (location, stored, first, end))]
        else:
            hashes = _leaves(connection, key_of(location, first + 1), key_of(location, end + 1))
        if len(hashes) != end - first:
            raise StoreUnavailableError(_DAMAGED)
        return fold(hashes)

    return subtree


def _leaves(connection: apsw.Connection, first: int, end: int) -> list[bytes]:
    try:
        return [leaf_hash(public_of(row)) for row in connection.execute(_LEAVES, (first, end))]
    except ValueError:
        raise StoreUnavailableError(_DAMAGED) from None


def size_and_root(connection: apsw.Connection, location: int) -> tuple[int, bytes]:
    """Return size and root of a location's tree, given its number."""
    head = read_head(connection, location)
    return head.seq, Frontier(head.seq, head.frontier).root()


def inclusion(connection: apsw.Connection, place: Place, seq: int, size: int | None) -> InclusionRow:
    """Return the proof that a record is part of the tree at a size.

    Raises ``UnknownRecordError``.
    """
    now = read_head(connection, place.no).seq
    size = now if size is None else size
    if not 1 <= seq <= size <= now:
        raise UnknownRecordError("The log has no record of this number within that size.")
    subtree = subtree_of(connection, place.no)
    (record,) = records(connection, place, seq - 1, 1)
    path = inclusion_path(seq - 1, size, subtree)
    return InclusionRow(
        location=place.id,
        size=size,
        root_hash=range_root(0, size, subtree).hex(),
        leaf_hash=subtree(0, seq - 1).hex(),
        path=tuple(step.hex() for step in path),
        record=record,
    )


def consistency(connection: apsw.Connection, place: Place, old: int, new: int | None) -> ConsistencyRow:
    """Return the proof that the tree at one size begins with that of another.

    Raises ``UnknownRecordError``.
    """
    now = read_head(connection, place.no).seq
    new = now if new is None else new
    if not 0 <= old <= new <= now:
        raise UnknownRecordError("The log has not had that many records.")
    subtree = subtree_of(connection, place.no)
    return ConsistencyRow(
        location=place.id,
        old_size=old,
        new_size=new,
        old_root_hash=range_root(0, old, subtree).hex(),
        new_root_hash=range_root(0, new, subtree).hex(),
        path=tuple(step.hex() for step in consistency_path(old, new, subtree)),
    )


def records(connection: apsw.Connection, place: Place, after: int, limit: int) -> list[RecordRow]:
    """Return records behind a position with their hashed content.

    Fewer than asked for where they are large.
    """
    first, last = range_of(place.no)
    rows = connection.execute(_RECORDS, (first + min(after, last - first), last, limit))
    try:
        return [
            RecordRow(
                seq=seq_of(pk),
                record=public.decode(errors="replace"),
                salt=None if salt is None else salt.hex(),
                personal=None if data is None else data.decode(errors="replace"),
            )
            for pk, public, salt, data in fitting(map(_whole, rows))
        ]
    except ValueError:
        raise StoreUnavailableError(_DAMAGED) from None


def _whole(row: Row) -> Row:
    """Return key, public part, salt and personal part of a record."""
    *columns, salt, data = row
    return columns[0], public_of(columns), salt, None if data is None else to_personal(data)
