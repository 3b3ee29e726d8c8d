"""What is on record about a booking: its entries, its workflow runs, its resolutions."""

from typing import Final

import apsw

from commlog_tui.contract.booking import BookingQuery
from commlog_tui.contract.query import MAX_PAGE_SIZE, PageRequest, ResolutionQuery, RunQuery
from commlog_tui.records.entry_state import detail_of
from commlog_tui.records.rows import EntryRow, ResolutionRow, RunRow
from commlog_tui.store.rows import BookingRow
from commlog_tui.store.sqlite.delivery_reading import Lists
from commlog_tui.store.sqlite.keys import key_of
from commlog_tui.store.sqlite.loading import load_threads
from commlog_tui.store.sqlite.pages import Pager
from commlog_tui.store.sqlite.place import Place

_BY_REFERENCE: Final = """
SELECT pk FROM entry WHERE location = ? AND reference = ? ORDER BY sent_at DESC, pk DESC LIMIT ?
"""


def booking(connection: apsw.Connection, place: Place, query: BookingQuery, cursor_key: bytes) -> BookingRow:
    """Return what is on record about a booking: at most 200 entries, runs and resolutions each.

    What has its code is found first, and by the reference that has, what is without the code.
    """
    reference, code = query.reference, query.code
    lists = Lists(connection, place, cursor_key)
    runs: dict[int, RunRow] = {}
    resolutions: dict[int, ResolutionRow] = {}
    keys: set[int] = set()
    if code is not None:
        named = _with_code(connection, place, code, cursor_key)
        keys |= {key_of(place.no, entry.seq) for entry in named}
        code = named[0].code if named else code
        runs |= {run.seq: run for run in lists.runs(RunQuery(code=code, limit=MAX_PAGE_SIZE)).runs}
        references = [entry.reference for entry in named] + [run.reference for run in runs.values()]
        reference = reference or next(filter(None, references), None)
    if reference is not None:
        rows = connection.execute(_BY_REFERENCE, (place.no, reference, MAX_PAGE_SIZE))
        keys |= {int(row[0]) for row in rows}
        runs |= {run.seq: run for run in lists.runs(RunQuery(reference=reference, limit=MAX_PAGE_SIZE)).runs}
    newest = sorted(keys)[-MAX_PAGE_SIZE:]
    details = tuple(detail_of(thread) for thread in load_threads(connection, newest, whole=True).values())
    codes = [detail.entry.code for detail in details] + [run.code for run in runs.values()]
    code = code or next(filter(None, codes), None)
    for name, value in (("reference", reference), ("code", code)):
        if value is not None:
            found = lists.resolutions(ResolutionQuery.model_validate({name: value, "limit": MAX_PAGE_SIZE}))
            resolutions |= {one.seq: one for one in found.resolutions}
    return BookingRow(reference, code, details, tuple(runs.values()), tuple(resolutions.values()))


def _with_code(connection: apsw.Connection, place: Place, code: str, cursor_key: bytes) -> list[EntryRow]:
    """Return the newest entries with a code, in whatever case it is written."""
    request = PageRequest(q=code, limit=MAX_PAGE_SIZE)
    found = Pager(connection, place, request, cursor_key).page().entries
    return [entry for entry in found if entry.code is not None and entry.code.casefold() == code.strip().casefold()]
