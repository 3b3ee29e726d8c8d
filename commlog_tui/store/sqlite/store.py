"""The store in one SQLite file, made of its parts."""

import secrets
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Self

from commlog_tui.records.kinds import KINDS, Kinds
from commlog_tui.store.sqlite.accounts import SqliteAccounts
from commlog_tui.store.sqlite.cursor_key import CursorKey
from commlog_tui.store.sqlite.customer_reading import SqlitePeople
from commlog_tui.store.sqlite.database import Database, utc_now
from commlog_tui.store.sqlite.delivery import SqliteDelivery
from commlog_tui.store.sqlite.evidence import SqliteEvidence
from commlog_tui.store.sqlite.log import SqliteLog
from commlog_tui.store.sqlite.resends import SqliteResends
from commlog_tui.store.sqlite.upkeep import SqliteUpkeep
from commlog_tui.store.sqlite.work import SqliteWork

__all__ = ["SqliteStore", "utc_now"]


def process_key(_log: str) -> bytes:
    """Return a key for cursors that lives as long as the process."""
    return secrets.token_bytes(32)


class SqliteStore:
    """SQLite's ``protocol.Store``: one part for each client, all on the same file."""

    def __init__(self, database: Database, make_cursor_key: Callable[[str], bytes]) -> None:
        cursor_key = CursorKey(make_cursor_key)
        self.database, self.backup = database, database.backup
        log, accounts = SqliteLog(database, cursor_key), SqliteAccounts(database)
        evidence, upkeep = SqliteEvidence(database), SqliteUpkeep(database)
        self.append, self.redact_customer, self.wait = log.append, log.redact_customer, log.wait
        self.redact_due, self.find_due = log.redact_due, log.find_due
        self.page, self.detail, self.feed, self.matching_ids = log.page, log.detail, log.feed, log.matching_ids
        self.booking, self.customers, self.customer = log.booking, log.customers, log.customer
        delivery = SqliteDelivery(database, cursor_key)
        self.statistics, self.worklist = delivery.statistics, delivery.worklist
        self.unmatched_events, self.runs, self.resolutions = (
            delivery.unmatched_events,
            delivery.runs,
            delivery.resolutions,
        )
        self.reported_hours = delivery.reported_hours
        self.work, self.people = SqliteWork(database, cursor_key), SqlitePeople(database)
        self.resends = SqliteResends(database, cursor_key)
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
        self.scrub, self.is_scrubbed, self.rebuild = upkeep.scrub, upkeep.is_scrubbed, upkeep.rebuild
        self.check_writable, self.close = upkeep.check_writable, upkeep.close

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        clock: Callable[[], datetime] = utc_now,
        vfs: str | None = None,
        progress: Callable[[int, int], None] = lambda _done, _total: None,
        create: bool = True,
        kinds: Kinds = KINDS,
        make_cursor_key: Callable[[str], bytes] = process_key,
    ) -> Self:
        """Open the log in this file; with ``create``, make file and folder where they are missing.

        The clock is asked exactly once for every record written, in their order. ``vfs`` names the
        one of SQLite's file systems to use (https://sqlite.org/vfs.html), where that is not the
        usual one. ``progress`` is called with the records done and their total while projections of
        an earlier version are rebuilt. ``kinds`` are those of record that are known.
        ``make_cursor_key`` returns the key that authenticates cursors, given the log's name.

        Raises:
            LogError: the file cannot be opened or made.
        """
        return cls(Database(path, clock, kinds, vfs, progress, create=create), make_cursor_key)
