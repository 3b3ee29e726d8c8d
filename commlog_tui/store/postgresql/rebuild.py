"""Making the projections of a log in PostgreSQL again from the records, which alone are the truth."""

from collections.abc import Callable, Sequence
from typing import Final

from psycopg.sql import SQL, Identifier

from commlog_tui.ledger.leaf import leaf_hash
from commlog_tui.records.decide import Head
from commlog_tui.records.kinds import Kinds
from commlog_tui.records.record import Record
from commlog_tui.store.location import Location
from commlog_tui.store.postgresql.connection import Row
from commlog_tui.store.postgresql.database import View
from commlog_tui.store.postgresql.record_rows import PUBLIC_WIDTH, RECORD_COLUMNS, public_of, read_record
from commlog_tui.store.postgresql.replay import UNREADABLE, Replay, ReplayRow
from commlog_tui.store.postgresql.schema import PROJECTION_NAMES
from commlog_tui.store.protocol import Rebuilt

_AT_ONCE: Final = 2_000
_LOCK: Final = "LOCK TABLE head IN EXCLUSIVE MODE"
"""Nobody appends meanwhile; everybody reads what was there before."""
_NO_TIMEOUT: Final = "SELECT set_config('statement_timeout', '0', true)"
_COUNT: Final = "SELECT count(*) FROM record WHERE location = %s"
_NEW_HEAD: Final = "INSERT INTO head (location, seq, entries, frontier) VALUES (%s, 0, 0, '')"
_RECORDS: Final = f"""
SELECT record.root, record.kind, {RECORD_COLUMNS} FROM record
WHERE record.location = %s AND record.seq > %s ORDER BY record.seq LIMIT %s
"""
Progress = Callable[[int, int], None]


async def rebuild(view: View, locations: Sequence[Location], progress: Progress, kinds: Kinds) -> Rebuilt:
    """Make all projections again, in the view's transaction; appends wait until it ends."""
    await view.execute(_LOCK)
    for location in locations:
        await view.see(location.no)
        for table in PROJECTION_NAMES:
            statement = SQL("DELETE FROM {} WHERE location = %s").format(Identifier(table)).as_string()
            await view.execute(statement, (location.no,))
    return await replay_all(view, locations, progress, kinds)


async def replay_all(view: View, locations: Sequence[Location], progress: Progress, kinds: Kinds) -> Rebuilt:
    """Fill projections that are empty, in the view's transaction."""
    await view.rows(_NO_TIMEOUT)
    rebuilt, total = Rebuilt(), 0
    for location in locations:
        await view.see(location.no)
        ((count,),) = await view.rows(_COUNT, (location.no,))
        total += count
    for location in locations:
        await view.see(location.no)
        await view.execute(_NEW_HEAD, (location.no,))
        replay, after = Replay(view, location, Head(0, 0, b""), kinds), 0
        while found := await view.rows(_RECORDS, (location.no, after, _AT_ONCE)):
            rows = [_replayed(row, location) for row in found]
            after = rows[-1][0]
            rebuilt.unreadable += [(location.id, seq) for seq in await replay.play(rows)]
            rebuilt.records += len(rows)
            progress(rebuilt.records, total)
    return rebuilt


def _replayed(row: Row, location: Location) -> ReplayRow:
    root, kind, *columns = row
    public = b""
    record: Record | None = None
    try:
        public = public_of(columns[:PUBLIC_WIDTH], location.id)
        record = read_record(columns, location.id)
    except UNREADABLE:
        pass  # verify says what is wrong with it
    return columns[0], root, kind, leaf_hash(public), record
