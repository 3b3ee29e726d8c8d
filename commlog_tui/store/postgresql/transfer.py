"""A log in PostgreSQL as the source or the target of a copy, see ``store.transfer``."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Final, TypeVar

import msgspec
import psycopg

from commlog_tui.ledger.tree import Frontier
from commlog_tui.records.decide import NewRecord
from commlog_tui.records.instants import micros
from commlog_tui.records.kinds import KINDS
from commlog_tui.store.errors import OtherLogError
from commlog_tui.store.location import Location
from commlog_tui.store.postgresql import tree
from commlog_tui.store.postgresql.accounts import TOKENS, read_token
from commlog_tui.store.postgresql.connection import Row, connect, parameters, plain_errors
from commlog_tui.store.postgresql.database import Database, View, utc_now
from commlog_tui.store.postgresql.migrations import create_log, layout_of, lock, migrate, require_current
from commlog_tui.store.postgresql.replay import Replay
from commlog_tui.store.postgresql.schema_check import require_schema
from commlog_tui.store.postgresql.server_checks import require_durable
from commlog_tui.store.transfer import Setup, StoredLocation

_LOCATIONS: Final = "SELECT id, name, zone, region, retention FROM location ORDER BY no"
_LOG: Final = "SELECT id FROM log"
_DIGESTS: Final = "SELECT id, digest FROM token"
_NEW_LOCATION: Final = """
INSERT INTO location (no, id, name, zone, region, retention) VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (id) DO UPDATE SET retention = excluded.retention
"""
_NEW_HEAD: Final = """
INSERT INTO head (location, seq, entries, frontier) VALUES (%s, 0, 0, '') ON CONFLICT (location) DO NOTHING
"""
_ACCOUNT: Final = """
INSERT INTO token (id, name, role, locations, digest, created_at, revoked_at) VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (id) DO UPDATE SET revoked_at = excluded.revoked_at
"""
_SEE: Final = "SELECT set_config('commlog.location', %s, true)"
_POSITIONS: Final = """
SELECT uuid_send(id), seq FROM record WHERE location = %s AND id = ANY(%s::text[]::uuid[])
"""
Answer = TypeVar("Answer")


def read_setup(connection: psycopg.Connection[Row]) -> Setup:
    """Return what an owner has set up in a log."""
    locations = tuple(StoredLocation(*row) for row in connection.execute(_LOCATIONS).fetchall())
    digests: dict[str, bytes] = dict(connection.execute(_DIGESTS).fetchall())
    tokens = tuple(
        (token, bytes(digests[token.id])) for token in map(read_token, connection.execute(TOKENS).fetchall())
    )
    row = connection.execute(_LOG).fetchone()
    return Setup("" if row is None else str(row[0]), locations, tokens)


def setup_of(url: str) -> Setup:
    """Return what an owner has set up in the log at a URL. Raises ``StoreUnavailableError``."""
    with closing(connect(parameters(url))) as connection, plain_errors():
        require_current(layout_of(connection))
        return read_setup(connection)


class PostgresTarget:
    """See ``transfer.Target``."""

    def __init__(
        self, connection: psycopg.Connection[Row], database: Database, runner: asyncio.Runner,
        make_key: Callable[[str], None],
    ) -> None:  # fmt: skip
        """Wrap a connection of the owner, and a pool that the runner's loop uses."""
        self._connection, self._database, self._runner, self._make_key = connection, database, runner, make_key

    def begin(self, setup: Setup) -> None:
        """See ``transfer.Target.begin``."""
        run = self._connection.execute
        with plain_errors():
            require_durable(self._connection)
            migrate(self._connection)
            require_schema(self._connection)
            create_log(self._connection, self._make_key, setup.log)
            with self._connection.transaction():
                lock(self._connection)
                found = read_setup(self._connection)
                known = [one.id for one in found.locations]
                if found.log != setup.log or known != [one.id for one in setup.locations[: len(known)]]:
                    raise OtherLogError("The target holds another log. Nothing was written to it.")
                for no, one in enumerate(setup.locations, 1):
                    run(_NEW_LOCATION, (no, one.id, one.name, one.zone, one.region, one.retention))
                    run(_SEE, (str(no),))
                    run(_NEW_HEAD, (no,))
                for token, digest in setup.tokens:
                    locations = None if token.locations is None else msgspec.json.encode(token.locations).decode()
                    revoked = None if token.revoked_at is None else micros(token.revoked_at)
                    about = token.id, token.name, token.role.value, locations
                    run(_ACCOUNT, (*about, digest, micros(token.created_at), revoked))

    def end(self, location: str) -> tuple[int, bytes]:
        """See ``transfer.Target.end``."""

        async def read(view: View, found: Location) -> tuple[int, bytes]:
            head = await tree.head(view, found)
            return head.seq, Frontier(head.seq, head.frontier).root()

        return self._within(location, read)

    def positions(self, location: str, ids: Sequence[bytes]) -> dict[bytes, int]:
        """See ``transfer.Target.positions``."""

        async def read(view: View, found: Location) -> dict[bytes, int]:
            rows = await view.rows(_POSITIONS, (found.no, [one.hex() for one in ids]))
            return {bytes(record): int(seq) for record, seq in rows}

        return self._within(location, read) if ids else {}

    def write(self, location: str, records: Sequence[NewRecord]) -> None:
        """See ``transfer.Target.write``."""

        async def write(view: View, found: Location) -> None:
            head = await tree.head(view, found)
            await Replay(view, found, head, KINDS).add(records)

        self._within(location, write)

    def _within(self, location: str, work: Callable[[View, Location], Awaitable[Answer]]) -> Answer:
        """Do the work within a transaction about a location."""

        async def run() -> Answer:
            found = await self._database.location(location)
            async with self._database.transaction(found) as view:
                return await work(view, found)

        return self._runner.run(run())


@contextmanager
def target_at(url: str, make_key: Callable[[str], None]) -> Iterator[PostgresTarget]:
    """Open the database at a URL to copy into, as the owner of its tables.

    ``make_key`` stores the signing key of a new log, given its id. Raises ``StoreError``.
    """
    conninfo = parameters(url)
    database = Database(conninfo, utc_now, KINDS)
    with closing(connect(conninfo)) as connection, asyncio.Runner() as runner:
        try:
            yield PostgresTarget(connection, database, runner, make_key)
        finally:
            runner.run(database.close())
