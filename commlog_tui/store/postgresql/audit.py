"""A log in PostgreSQL opened to be checked, see ``store.auditing``.

Records are read by their primary key, and counted apart without any index: an index that lacks a
row must not hide it from whoever looks for that.
"""

import asyncio
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Final

import psycopg

from commlog_tui.ledger.rows import Row
from commlog_tui.ledger.tree import Frontier
from commlog_tui.ledger.verifier import StoredTree, Verifier, recorded_twice
from commlog_tui.store.auditing import AuditedLocation, Progress
from commlog_tui.store.auditing_cores import feed_on_cores
from commlog_tui.store.errors import DamagedLogError, StoreUnavailableError
from commlog_tui.store.postgresql.auditing import batches, end_of, examine, see, snapshot
from commlog_tui.store.postgresql.comparing import differing
from commlog_tui.store.postgresql.connection import Row as Columns
from commlog_tui.store.postgresql.store import file_of_log
from commlog_tui.store.signing import fault_of_key

_SCANS: Final = ("enable_indexscan", "enable_indexonlyscan", "enable_bitmapscan")
_COUNT: Final = "SELECT count(*) FROM record WHERE location = %s"
_NODES: Final = "SELECT level, position, hash FROM node WHERE location = %s"
_UNFORGOTTEN: Final = """
WITH gone AS MATERIALIZED (
    SELECT root, min(seq) AS seq FROM record WHERE location = %(no)s AND kind = 'redaction' GROUP BY root
)
SELECT r.seq FROM record r JOIN gone ON gone.root = r.root
WHERE r.location = %(no)s AND r.kind <> 'redaction' AND r.seq < gone.seq
AND (r.salt IS NOT NULL OR r.personal IS NOT NULL) ORDER BY r.seq
"""
_TWICE: Final = """
SELECT min(seq), max(seq) FROM record WHERE location = %s GROUP BY id HAVING count(*) > 1 ORDER BY 2
"""
_OUTSIDE: Final = "SELECT seq FROM record WHERE location = %s AND (seq < 1 OR seq > %s) ORDER BY seq"
_STRAYS: Final = {
    "SELECT count(*) FROM record WHERE location NOT IN (SELECT no FROM location)":
        "There are records of a location that is not in the log: it was removed.",
    "SELECT count(*) FROM head WHERE location NOT IN (SELECT no FROM location)":
        "There is the end of a location that is not in the log: it was removed.",
}  # fmt: skip


class PostgresAudit:
    """See ``auditing.Audit``."""

    def __init__(self, url: str, connection: psycopg.Connection[Columns], faults: list[str]) -> None:
        """Wrap a connection within one snapshot, given what is wrong with the schema."""
        self._url, self._connection, self._schema_faults = url, connection, faults

    def log_name(self) -> str:
        """See ``auditing.Audit.log_name``."""
        ids = self._connection.execute("SELECT id FROM log").fetchall()
        if len(ids) != 1:
            raise DamagedLogError("The log's id is missing, or there twice. Nothing was changed; restore a backup.")
        return f"commlog/{ids[0][0]}"

    def faults(self) -> Iterator[str]:
        """See ``auditing.Audit.faults``."""
        if self._schema_faults:
            yield f"The database is not laid out as commlog made it: {'; '.join(self._schema_faults)}."
        for check in (self._require_known_locations, self._require_key):
            try:
                check()
            except DamagedLogError as error:
                yield str(error)

    def require_whole(self) -> None:
        """See ``auditing.Audit.require_whole``."""
        if self._schema_faults:
            raise DamagedLogError(f"The database is not laid out as commlog made it: {'; '.join(self._schema_faults)}.")
        self._require_known_locations()

    def locations(self) -> list[AuditedLocation]:
        """See ``auditing.Audit.locations``."""
        rows = self._connection.execute("SELECT no, id FROM location ORDER BY id").fetchall()
        return [AuditedLocation(no, location, self._count(no)) for no, location in rows]

    def ends(self) -> list[tuple[str, int, bytes]]:
        """See ``auditing.Audit.ends``."""
        found = []
        for location in self.locations():
            size, frontier = self._end(location.key)
            try:
                found.append((location.id, size, Frontier(size, frontier).root()))
            except ValueError:
                raise StoreUnavailableError("The tree over this log does not fit its records.") from None
        return found

    def batches(self, location: AuditedLocation) -> Iterator[Iterable[Row]]:
        """See ``auditing.Audit.batches``."""
        return batches(self._connection, location.key, location.id)

    def feed(self, location: AuditedLocation, verifier: Verifier, progress: Progress) -> bool:
        """See ``auditing.Audit.feed``."""
        read = partial(batches, self._connection, location.key, location.id)
        return feed_on_cores(read, partial(examine, self._url, location.key, location.id), location, verifier, progress)

    def finish(self, location: AuditedLocation, verifier: Verifier) -> None:
        """See ``auditing.Audit.finish``."""
        no, run = location.key, self._connection.execute
        self._see(no)
        size, frontier = self._end(no)
        nodes = {(level, position): found for level, position, found in run(_NODES, (no,), binary=True)}
        verifier.end(StoredTree(size, frontier, nodes))
        for (seq,) in run(_UNFORGOTTEN, {"no": no}).fetchall():
            verifier.fault(seq, "its personal data is there, though a redaction on record has removed it")
        for first, other in run(_TWICE, (no,)).fetchall():
            verifier.fault(other, recorded_twice(first))
        for (seq,) in run(_OUTSIDE, (no, verifier.reached)).fetchall():
            verifier.fault(seq, f"it lies outside the log, whose positions are 1 to {size}")
        if location.count > verifier.records and not verifier.faults:
            verifier.fault(1, "the index of the records lacks some: REINDEX TABLE record mends it", location.count)

    def schema_faults(self) -> list[str]:
        """See ``auditing.Audit.schema_faults``."""
        return self._schema_faults

    def index_faults(self) -> list[str]:
        """See ``auditing.Audit.index_faults``: PostgreSQL has amcheck for that."""
        return []

    def is_comparable(self) -> bool:
        """See ``auditing.Audit.is_comparable``."""
        return True

    def differing(self, progress: Progress) -> list[str]:
        """See ``auditing.Audit.differing``."""
        with ThreadPoolExecutor(1) as apart:  # the caller may have an event loop running
            return apart.submit(lambda: asyncio.run(differing(self._url, progress))).result()

    def is_scrub_due(self) -> bool:
        """See ``auditing.Audit.is_scrub_due``."""
        return False

    def _see(self, no: int) -> None:
        see(self._connection, no)

    def _count(self, no: int) -> int:
        """Return how many records a location has, counted without an index."""
        self._see(no)
        for name in _SCANS:
            self._connection.execute(f"SET LOCAL {name} = off")
        ((count,),) = self._connection.execute(_COUNT, (no,)).fetchall()
        for name in _SCANS:
            self._connection.execute(f"SET LOCAL {name} = on")
        return int(count)

    def _end(self, no: int) -> tuple[int, bytes]:
        return end_of(self._connection, no)

    def _require_known_locations(self) -> None:
        for statement, words in _STRAYS.items():
            ((count,),) = self._connection.execute(statement).fetchall()
            if count:
                raise DamagedLogError(words)

    def _require_key(self) -> None:
        name = self.log_name()
        if words := fault_of_key(file_of_log(name.rpartition("/")[2], ".key"), name):
            raise DamagedLogError(words)


@contextmanager
def opened(url: str) -> Iterator[PostgresAudit]:
    """Open the log at a URL to check it, within one snapshot.

    Raises ``StoreUnavailableError`` if it is no log of this layout.
    """
    with snapshot(url) as (connection, faults):
        yield PostgresAudit(url, connection, faults)
