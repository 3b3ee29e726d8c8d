"""Maintenance of a log in PostgreSQL."""

from typing import Final

from commlog_tui.store.postgresql.database import Database

_PROBE: Final = "SELECT pg_logical_emit_message(true, 'commlog', 'probe')"
"""Makes its commit wait for the disk, and touches no table."""


class PostgresUpkeep:
    """See ``protocol.Upkeep``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def check_writable(self) -> None:
        """See ``protocol.Upkeep.check_writable``."""
        async with self._database.transaction() as view:
            await view.rows(_PROBE)
