"""The locations and tokens of a log, in a PostgreSQL database."""

from collections.abc import Sequence
from typing import Final

import msgspec
from psycopg import errors

from commlog_tui.contract.location import NewLocation, Role
from commlog_tui.contract.regions import region_of_zone
from commlog_tui.records.instants import instant, micros
from commlog_tui.store.errors import LocationExistsError
from commlog_tui.store.postgresql.connection import Row
from commlog_tui.store.postgresql.database import Database, View, utc_now
from commlog_tui.store.protocol import TokenRecord
from commlog_tui.store.rows import ChannelRow, LocationDetailRow, LocationRow
from commlog_tui.store.token_cache import TokenCache

_EXISTS: Final = "There is a location with this id already. Nothing was changed."
_ALONE: Final = "SELECT id FROM log FOR UPDATE"
"""Locations are numbered one after the other, by one process at a time."""
_CREATE: Final = """
INSERT INTO location (no, id, name, zone, region) SELECT coalesce(max(no), 0) + 1, %s, %s, %s, %s FROM location
RETURNING no
"""
_HEAD: Final = "INSERT INTO head (location, seq, entries, frontier) VALUES (%s, 0, 0, '')"
_LOCATIONS: Final = "SELECT id, name, zone FROM location ORDER BY name, id"
_CHANNELS: Final = """
SELECT via, sum(entries)::bigint FROM tally WHERE location = %s GROUP BY via HAVING sum(entries) > 0 ORDER BY 2 DESC, 1
"""
_SEQ: Final = "SELECT seq FROM head WHERE location = %s"
TOKENS: Final = "SELECT id, name, role, locations, created_at, revoked_at FROM token"
_INSERT_TOKEN: Final = (
    "INSERT INTO token (id, name, role, locations, digest, created_at) VALUES (%s, %s, %s, %s, %s, %s)"  # noqa: S105 - a statement
)
_REVOKE: Final = "UPDATE token SET revoked_at = coalesce(revoked_at, %s) WHERE id = %s"


class PostgresAccounts:
    """See ``protocol.Accounts``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tokens = TokenCache(self._load_token)

    async def create_location(self, location: NewLocation) -> None:
        """See ``protocol.Accounts.create_location``."""
        values = (location.id, location.name, location.zone, location.region or region_of_zone(location.zone))
        async with self._database.transaction() as view:
            await view.rows(_ALONE)
            try:
                ((no,),) = await view.rows(_CREATE, values)
            except errors.UniqueViolation:
                raise LocationExistsError(_EXISTS) from None
            await view.see(no)
            await view.execute(_HEAD, (no,))

    async def locations(self) -> Sequence[LocationRow]:
        """See ``protocol.Accounts.locations``."""
        return [LocationRow(*row) for row in await self._database.rows(_LOCATIONS)]

    async def location(self, location: str) -> LocationDetailRow:
        """See ``protocol.Accounts.location``."""
        found = await self._database.location(location)

        async def read(view: View) -> LocationDetailRow:
            async with view.connection.pipeline():
                channels, head = await view.send(_CHANNELS, (found.no,)), await view.send(_SEQ, (found.no,))
            used = tuple(ChannelRow(*row) for row in await channels.fetchall())
            return LocationDetailRow(found.row(), used, (await head.fetchall())[0][0])

        return await self._database.read(read, found)

    async def retention(self, location: str) -> int | None:
        """See ``protocol.Accounts.retention``."""
        found = await self._database.location(location)
        ((months,),) = await self._database.rows("SELECT retention FROM location WHERE no = %s", (found.no,))
        return None if months is None else int(months)

    async def set_retention(self, location: str, months: int | None) -> None:
        """See ``protocol.Accounts.set_retention``."""
        found = await self._database.location(location)
        async with self._database.transaction() as view:
            await view.execute("UPDATE location SET retention = %s WHERE no = %s", (months, found.no))

    async def create_token(self, token: TokenRecord, digest: bytes) -> None:
        """See ``protocol.Accounts.create_token``."""
        locations = None if token.locations is None else msgspec.json.encode(token.locations).decode()
        values = (token.id, token.name, token.role.value, locations, digest, micros(token.created_at))
        async with self._database.transaction() as view:
            await view.execute(_INSERT_TOKEN, values)

    async def tokens(self) -> Sequence[TokenRecord]:
        """See ``protocol.Accounts.tokens``."""
        return [read_token(row) for row in await self._database.rows(f"{TOKENS} ORDER BY created_at, id")]

    async def token(self, digest: bytes) -> TokenRecord | None:
        """See ``protocol.Accounts.token``."""
        return await self._tokens.find(digest)

    async def revoke_token(self, token_id: str) -> bool:
        """See ``protocol.Accounts.revoke_token``."""
        async with self._database.transaction() as view:
            found = await view.execute(_REVOKE, (micros(utc_now()), token_id))
        self._tokens.clear()
        return found == 1

    async def _load_token(self, digest: bytes) -> TokenRecord | None:
        row = await self._database.row(f"{TOKENS} WHERE digest = %s", (digest,))
        return None if row is None else read_token(row)


def read_token(row: Row) -> TokenRecord:
    """Return the token of a row of ``TOKENS``."""
    token_id, name, role, locations, created_at, revoked_at = row
    return TokenRecord(
        id=token_id,
        name=name,
        role=Role(role),
        locations=None if locations is None else msgspec.json.decode(locations, type=tuple[str, ...]),
        created_at=instant(created_at),
        revoked_at=None if revoked_at is None else instant(revoked_at),
    )
