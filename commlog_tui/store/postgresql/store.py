"""The store in a PostgreSQL database, made of its parts."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Self

import platformdirs

from commlog_tui.private_files import make_folder
from commlog_tui.records.kinds import KINDS, Kinds
from commlog_tui.store.errors import StoreUnavailableError
from commlog_tui.store.postgresql.accounts import PostgresAccounts
from commlog_tui.store.postgresql.connection import connect, parameters, plain_errors
from commlog_tui.store.postgresql.cursor_key import CursorKey
from commlog_tui.store.postgresql.customer_notes import PostgresPeople
from commlog_tui.store.postgresql.database import Database, utc_now
from commlog_tui.store.postgresql.delivery import PostgresDelivery
from commlog_tui.store.postgresql.evidence import PostgresEvidence
from commlog_tui.store.postgresql.log import PostgresLog
from commlog_tui.store.postgresql.log_reading import PostgresReading
from commlog_tui.store.postgresql.migrations import create_log, layout_of, migrate
from commlog_tui.store.postgresql.resends import PostgresResends
from commlog_tui.store.postgresql.schema_check import require_schema
from commlog_tui.store.postgresql.server_checks import require_durable
from commlog_tui.store.postgresql.task_reading import PostgresWork
from commlog_tui.store.postgresql.upkeep import PostgresUpkeep
from commlog_tui.store.signing import KeyFile

__all__ = ["PostgresStore", "utc_now"]


class PostgresStore:
    """PostgreSQL's ``protocol.Store``: one part for each client, all on the same database."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.backup: Path | None = None
        """Nothing is migrated without an order, and backups are made with PostgreSQL's own tools."""
        cursor_key = CursorKey(database, make_cursor_key)
        log, reading = PostgresLog(database), PostgresReading(database, cursor_key)
        accounts, delivery = PostgresAccounts(database), PostgresDelivery(database, cursor_key)
        evidence, upkeep = PostgresEvidence(database), PostgresUpkeep(database)
        self._log = log
        self.append, self.redact_customer, self.redact_due = log.append, log.redact_customer, log.redact_due
        self.feed, self.wait, self.find_due = log.feed, log.wait, reading.find_due
        self.page, self.detail, self.matching_ids = reading.page, reading.detail, reading.matching_ids
        self.booking, self.customers, self.customer = reading.booking, reading.customers, reading.customer
        self.statistics, self.worklist = delivery.statistics, delivery.worklist
        self.unmatched_events, self.reported_hours = delivery.unmatched_events, delivery.reported_hours
        self.runs, self.resolutions = delivery.runs, delivery.resolutions
        self.work, self.people = PostgresWork(database, cursor_key), PostgresPeople(database)
        self.resends = PostgresResends(database, cursor_key)
        self.create_location, self.locations, self.location = (
            accounts.create_location,
            accounts.locations,
            accounts.location,
        )
        self.retention, self.set_retention = accounts.retention, accounts.set_retention
        self.create_token, self.revoke_token = accounts.create_token, accounts.revoke_token
        self.tokens, self.token = accounts.tokens, accounts.token
        self.log_name, self.head, self.records = evidence.log_name, evidence.head, evidence.records
        self.proof, self.consistency = evidence.proof, evidence.consistency
        self.check_writable, self.rebuild = upkeep.check_writable, upkeep.rebuild
        self.scrub, self.is_scrubbed = upkeep.scrub, upkeep.is_scrubbed

    async def close(self) -> None:
        """See ``protocol.Upkeep.close``."""
        await self._log.close()
        await self.database.close()

    @classmethod
    def open(
        cls,
        url: str,
        *,
        clock: Callable[[], datetime] | None = None,
        create: bool = True,
        kinds: Kinds = KINDS,
    ) -> Self:
        """Open the log in the database at a URL; with ``create``, make the tables in an empty one.

        The clock is asked exactly once for every record written, in their order. ``kinds`` are
        those of record that are known.

        Cursors are authenticated by a key derived from the log's signing key.

        Raises:
            LogError: the database cannot be opened, or its tables are those of another version.
        """
        conninfo = parameters(url)
        with connect(conninfo) as connection, plain_errors():
            require_durable(connection)
            if create and not layout_of(connection):
                migrate(connection)
            require_schema(connection)
            if create:
                create_log(connection, make_key)
        return cls(Database(conninfo, clock or utc_now, kinds))


def log_id(url: str) -> str:
    """Return the id of the log in the database at a URL. Raises ``StoreUnavailableError``."""
    with connect(parameters(url)) as connection, plain_errors():
        row = connection.execute("SELECT id FROM log").fetchone()
    if row is None:
        raise StoreUnavailableError("There is no log in this database. Nothing was changed.")
    return str(row[0])


def file_of_log(log: str, suffix: str) -> Path:
    """Return a file of a log that is kept outside of its database: its keys, its webhooks.

    Every process that serves the log must see the same files.
    """
    return platformdirs.user_data_path("commlog") / f"{log}{suffix}"


def make_key(log: str) -> None:
    """Create the signing key of a new log, given its id. Raises ``StoreUnavailableError``."""
    file = file_of_log(log, ".key")
    make_folder(file.parent)
    KeyFile(file).load(f"commlog/{log}")


def make_cursor_key(name: str) -> bytes:
    """Return the key that authenticates cursors of the log with a name."""
    return KeyFile(file_of_log(name.removeprefix("commlog/"), ".key")).cursor_key(name)
