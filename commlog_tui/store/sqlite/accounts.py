"""The locations and tokens of a log, in a SQLite file."""

from collections.abc import Sequence

from commlog_tui.contract.location import NewLocation
from commlog_tui.records.instants import micros
from commlog_tui.store.protocol import TokenRecord
from commlog_tui.store.rows import LocationDetailRow, LocationRow
from commlog_tui.store.sqlite import access
from commlog_tui.store.sqlite import retention as retentions
from commlog_tui.store.sqlite.database import Database, utc_now
from commlog_tui.store.sqlite.place import Place
from commlog_tui.store.token_cache import TokenCache


class SqliteAccounts:
    """See ``protocol.Accounts``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tokens = TokenCache(self._load_token)

    async def create_location(self, location: NewLocation) -> None:
        """See ``protocol.Accounts.create_location``."""
        await self._database.writer.run(lambda c: access.create_location(c, location))

    async def locations(self) -> Sequence[LocationRow]:
        """See ``protocol.Accounts.locations``."""
        return self._database.read(access.list_locations)

    async def location(self, location: str) -> LocationDetailRow:
        """See ``protocol.Accounts.location``."""
        return self._database.read(lambda c: access.get_location(c, Place.find(c, location)))

    async def retention(self, location: str) -> int | None:
        """See ``protocol.Accounts.retention``."""
        return self._database.read(lambda c: retentions.retention(c, Place.find(c, location)))

    async def set_retention(self, location: str, months: int | None) -> None:
        """See ``protocol.Accounts.set_retention``."""
        await self._database.writer.run(lambda c: retentions.set_retention(c, Place.find(c, location), months))

    async def create_token(self, token: TokenRecord, digest: bytes) -> None:
        """See ``protocol.Accounts.create_token``."""
        await self._database.writer.run(lambda c: access.create_token(c, token, digest))

    async def tokens(self) -> Sequence[TokenRecord]:
        """See ``protocol.Accounts.tokens``."""
        return self._database.read(access.list_tokens)

    async def token(self, digest: bytes) -> TokenRecord | None:
        """See ``protocol.Accounts.token``."""
        return await self._tokens.find(digest)

    async def revoke_token(self, token_id: str) -> bool:
        """See ``protocol.Accounts.revoke_token``."""
        now = micros(utc_now())
        found: bool = await self._database.writer.run(lambda c: access.revoke_token(c, token_id, now))
        self._tokens.clear()
        return found

    async def _load_token(self, digest: bytes) -> TokenRecord | None:
        return self._database.read(lambda c: access.find_token(c, digest))
