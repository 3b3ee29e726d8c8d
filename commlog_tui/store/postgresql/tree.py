"""The Merkle tree of a location in the database.

As in SQLite, the leaves are made again from the records, and every eighth level is kept as tiles of 256. Which
subtrees a proof needs depends on the sizes alone, so they are read in one round trip.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final, TypeVar

from commlog_tui.ledger.leaf import leaf_hash
from commlog_tui.ledger.proof import consistency_path, inclusion_path
from commlog_tui.ledger.tree import HASH_SIZE, TILE, Subtree, fold, range_root
from commlog_tui.records.decide import Head
from commlog_tui.records.record import Record
from commlog_tui.store.answer_size import fitting
from commlog_tui.store.errors import StoreUnavailableError, UnknownRecordError
from commlog_tui.store.location import Location
from commlog_tui.store.postgresql.connection import Row
from commlog_tui.store.postgresql.database import View
from commlog_tui.store.postgresql.loading import DAMAGED, read_head, send_head
from commlog_tui.store.postgresql.record_rows import PUBLIC_COLUMNS, RECORD_COLUMNS, public_of, read_record
from commlog_tui.store.rows import ConsistencyRow, InclusionRow, RecordRow

_LEAVES: Final = f"""
SELECT wanted.no, {PUBLIC_COLUMNS} FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS wanted (no, first, last)
JOIN record ON record.location = %s AND record.seq > wanted.first AND record.seq <= wanted.last
ORDER BY wanted.no, record.seq
"""
_NODES: Final = """
SELECT wanted.no, node.hash
FROM unnest(%s::bigint[], %s::integer[], %s::bigint[], %s::bigint[]) AS wanted (no, level, first, last)
JOIN node ON node.location = %s AND node.level = wanted.level
AND node.position >= wanted.first AND node.position < wanted.last
ORDER BY wanted.no, node.position
"""
_RECORDS: Final = f"""
SELECT record.salt, {RECORD_COLUMNS} FROM record
WHERE record.location = %s AND record.seq > %s ORDER BY record.seq LIMIT %s
"""
_MOST: Final = 1 << 62
_Position = tuple[int, int]
"""Level and index of a subtree."""
Answer = TypeVar("Answer")


async def head(view: View, location: Location) -> Head:
    """Return where a location's log ends. Raises ``StoreUnavailableError`` where that is damaged."""
    cursor = await send_head(view, location)
    return read_head(await cursor.fetchone())


async def inclusion(view: View, location: Location, seq: int, size: int | None) -> InclusionRow:
    """Return the proof that a record is part of the tree at a size. Raises ``UnknownRecordError``."""
    now = (await head(view, location)).seq
    until = now if size is None else size
    if not 1 <= seq <= until <= now:
        raise UnknownRecordError("The log has no record of this number within that size.")
    (record,) = await records(view, location, seq - 1, 1)

    def prove(subtree: Subtree) -> InclusionRow:
        return InclusionRow(
            location=location.id,
            size=until,
            root_hash=range_root(0, until, subtree).hex(),
            leaf_hash=subtree(0, seq - 1).hex(),
            path=tuple(step.hex() for step in inclusion_path(seq - 1, until, subtree)),
            record=record,
        )

    return await _prove(view, location, prove)


async def consistency(view: View, location: Location, old: int, new: int | None) -> ConsistencyRow:
    """Return the proof that the tree at one size begins with that of another.

    Raises ``UnknownRecordError``.
    """
    now = (await head(view, location)).seq
    until = now if new is None else new
    if not 0 <= old <= until <= now:
        raise UnknownRecordError("The log has not had that many records.")

    def prove(subtree: Subtree) -> ConsistencyRow:
        return ConsistencyRow(
            location=location.id,
            old_size=old,
            new_size=until,
            old_root_hash=range_root(0, old, subtree).hex(),
            new_root_hash=range_root(0, until, subtree).hex(),
            path=tuple(step.hex() for step in consistency_path(old, until, subtree)),
        )

    return await _prove(view, location, prove)


async def records(view: View, location: Location, after: int, limit: int) -> list[RecordRow]:
    """Return records behind a position with their hashed content.

    Fewer than asked for where they are large.
    """
    rows = await view.rows(_RECORDS, (location.no, min(after, _MOST), limit))
    return [
        RecordRow(
            seq=record.seq,
            record=record.raw.decode(errors="replace"),
            salt=None if salt is None else salt.hex(),
            personal=None if record.personal is None else record.personal.decode(errors="replace"),
        )
        for salt, record in _fitting(rows, location)
    ]


def _fitting(rows: Iterable[Row], location: Location) -> Iterator[tuple[bytes | None, Record]]:
    read = ((salt, read_record(columns, location.id)) for salt, *columns in rows)
    for _, _, salt, record in fitting((record.raw, record.personal, salt, record) for salt, record in read):
        yield salt, record


def _leaf(row: Sequence[Any], location: Location) -> bytes:
    """Return the leaf of a row of ``PUBLIC_COLUMNS``. Raises ``StoreUnavailableError`` for a damaged one."""
    try:
        return leaf_hash(public_of(row, location.id))
    except ValueError:
        raise StoreUnavailableError(DAMAGED) from None


async def _prove(view: View, location: Location, prove: Callable[[Subtree], Answer]) -> Answer:
    """Prove twice: first to learn which subtrees are needed, then with them."""
    needed: dict[_Position, None] = {}

    def note(level: int, index: int) -> bytes:
        needed[level, index] = None
        return bytes(HASH_SIZE)

    prove(note)
    found = await _subtrees(view, location, needed)
    return prove(lambda level, index: found[level, index])


async def _subtrees(view: View, location: Location, positions: Iterable[_Position]) -> dict[_Position, bytes]:
    """Return the hashes of complete subtrees. Raises ``StoreUnavailableError`` where one is not complete."""
    wanted = list(positions)
    leaves, nodes = [], []
    for no, (level, index) in enumerate(wanted):
        stored = level - level % TILE
        span = index << level - stored, (index + 1) << level - stored
        if stored:
            nodes.append((no, stored, *span))
        else:
            leaves.append((no, *span))
    hashes: list[list[bytes]] = [[] for _ in wanted]
    for statement, ranges in ((_LEAVES, leaves), (_NODES, nodes)):
        if ranges:
            columns = [list(column) for column in zip(*ranges, strict=True)]
            for no, *one in await view.rows(statement, (*columns, location.no)):
                hashes[no].append(one[0] if statement is _NODES else _leaf(one, location))
    found = {}
    for (level, index), parts in zip(wanted, hashes, strict=True):
        if len(parts) != 1 << level % TILE:
            raise StoreUnavailableError(DAMAGED)
        found[level, index] = fold(parts)
    return found
