"""Maintenance of a SQLite file: scrubbing, write checks and rebuilds."""

from collections.abc import Callable

from commlog_tui.store.protocol import Rebuilt
from commlog_tui.store.sqlite import scrubbing
from commlog_tui.store.sqlite.database import Database
from commlog_tui.store.sqlite.rebuild import rebuild
from commlog_tui.store.sqlite.schema import VERSION


async def scrub(database: Database) -> None:
    """Overwrite what redactions have left, see ``protocol.Upkeep.scrub``."""
    if database.read(scrubbing.is_due):
        await database.writer.run(lambda _: None, scrub=True)


class SqliteUpkeep:
    """See ``protocol.Upkeep``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.close = database.close

    async def scrub(self) -> None:
        """See ``protocol.Upkeep.scrub``."""
        await scrub(self._database)

    async def is_scrubbed(self) -> bool:
        """See ``protocol.Upkeep.is_scrubbed``."""
        return not self._database.read(scrubbing.is_due)

    async def check_writable(self) -> None:
        """See ``protocol.Upkeep.check_writable``."""
        if not self._database.writer.is_writing_anew:  # which is a durable write, and may take a moment
            await self._database.writer.run(
                lambda c: c.execute(f"PRAGMA user_version = {VERSION}").fetchall(), is_probe=True
            )

    async def rebuild(self, progress: Callable[[int, int], None] = lambda _done, _total: None) -> Rebuilt:
        """See ``protocol.Upkeep.rebuild``."""
        rebuilt: Rebuilt = await self._database.writer.run(
            lambda c: rebuild(c, progress, self._database.kinds), scrub=True
        )
        return rebuilt
