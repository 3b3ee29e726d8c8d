"""Locations and tokens: what is set up once by an owner."""

from collections.abc import Collection
from typing import Final

import apsw
import msgspec

from commlog_tui.contract.location import NewLocation, Role
from commlog_tui.contract.regions import region_of_zone
from commlog_tui.records.instants import instant, micros
from commlog_tui.store.errors import DamagedLogError, LocationExistsError
from commlog_tui.store.protocol import TokenRecord
from commlog_tui.store.rows import ChannelRow, LocationDetailRow, LocationRow
from commlog_tui.store.sqlite.connection import number
from commlog_tui.store.sqlite.keys import Row
from commlog_tui.store.sqlite.place import Place

_TOKEN: Final = "SELECT id, name, role, locations, created_at, revoked_at FROM token"  # noqa: S105 - a statement


def log_name(connection: apsw.Connection) -> str:
    """Return the name under which the log signs, which is unique.

    Raises ``DamagedLogError`` where there is not exactly one.
    """
    ids = connection.execute("SELECT id FROM log NOT INDEXED").fetchall()
    if len(ids) != 1:
        raise DamagedLogError("The log's id is missing, or there twice. Nothing was changed; restore a backup.")
    return f"commlog/{ids[0][0]}"


def create_location(connection: apsw.Connection, location: NewLocation) -> None:
    """Set up a location and its head. Raises ``LocationExistsError``."""
    if connection.execute("SELECT 1 FROM location WHERE id = ?", (location.id,)).fetchone():
        raise LocationExistsError("There is a location with this id already. Nothing was changed.")
    connection.execute(
        "INSERT INTO location (id, name, zone, region) VALUES (?, ?, ?, ?)",
        (location.id, location.name, location.zone, location.region or region_of_zone(location.zone)),
    )
    connection.execute("INSERT INTO head VALUES (?, 0, 0, x'')", (connection.last_insert_rowid(),))


def list_locations(connection: apsw.Connection) -> list[LocationRow]:
    """Return every location, by name."""
    rows = connection.execute("SELECT id, name, zone FROM location ORDER BY name, id")
    return [LocationRow(id=str(row[0]), name=str(row[1]), zone=str(row[2])) for row in rows]


def get_location(connection: apsw.Connection, place: Place) -> LocationDetailRow:
    """Return a location with the channels it really uses, most used first."""
    channels = connection.execute(
        "SELECT via, sum(entries) FROM tally WHERE location = ? "
        "GROUP BY via HAVING sum(entries) > 0 ORDER BY 2 DESC, 1",
        (place.no,),
    )
    used = tuple(ChannelRow(str(via), int(count)) for via, count in channels)
    return LocationDetailRow(place.row(), used, seq_at(connection, place.no))


def seq_at(connection: apsw.Connection, location: int) -> int:
    """Return the position of a location's newest record."""
    return number(connection, "SELECT seq FROM head WHERE location = ?", (location,))


def seqs_at(connection: apsw.Connection, locations: Collection[int]) -> dict[int, int]:
    """Return the positions of locations' newest records, by their numbers."""
    return {location: seq_at(connection, location) for location in locations}


def create_token(connection: apsw.Connection, token: TokenRecord, digest: bytes) -> None:
    """Keep a token under its digest."""
    locations = None if token.locations is None else msgspec.json.encode(token.locations).decode()
    connection.execute(
        "INSERT INTO token VALUES (?, ?, ?, ?, ?, ?, NULL)",
        (token.id, token.name, token.role.value, locations, digest, micros(token.created_at)),
    )


def list_tokens(connection: apsw.Connection) -> list[TokenRecord]:
    """Return every token, oldest first."""
    return [_token(row) for row in connection.execute(f"{_TOKEN} ORDER BY created_at, id")]


def find_token(connection: apsw.Connection, digest: bytes) -> TokenRecord | None:
    """Return the token with this digest."""
    row = connection.execute(f"{_TOKEN} WHERE digest = ?", (digest,)).fetchone()
    return None if row is None else _token(row)


def revoke_token(connection: apsw.Connection, token_id: str, now: int) -> bool:
    """Mark a token as revoked; false when there is none."""
    connection.execute("UPDATE token SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?", (now, token_id))
    return connection.changes() == 1


def _token(row: Row) -> TokenRecord:
    token_id, name, role, locations, created_at, revoked_at = row
    return TokenRecord(
        id=str(token_id),
        name=str(name),
        role=Role(str(role)),
        locations=None if locations is None else msgspec.json.decode(str(locations), type=tuple[str, ...]),
        created_at=instant(int(created_at)),
        revoked_at=None if revoked_at is None else instant(int(revoked_at)),
    )
