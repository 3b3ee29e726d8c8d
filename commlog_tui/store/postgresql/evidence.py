"""Evidence from a PostgreSQL database: tree heads, proofs, and records with their hashed content."""

from collections.abc import Sequence

from commlog_tui.ledger.tree import Frontier
from commlog_tui.store.errors import StoreUnavailableError
from commlog_tui.store.postgresql import tree
from commlog_tui.store.postgresql.database import Database
from commlog_tui.store.postgresql.loading import DAMAGED
from commlog_tui.store.protocol import TreeHead
from commlog_tui.store.rows import ConsistencyRow, InclusionRow, RecordRow


class PostgresEvidence:
    """See ``protocol.Evidence``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.log_name = database.log_name

    async def head(self, location: str) -> TreeHead:
        """See ``protocol.Evidence.head``."""
        name, found = await self.log_name(), await self._database.location(location)
        head = await self._database.once(lambda view: tree.head(view, found), found)
        try:
            root = Frontier(head.seq, head.frontier).root()
        except ValueError:
            raise StoreUnavailableError(DAMAGED) from None
        return TreeHead(name, location, head.seq, root)

    async def proof(self, location: str, seq: int, size: int | None = None) -> InclusionRow:
        """See ``protocol.Evidence.proof``."""
        found = await self._database.location(location)
        return await self._database.read(lambda view: tree.inclusion(view, found, seq, size), found)

    async def consistency(self, location: str, old: int, new: int | None = None) -> ConsistencyRow:
        """See ``protocol.Evidence.consistency``."""
        found = await self._database.location(location)
        return await self._database.read(lambda view: tree.consistency(view, found, old, new), found)

    async def records(self, location: str, after: int, limit: int) -> Sequence[RecordRow]:
        """See ``protocol.Evidence.records``."""
        found = await self._database.location(location)
        return await self._database.once(lambda view: tree.records(view, found, after, limit), found)
