"""What is on record about a booking: its entries, its workflow runs, its resolutions."""

from typing import Final
from uuid import UUID

import apsw

from commlog_tui.contract.booking import BookingQuery, code_form
from commlog_tui.contract.query import MAX_PAGE_SIZE, ResolutionQuery, RunQuery
from commlog_tui.contract.search_terms import folded_code
from commlog_tui.records.entry_state import detail_of
from commlog_tui.records.rows import ResolutionRow, RunRow
from commlog_tui.store.rows import BookingRow
from commlog_tui.store.sqlite.delivery_reading import Lists
from commlog_tui.store.sqlite.keys import Row, id_bytes
from commlog_tui.store.sqlite.loading import load_threads
from commlog_tui.store.sqlite.place import Place

_BY: Final = """
SELECT pk, reference FROM entry INDEXED BY entry_by_{0} WHERE location = ? AND {0} = ?
ORDER BY sent_at DESC, pk DESC LIMIT ?
"""
_BY_REFERENCE: Final = _BY.format("reference")
_BY_CODE: Final = _BY.format("code")


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
        found: list[Row] = connection.execute(_BY_CODE, (place.no, folded_code(code), MAX_PAGE_SIZE)).fetchall()
        keys |= {int(pk) for pk, _ in found}
        runs |= {run.seq: run for run in lists.runs(RunQuery(code=code, limit=MAX_PAGE_SIZE)).runs}
        references = [named and str(UUID(bytes=named)) for _, named in found] + [run.reference for run in runs.values()]
        reference = reference or next((one for one in references if one), None)
    if reference is not None:
        rows = connection.execute(_BY_REFERENCE, (place.no, id_bytes(reference), MAX_PAGE_SIZE))
        keys |= {int(pk) for pk, _ in rows}
        runs |= {run.seq: run for run in lists.runs(RunQuery(reference=reference, limit=MAX_PAGE_SIZE)).runs}
    newest = sorted(keys)[-MAX_PAGE_SIZE:]
    details = tuple(detail_of(thread) for thread in load_threads(connection, newest, whole=True).values())
    codes = [detail.entry.code for detail in reversed(details)] + [run.code for run in runs.values()]
    as_written = (one for one in codes if one and (code is None or code_form(one) == code_form(code)))
    code = next(as_written, code)
    for name, value in (("reference", reference), ("code", code)):
        if value is not None:
            listed = lists.resolutions(ResolutionQuery.model_validate({name: value, "limit": MAX_PAGE_SIZE}))
            resolutions |= {one.seq: one for one in listed.resolutions}
    return BookingRow(reference, code, details, tuple(runs.values()), tuple(resolutions.values()))
