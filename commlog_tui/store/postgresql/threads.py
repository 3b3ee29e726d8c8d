"""Records and threads, read for people."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from commlog_tui.records.record import Record, Thread
from commlog_tui.store.location import Location
from commlog_tui.store.postgresql.database import View
from commlog_tui.store.postgresql.record_rows import RECORD_COLUMNS, read_record

ROOTS_AND_LATER: Final = f"""
SELECT record.root, {RECORD_COLUMNS} FROM record JOIN roots ON record.seq = roots.seq WHERE record.location = %s
UNION ALL
SELECT record.root, {RECORD_COLUMNS} FROM record JOIN roots ON record.root = roots.seq
WHERE record.location = %s AND record.root <> record.seq
ORDER BY 1, 2
"""
"""Every record of some threads, in order, given ``roots``."""
_THREADS: Final = f"WITH roots AS (SELECT unnest(%s::bigint[]) AS seq) {ROOTS_AND_LATER}"
_RECORDS: Final = f"""
SELECT {RECORD_COLUMNS} FROM record WHERE location = %s AND seq = ANY (%s::bigint[]) ORDER BY seq DESC
"""


def threads_of(rows: Iterable[tuple[Any, ...]], location: Location) -> dict[int, Thread]:
    """Return threads by the seq of their root, made of rows of ``ROOTS_AND_LATER``."""
    records: dict[int, list[Record]] = {}
    for root, *columns in rows:
        records.setdefault(int(root), []).append(read_record(columns, location.id))
    return {root: Thread(first, tuple(later)) for root, (first, *later) in records.items()}


async def load_whole_threads(view: View, location: Location, roots: Sequence[int]) -> dict[int, Thread]:
    """Return threads with all their records, by the seq of their root, in order of it."""
    if not roots:
        return {}
    return threads_of(await view.rows(_THREADS, (list(roots), location.no, location.no)), location)


async def load_records(view: View, location: Location, seqs: Sequence[int]) -> list[Record]:
    """Return records by their seqs, newest first."""
    if not seqs:
        return []
    return [read_record(row, location.id) for row in await view.rows(_RECORDS, (location.no, list(seqs)))]
