"""An open database: a pool of connections, reads in one view, and transactions that write."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.types.numeric import Int4
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from commlog_tui.contract.regions import region_of_zone
from commlog_tui.records.errors import LogError
from commlog_tui.records.kinds import Kinds
from commlog_tui.store.errors import DamagedLogError, StoreUnavailableError, UnknownLocationError
from commlog_tui.store.location import Location
from commlog_tui.store.postgresql.connection import CONTEXT, AsyncConnection, Row, is_text, plain_error, prepare

logging.getLogger("psycopg").setLevel(logging.CRITICAL)  # what goes wrong is raised, in words; a retry is no news
_FEWEST, _MOST = 2, 12
"""Connections of a process. A log needs few: each is busy for a millisecond at a time."""
_PATIENCE: Final = 5.0
"""Seconds to wait for a connection before the database counts as unavailable."""
_ATTEMPTS: Final = 3
"""How often a connection may be lost: the next one can die with it, a moment later."""
_LOCATION: Final = "SELECT no, name, zone, region FROM location WHERE id = %s"
_SEE: Final = "SELECT set_config('commlog.location', %s, true)"
_CLOSED: Final = "The log is closed. Nothing was written."
_LOST: Final = (
    "The connection to the database was lost. What was being written may have been recorded; "
    "sending it again under the same key is safe."
)
_BUSY: Final = "The database cannot be reached, or all connections to it are in use. Nothing was written; try again."
Answer = TypeVar("Answer")
Values = Sequence[Any] | Mapping[str, Any]
Cursor = psycopg.AsyncCursor[Row]


def utc_now() -> datetime:
    """Return the present instant."""
    return datetime.now(UTC)


class View:
    """A transaction: every statement of a read-only one sees the same log."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    async def rows(self, statement: str, values: Values = ()) -> list[Row]:
        """Return the rows of a statement."""
        cursor = await self.connection.execute(statement, values, binary=True)
        return await cursor.fetchall()

    async def row(self, statement: str, values: Values = ()) -> Row | None:
        """Return the first row of a statement."""
        cursor = await self.connection.execute(statement, values, binary=True)
        return await cursor.fetchone()

    async def begin(self, location: Location | None = None, how: str = "") -> None:
        """Send the beginning of a transaction about a location, within a pipeline."""
        await self.connection.execute(f"BEGIN {how}")
        if location is not None:
            self.connection.routed_to = location.no
            if self.connection.location != location.no:
                await self.see(location.no)

    async def begin_write(self, location: Location) -> None:
        """Send the beginning of a transaction that writes to a location, within a pipeline.

        The connection goes on seeing this location, unless the transaction is rolled back.
        """
        await self.connection.execute("BEGIN")
        await self.connection.use_location(location.no)

    async def rollback(self) -> None:
        """Undo the transaction, if one is under way."""
        if self.connection.info.transaction_status is not TransactionStatus.IDLE:
            self.connection.location = None
            await self.connection.rollback()

    async def see(self, location: int) -> None:
        """Let the rest of the transaction see the rows of a location, see ``AsyncConnection.use_location``."""
        self.connection.routed_to = location
        await self.connection.execute(_SEE, (str(int(location)),))

    async def send(self, statement: str, values: Values = ()) -> Cursor:
        """Send a statement within a pipeline, whose rows can be read when that has ended."""
        return await self.connection.execute(statement, values, binary=True)

    async def send_numbered(self, statement: str, values: Values) -> None:
        """Send a statement within a pipeline that has its parameters as ``$1``, ``$2`` and so on.

        psycopg remembers only shorter ones with names or marks, and would read a long one anew each time.
        """
        await psycopg.AsyncRawCursor(self.connection).execute(statement, values)

    async def execute(self, statement: str, values: Values = ()) -> int:
        """Run a statement that returns no rows, and return how many it has changed."""
        cursor = await self.connection.execute(statement, values)
        return cursor.rowcount


class Database:
    """The connections of one process to one database, which the parts of a store share."""

    def __init__(self, conninfo: str, clock: Callable[[], datetime], kinds: Kinds) -> None:
        self.conninfo = conninfo
        self.clock = clock
        self.kinds = kinds
        self._loop: asyncio.AbstractEventLoop | None = None
        self._opening = asyncio.Lock()
        self._pool: AsyncConnectionPool[AsyncConnection] | None = None
        self._locations: dict[str, Location] = {}
        self._log_name: str | None = None
        self.forms: Final[dict[int, dict[str, int]]] = {}
        """Numbers of forms that are committed, by location; see ``record_rows``."""
        self._closed = False

    async def location(self, location: str) -> Location:
        """Return a location by its id. Raises ``UnknownLocationError``.

        Id, name, zone and region of a location never change, so they are read once.
        """
        known = self._locations.get(location)
        if known is None:
            row = await self.row(_LOCATION, (location,)) if is_text(location) else None
            if row is None:
                raise UnknownLocationError("There is no such location.")
            no, name, zone, region = row
            known = Location(Int4(no), location, name, ZoneInfo(zone), region or region_of_zone(zone))
            self._locations[location] = known
        return known

    async def log_name(self) -> str:
        """Return the name under which the log signs. Raises ``DamagedLogError`` where it has none."""
        if self._log_name is None:
            row = await self.row("SELECT id FROM log")
            if row is None:
                raise DamagedLogError("The log's id is missing. Nothing was changed; restore a backup.")
            self._log_name = f"commlog/{row[0]}"
        return self._log_name

    async def rows(self, statement: str, values: Values = (), location: Location | None = None) -> list[Row]:
        """Return the rows of one statement about a location, in one round trip."""
        return await self.once(lambda view: view.rows(statement, values), location)

    async def row(self, statement: str, values: Values = (), location: Location | None = None) -> Row | None:
        """Return the first row of one statement about a location, in one round trip."""
        return next(iter(await self.rows(statement, values, location)), None)

    async def once(self, read: Callable[[View], Awaitable[Answer]], location: Location | None = None) -> Answer:
        """Read by a single statement, which needs no transaction; again where it was interrupted."""

        async def read_once(connection: AsyncConnection) -> Answer:
            if location is not None:
                connection.routed_to = location.no
            if location is None or connection.location == location.no:
                return await read(View(connection))
            async with connection.pipeline():
                await connection.use_location(location.no)
                return await read(View(connection))

        return await self._with_connection(read_once)

    async def read(self, read: Callable[[View], Awaitable[Answer]], location: Location | None = None) -> Answer:
        """Read within one read-only transaction, so that every statement sees the same log of one location.

        What was interrupted is read again.
        """

        async def in_one_view(connection: AsyncConnection) -> Answer:
            view = View(connection)
            async with connection.pipeline():
                await view.begin(location, "ISOLATION LEVEL REPEATABLE READ READ ONLY")
            try:
                return await read(view)
            finally:
                with suppress(psycopg.Error):
                    await connection.execute("ROLLBACK")

        return await self._with_connection(in_one_view)

    @asynccontextmanager
    async def transaction(self, location: Location | None = None) -> AsyncIterator[View]:
        """Write to a location within one transaction, which is durable at the end of the block."""
        async with self._connection() as connection:
            try:
                async with connection.transaction():
                    view = View(connection)
                    if location is not None:
                        await view.see(location.no)
                    yield view
            except psycopg.Error as error:
                raise _lost(connection, error) from error

    async def write(self, write: Callable[[View], Awaitable[Answer]]) -> Answer:
        """Run what begins and commits a transaction by itself, which loses nothing when it is repeated.

        It is repeated where the connection was lost, even if that was after the commit.
        """
        for attempt in range(1, _ATTEMPTS + 1):
            async with self._connection() as connection:
                try:
                    return await write(View(connection))
                except psycopg.Error as error:
                    if attempt == _ATTEMPTS or not connection.closed:
                        raise _lost(connection, error) from error
                finally:
                    with suppress(psycopg.Error):
                        await View(connection).rollback()
            await self._replace_lost()
        raise AssertionError

    async def close(self) -> None:
        """Let go of the database."""
        self._closed = True
        if self._pool is not None and self._loop is asyncio.get_running_loop():
            await self._pool.close()
        self._pool = None

    async def _with_connection(self, read: Callable[[AsyncConnection], Awaitable[Answer]]) -> Answer:
        """Read on a connection; where that turns out to be lost, again on another."""
        for attempt in range(1, _ATTEMPTS + 1):
            async with self._connection() as connection:
                try:
                    return await read(connection)
                except psycopg.Error as error:
                    connection.location = None  # setting it may have been undone
                    if attempt == _ATTEMPTS or not connection.closed:
                        raise plain_error(error) from error
            await self._replace_lost()
        raise AssertionError

    async def _replace_lost(self) -> None:
        """Replace all connections that were lost, as after a restart of the server."""
        with suppress(psycopg.Error):
            await (await self._open_pool()).check()

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[AsyncConnection]:
        """Lend a connection. Raises ``StoreUnavailableError`` when none can be had."""
        pool = await self._open_pool()
        try:
            connection = await pool.getconn()
        except PoolTimeout as error:
            raise StoreUnavailableError(_BUSY) from error
        try:
            yield connection
        finally:
            await pool.putconn(connection)

    async def _open_pool(self) -> AsyncConnectionPool[AsyncConnection]:
        """Return the pool of the running loop, opened when it is first needed."""
        if self._closed:
            raise StoreUnavailableError(_CLOSED)
        loop = asyncio.get_running_loop()
        if loop is not self._loop:  # the connections of a loop that has ended are of no use
            self._loop, self._pool, self._opening = loop, None, asyncio.Lock()
        async with self._opening:
            if self._pool is None:
                pool = AsyncConnectionPool(
                    self.conninfo,
                    connection_class=AsyncConnection,
                    kwargs={"autocommit": True, "context": CONTEXT},
                    min_size=_FEWEST,
                    max_size=_MOST,
                    timeout=_PATIENCE,
                    reconnect_timeout=_PATIENCE,
                    configure=prepare,
                    name="commlog",
                    open=False,
                )
                await pool.open()
                self._pool = pool
            return self._pool


def _lost(connection: AsyncConnection, error: psycopg.Error) -> LogError:
    """Return the store's error for one that may have come after the commit."""
    return StoreUnavailableError(_LOST) if connection.closed else plain_error(error)
