"""A log file as the source or the target of a copy, see ``store.transfer``."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import apsw
import msgspec

from commlog_tui.ledger.tree import Frontier
from commlog_tui.records.decide import Decision, Head, NewRecord, changes_of
from commlog_tui.records.instants import micros
from commlog_tui.records.kinds import KINDS, is_decisive
from commlog_tui.records.record import Thread
from commlog_tui.store.errors import OtherLogError
from commlog_tui.store.sqlite import access, auditing
from commlog_tui.store.sqlite.append import apply, insert
from commlog_tui.store.sqlite.connection import connect, plain_errors
from commlog_tui.store.sqlite.keys import key_of, seq_of
from commlog_tui.store.sqlite.loading import load_threads
from commlog_tui.store.sqlite.place import Place
from commlog_tui.store.sqlite.tree import read_head, size_and_root
from commlog_tui.store.transfer import Setup, StoredLocation

_LOCATIONS: Final = "SELECT id, name, zone, region, retention FROM location ORDER BY no"
_NEW_LOCATION: Final = """
INSERT INTO location (id, name, zone, region, retention) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (id) DO UPDATE SET retention = excluded.retention
"""
_HEADS: Final = "INSERT OR IGNORE INTO head SELECT no, 0, 0, x'' FROM location"
_ACCOUNT: Final = """
INSERT INTO token VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (id) DO UPDATE SET revoked_at = excluded.revoked_at
"""
_POSITION: Final = "SELECT pk FROM record WHERE location = ? AND id = ?"


def read_setup(connection: apsw.Connection) -> Setup:
    """Return what an owner has set up in a log file."""
    locations = [
        StoredLocation(str(row[0]), str(row[1]), str(row[2]), row[3], row[4])  # type: ignore[arg-type] # the schema's
        for row in connection.execute(_LOCATIONS).fetchall()
    ]
    digests = {str(token): bytes(digest) for token, digest in connection.execute("SELECT id, digest FROM token")}
    tokens = [(token, digests[token.id]) for token in access.list_tokens(connection)]
    return Setup(access.log_name(connection).rpartition("/")[2], tuple(locations), tuple(tokens))


def setup_of(path: Path) -> Setup:
    """Return what an owner has set up in a log file. Raises ``StoreUnavailableError``."""
    with auditing.opened(path) as connection:
        return read_setup(connection)


class SqliteTarget:
    """See ``transfer.Target``."""

    def __init__(self, connection: apsw.Connection) -> None:
        """Wrap a connection to a log file that nobody else writes."""
        self._connection = connection

    def begin(self, setup: Setup) -> None:
        """See ``transfer.Target.begin``."""
        with plain_errors(), self._connection:
            if not self._connection.execute("SELECT 1 FROM location").fetchone():
                self._connection.execute("UPDATE log SET id = ?", (setup.log,))
            found = read_setup(self._connection)
            if found.log != setup.log or [one.id for one in found.locations] != [
                one.id for one in setup.locations[: len(found.locations)]
            ]:
                raise OtherLogError("The target holds another log. Nothing was written to it.")
            for one in setup.locations:
                self._connection.execute(_NEW_LOCATION, (one.id, one.name, one.zone, one.region, one.retention))
            self._connection.execute(_HEADS)
            for token, digest in setup.tokens:
                locations = None if token.locations is None else msgspec.json.encode(token.locations).decode()
                revoked = None if token.revoked_at is None else micros(token.revoked_at)
                values = token.id, token.name, token.role.value, locations, digest, micros(token.created_at), revoked
                self._connection.execute(_ACCOUNT, values)

    def end(self, location: str) -> tuple[int, bytes]:
        """See ``transfer.Target.end``."""
        with plain_errors():
            return size_and_root(self._connection, Place.find(self._connection, location).no)

    def positions(self, location: str, ids: Sequence[bytes]) -> dict[bytes, int]:
        """See ``transfer.Target.positions``."""
        no = Place.find(self._connection, location).no
        rows = ((record, self._connection.execute(_POSITION, (no, record)).fetchone()) for record in ids)
        return {record: seq_of(int(row[0])) for record, row in rows if row is not None}

    def write(self, location: str, records: Sequence[NewRecord]) -> None:
        """See ``transfer.Target.write``."""
        with plain_errors(), self._connection:
            place = Place.find(self._connection, location)
            head = read_head(self._connection, place.no)
            frontier = Frontier(head.seq, head.frontier)
            insert(self._connection, place, records)
            nodes = [node for new in records for node in frontier.push_leaf(new.leaf)]
            threads = self._threads(place.no, records)
            changes = [
                change
                for new in records
                for change in changes_of(
                    new.record, None if new.root == new.seq else threads[new.root].before(new.seq), KINDS
                )
            ]
            entries = head.entries + sum(new.kind == "entry" for new in records)
            end = Head(frontier.size, entries, frontier.peaks)
            apply(self._connection, place, Decision([], [], end, nodes, changes), KINDS)

    def _threads(self, no: int, records: Sequence[NewRecord]) -> dict[int, Thread]:
        """Return the threads that records are about, by the seq of the root."""
        here = {new.seq: Thread(new.record) for new in records if new.root == new.seq}
        wanted = {
            key_of(no, new.root)
            for new in records
            if new.root != new.seq and (new.root not in here or is_decisive(new.kind, KINDS))
        }
        return here | {seq_of(pk): thread for pk, thread in load_threads(self._connection, wanted).items()}


@contextmanager
def target_at(path: Path) -> Iterator[SqliteTarget]:
    """Open a log file to copy into, made where it is missing. Raises ``StoreError``."""
    with closing(connect(path)) as connection:
        yield SqliteTarget(connection)
