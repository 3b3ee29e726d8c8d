"""Maintenance of a log in PostgreSQL."""

from collections.abc import Callable
from typing import Final

from commlog_tui.store.postgresql.database import Database
from commlog_tui.store.postgresql.rebuild import rebuild
from commlog_tui.store.protocol import Rebuilt

_LOCATIONS: Final = "SELECT id FROM location ORDER BY no"
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

    async def scrub(self) -> None:
        """Do nothing: VACUUM frees what was deleted, which autovacuum does by itself."""

    async def is_scrubbed(self) -> None:
        """Return nothing: old bytes may be in pages, write-ahead log, replicas and backups.

        docs/guide/postgresql.md says how they go.
        """

    async def rebuild(self, progress: Callable[[int, int], None] = lambda _done, _total: None) -> Rebuilt:
        """See ``protocol.Upkeep.rebuild``."""
        ids = await self._database.rows(_LOCATIONS)
        locations = [await self._database.location(location) for (location,) in ids]
        async with self._database.transaction() as view:
            return await rebuild(view, locations, progress, self._database.kinds)
