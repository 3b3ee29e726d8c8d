"""What the owner of the tables does with a database: migrations, privileges, distribution."""

from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
from psycopg import errors

from commlog_tui.store.errors import StoreUnavailableError
from commlog_tui.store.postgresql import distribution, guards
from commlog_tui.store.postgresql.connection import Row, connect, parameters, plain_errors
from commlog_tui.store.postgresql.migrations import create_log, lock, migrate, schema_of
from commlog_tui.store.postgresql.schema_check import require_schema
from commlog_tui.store.postgresql.server_checks import require_durable
from commlog_tui.store.postgresql.store import file_of_log, make_key


class Administration:
    """A connection of the owner. Every method raises ``StoreUnavailableError``."""

    def __init__(self, url: str) -> None:
        self._connection: psycopg.Connection[Row] = connect(parameters(url))

    def migrate(self) -> int:
        """Apply the migrations that are missing and return how many that were.

        Raises ``NewerLayoutError``, and ``DamagedLogError`` where something else changed the tables.
        """
        with plain_errors():
            require_durable(self._connection)
            try:
                applied = migrate(self._connection)
            except errors.LockNotAvailable:
                raise StoreUnavailableError(
                    "A long read or write kept the tables locked. What was applied stays; run commlog migrate again."
                ) from None
            require_schema(self._connection)
            return applied

    def grant(self, role: str) -> None:
        """Give a role the privileges of the service, and take all others from it."""
        with plain_errors(), self._connection.transaction():
            lock(self._connection)
            if not self._connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone():
                raise StoreUnavailableError(
                    f"There is no role {role}. No privileges were given; create it first: "
                    f"CREATE ROLE {role} LOGIN PASSWORD '…'"
                )
            guards.grant(self._connection, schema_of(self._connection), role)

    def distribute(self) -> int:
        """Distribute the tables over a Citus cluster and return how many were not yet."""
        with plain_errors():
            return distribution.distribute(self._connection, schema_of(self._connection))

    def create_log(self) -> tuple[str, Path]:
        """Return the name of the log and the file of its keys, made where the tables are new."""
        with plain_errors():
            log = create_log(self._connection, make_key)
        return f"commlog/{log}", file_of_log(log, ".key")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()
