"""Evidence from a SQLite file: tree heads, proofs, and records with their hashed content."""

from collections.abc import Sequence

import apsw

from commlog_tui.store.protocol import TreeHead
from commlog_tui.store.rows import ConsistencyRow, InclusionRow, RecordRow
from commlog_tui.store.sqlite import access, tree
from commlog_tui.store.sqlite.database import Database
from commlog_tui.store.sqlite.place import Place


class SqliteEvidence:
    """See ``protocol.Evidence``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def log_name(self) -> str:
        """See ``protocol.Evidence.log_name``."""
        return self._database.read(access.log_name)

    async def head(self, location: str) -> TreeHead:
        """See ``protocol.Evidence.head``."""

        def read(connection: apsw.Connection) -> TreeHead:
            name, place = access.log_name(connection), Place.find(connection, location)
            return TreeHead(name, location, *tree.size_and_root(connection, place.no))

        return self._database.read(read)

    async def proof(self, location: str, seq: int, size: int | None = None) -> InclusionRow:
        """See ``protocol.Evidence.proof``."""
        return self._database.read(lambda c: tree.inclusion(c, Place.find(c, location), seq, size))

    async def consistency(self, location: str, old: int, new: int | None = None) -> ConsistencyRow:
        """See ``protocol.Evidence.consistency``."""
        return self._database.read(lambda c: tree.consistency(c, Place.find(c, location), old, new))

    async def records(self, location: str, after: int, limit: int) -> Sequence[RecordRow]:
        """See ``protocol.Evidence.records``."""
        return await self._database.read_far(lambda c: tree.records(c, Place.find(c, location), after, limit))
