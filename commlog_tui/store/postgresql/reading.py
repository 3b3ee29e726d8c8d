"""Single entries with the records about them, and ids that begin with a prefix."""

from typing import Final
from uuid import UUID

from commlog_tui.contract.identity import namespaced_id
from commlog_tui.contract.query import IdQuery
from commlog_tui.records.entry_state import detail_of
from commlog_tui.records.errors import UnknownEntryError
from commlog_tui.records.rows import DetailRow
from commlog_tui.store import id_prefix
from commlog_tui.store.location import Location
from commlog_tui.store.postgresql.database import Database
from commlog_tui.store.postgresql.resends import progress_of
from commlog_tui.store.postgresql.threads import ROOTS_AND_LATER, threads_of
from commlog_tui.store.resends import detail_with_progress
from commlog_tui.store.rows import MatchingIdsRow

_DETAIL: Final = f"""
WITH roots AS (
    SELECT record.seq FROM record WHERE location = %s AND kind = 'entry' AND id = ANY (%s::uuid[])
    ORDER BY array_position(%s::uuid[], id) LIMIT 1
) {ROOTS_AND_LATER}
"""
_MATCHING_IDS: Final = """
SELECT id, kind FROM record WHERE location = %s AND id BETWEEN %s::uuid AND %s::uuid ORDER BY id LIMIT %s
"""


async def detail(database: Database, location: Location, entry_id: str) -> DetailRow:
    """Return the detail of the entry with this id, or else with this key.

    Raises ``UnknownEntryError``.
    """
    ids = [entry_id, namespaced_id(entry_id, manual=False), namespaced_id(entry_id, manual=True)]
    no = location.no
    threads = threads_of(await database.rows(_DETAIL, (no, ids, ids, no, no), location), location)
    if not threads:
        raise UnknownEntryError("There is no such entry.")
    found = detail_of(*threads.values())
    if not found.resends:
        return found
    return detail_with_progress(found, await progress_of(database, location, [one.seq for one in found.resends]))


async def matching_ids(database: Database, location: Location, query: IdQuery) -> MatchingIdsRow:
    """Return entry ids with a prefix, among the first thousand such records."""
    first, last = map(str, id_prefix.id_range(query))
    rows = await database.rows(_MATCHING_IDS, (location.no, first, last, id_prefix.MOST_RECORDS), location)
    return id_prefix.matching_ids_row(query, [(UUID(str(found)), str(kind)) for found, kind in rows])
