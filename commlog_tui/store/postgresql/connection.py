"""Connections to a PostgreSQL database, and what its failures mean."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from psycopg import errors
from psycopg.abc import Buffer
from psycopg.adapt import AdaptersMap, Loader
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import Format
from psycopg.types.numeric import Int8BinaryDumper, Int8Dumper
from typing_extensions import override

from commlog_tui.records.errors import LogError
from commlog_tui.store.errors import DamagedLogError, StoreFullError, StoreUnavailableError
from commlog_tui.store.postgresql.arrays import ListDumper

Row = tuple[Any, ...]
"""A row as PostgreSQL gives it; its types are the schema's."""


_SAME_LOCATION: Final = re.compile(r"= \w+\.location\b")
"""A location that is that of another table: Citus finds a shard by constants, not through subqueries."""


class AsyncConnection(psycopg.AsyncConnection[Row]):
    """A connection that knows which location's rows it may see."""

    location: int | None = None
    is_distributed: bool = False
    """Whether Citus is there, which does not plan a statement that writes to several tables."""

    routed_to: int = 0
    """The location of the statements that follow, which Citus sends to its shard."""

    @override
    async def execute(self, query: Any, params: Any = None, **options: Any) -> psycopg.AsyncCursor[Row]:
        if self.is_distributed and isinstance(query, str):
            query = _SAME_LOCATION.sub(f"= {self.routed_to:d}", query)
        return await super().execute(query, params, **options)

    async def use_location(self, location: int) -> None:
        """Let the statements that follow see the rows of a location: row-level security goes by this.

        The rollback of a transaction undoes it: forget it then.
        """
        self.routed_to = location
        if self.location != location:
            self.location = None
            await self.execute("SELECT set_config('commlog.location', %s, false)", (str(location),))
            self.location = location


_DEFAULTS: Final = {
    "application_name": "commlog",
    "connect_timeout": "10",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "client_encoding": "UTF8",
}
"""Parameters of connections that a URL does not name itself."""
STATEMENT_SECONDS: Final = 15
"""How long a statement may take before it is given up, so that none holds a connection for ever."""
_SETTINGS: Final = f"""
SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED;
SET statement_timeout = {STATEMENT_SECONDS * 1000};
SET idle_in_transaction_session_timeout = 60000;
SET synchronous_commit = on;
SET jit = off
"""
"""A transaction that hangs would hold the head of its location, and nobody else could append."""
_IN_ORDER: Final = "SET enable_bitmapscan = off"
"""A page walks an index in its order until it is full. PostgreSQL cannot know how many rows meet its conditions,
expects one where there are a million, and would collect and sort them all."""

_IS_DISTRIBUTED: Final = "SELECT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'citus')"
_NOTHING: Final = "Nothing was written; try again in a moment."
_MEANINGS: Final[tuple[tuple[tuple[type[psycopg.Error], ...], type[LogError], str], ...]] = (
    (
        (errors.DiskFull, errors.OutOfMemory),
        StoreFullError,
        "The disk is full. Nothing was written, what was there is safe; make room and try again.",
    ),
    (
        (errors.UndefinedTable, errors.UndefinedColumn, errors.UndefinedFunction),
        DamagedLogError,
        "The tables of this database are not those of this version. Nothing was written; run commlog verify.",
    ),
    (
        (errors.DataCorrupted, errors.IndexCorrupted),
        DamagedLogError,
        "The database is damaged. Nothing was written; restore a backup.",
    ),
    (
        (errors.QueryCanceled,),
        StoreUnavailableError,
        f"The database took longer than {STATEMENT_SECONDS} seconds. {_NOTHING}",
    ),
    (
        (errors.InsufficientPrivilege,),
        StoreUnavailableError,
        "The database's user may not do this. Nothing was written.",
    ),
    (
        (errors.ReadOnlySqlTransaction,),
        StoreUnavailableError,
        f"The database is read-only, as a standby is. {_NOTHING}",
    ),
)
"""Errors that tell more than that the database cannot be used."""


class _UuidLoader(Loader):
    """Loads a UUID as text in lower case, which is faster than by way of ``UUID``."""

    @override
    def load(self, data: Buffer) -> str:
        return bytes(data).decode()


class _UuidBinaryLoader(_UuidLoader):
    format = Format.BINARY

    @override
    def load(self, data: Buffer) -> str:
        digits = bytes(data).hex()
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def _adapters() -> AdaptersMap:
    adapters = AdaptersMap(psycopg.adapters)
    adapters.register_loader("uuid", _UuidLoader)
    adapters.register_loader("uuid", _UuidBinaryLoader)
    for dumper in (Int8Dumper, Int8BinaryDumper):  # one type for all: else a statement is prepared for each size
        adapters.register_dumper(int, dumper)
    adapters.register_dumper(list, ListDumper)
    return adapters


ADAPTERS: Final = _adapters()
"""How values are passed: integers as ``bigint``, identifiers as text."""


class _Context:
    """Lets a connection use ``ADAPTERS``."""

    adapters = ADAPTERS
    connection = None


CONTEXT: Final = _Context()


def is_text(value: str) -> bool:
    """Whether PostgreSQL can have a text: none there has the character NUL, so nothing is found by it."""
    return "\x00" not in value


def parameters(url: str) -> str:
    """Return the parameters of connections to the database at a URL.

    Raises ``StoreUnavailableError`` where it is malformed.
    """
    try:
        return make_conninfo("", **{**_DEFAULTS, **conninfo_to_dict(url)})
    except psycopg.ProgrammingError:
        raise StoreUnavailableError(
            "This is no URL of a PostgreSQL database: postgresql://user@host/database. Nothing was opened."
        ) from None


def connect(conninfo: str) -> psycopg.Connection[Row]:
    """Return a connection for setting up and upkeep. Raises ``StoreUnavailableError``."""
    try:
        connection = psycopg.connect(conninfo, autocommit=True, context=CONTEXT)
    except psycopg.Error as error:
        reason = str(error).partition("\n")[0].removeprefix("connection failed: ").rstrip(".")
        raise StoreUnavailableError(f"The database cannot be opened: {reason}. Nothing was changed.") from None
    try:
        with plain_errors():
            connection.execute(_SETTINGS)
            connection.execute("SET statement_timeout = 0")
    except BaseException:
        connection.close()
        raise
    return connection


async def prepare(connection: AsyncConnection) -> None:
    """Set what every connection of a pool has."""
    await connection.execute(f"{_SETTINGS}; {_IN_ORDER}")
    row = await (await connection.execute(_IS_DISTRIBUTED)).fetchone()
    connection.is_distributed = row is not None and bool(row[0])


@contextmanager
def plain_errors() -> Iterator[None]:
    """Convert database errors to store errors."""
    try:
        yield
    except psycopg.Error as error:
        raise plain_error(error) from error


def plain_error(error: psycopg.Error) -> LogError:
    """Return the store's error for one of the database's."""
    for sorts, sort, words in _MEANINGS:
        if isinstance(error, sorts):
            return sort(words)
    return StoreUnavailableError(f"The database cannot be used now. {_NOTHING}")
