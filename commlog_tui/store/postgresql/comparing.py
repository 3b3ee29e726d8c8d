"""Compares the projections row by row with rebuilt ones, which are temporary tables beside them.

Temporary tables come before others of their name, so that the statements which rebuild fill them.
"""

from collections.abc import Callable
from typing import Final
from zoneinfo import ZoneInfo

from psycopg.sql import SQL, Identifier
from psycopg.types.numeric import Int4

from commlog_tui.contract.regions import region_of_zone
from commlog_tui.records.kinds import KINDS
from commlog_tui.store.location import Location
from commlog_tui.store.postgresql.connection import (
    CONTEXT,
    AsyncConnection,
    parameters,
    plain_errors,
    prepare,
)
from commlog_tui.store.postgresql.database import View
from commlog_tui.store.postgresql.rebuild import replay_all
from commlog_tui.store.postgresql.schema import PROJECTION_NAMES

_LOCATIONS: Final = "SELECT no, id, name, zone, region FROM location ORDER BY no"
_SCHEMA: Final = "SELECT relnamespace::regnamespace::text FROM pg_class WHERE oid = to_regclass('migration')"
_BESIDE: Final = SQL("CREATE TEMPORARY TABLE {name} (LIKE {original} INCLUDING ALL) ON COMMIT DROP")
_DIFFER: Final = SQL("""
SELECT EXISTS (SELECT {columns} FROM {one} WHERE location = %s EXCEPT SELECT {columns} FROM {other} WHERE location = %s)
""")
_COLUMNS: Final = {"resend": SQL("seq, record, root, route, state, attempts")}
"""Those that are compared, where not all are: who sends a message now, and when again, is of the service at work."""
_WORDS: Final = {
    "head": "the log's end",
    "customer_note": "what is recorded about customers",
    "node": "the tree over the records",
    "entry": "the entries as they are shown",
    "facet": "the counts by filter",
    "title": "the titles of the search",
    "recipient": "the recipients of the search",
    "body": "the words of notes and texts",
    "tally": "the counts by day and channel",
    "statistic": "the statistics",
    "worklist": "the list of what did not arrive",
    "customer": "the directory's customers",
    "contact": "the directory's addresses and numbers",
    "message": "the index of messages",
    "unmatched_event": "the list of events without an entry",
    "reported_hour": "the hours in which webhooks reported",
    "run": "the workflow runs",
    "resolution": "the resolutions",
}


async def differing(url: str, progress: Callable[[int, int], None]) -> list[str]:
    """Return, in words, which projections differ from rebuilt ones.

    Raises ``StoreUnavailableError``.
    """
    with plain_errors():
        connection = await AsyncConnection.connect(parameters(url), autocommit=True, context=CONTEXT)
        try:
            await prepare(connection)
            view = View(connection)
            await view.begin(how="ISOLATION LEVEL REPEATABLE READ")
            return await _differing(view, progress)
        finally:
            await connection.close()


async def _differing(view: View, progress: Callable[[int, int], None]) -> list[str]:
    ((schema,),) = await view.rows(_SCHEMA)
    for table in PROJECTION_NAMES:
        original = Identifier(schema, table)
        await view.connection.execute(_BESIDE.format(name=Identifier(table), original=original))
    locations = [
        Location(Int4(no), location, name, ZoneInfo(zone), region or region_of_zone(zone))
        for no, location, name, zone, region in await view.rows(_LOCATIONS)
    ]
    await replay_all(view, locations, progress, KINDS)
    return [
        _WORDS.get(table, f"the table {table}")
        for table in PROJECTION_NAMES
        if await _differs(view, schema, table, locations)
    ]


async def _differs(view: View, schema: str, table: str, locations: list[Location]) -> bool:
    original, rebuilt, columns = Identifier(schema, table), Identifier("pg_temp", table), _COLUMNS.get(table, SQL("*"))
    for location in locations:
        await view.see(location.no)
        for one, other in ((original, rebuilt), (rebuilt, original)):
            differ = _DIFFER.format(columns=columns, one=one, other=other)
            cursor = await view.connection.execute(differ, (location.no, location.no))
            row = await cursor.fetchone()
            if row is None or row[0]:
                return True
    return False
