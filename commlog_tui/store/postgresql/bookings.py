"""What is on record about a booking: its entries, its workflow runs, its resolutions."""

from typing import Final

from commlog_tui.contract.booking import BookingQuery, code_form
from commlog_tui.contract.query import MAX_PAGE_SIZE, ResolutionQuery, RunQuery
from commlog_tui.contract.search_terms import folded_code
from commlog_tui.records.entry_state import detail_of
from commlog_tui.records.rows import ResolutionRow, RunRow
from commlog_tui.store.location import Location
from commlog_tui.store.postgresql.database import View
from commlog_tui.store.postgresql.entry_rows import ENTRY_COLUMNS, RECORD_JOIN, read_entry
from commlog_tui.store.postgresql.lists import Lists
from commlog_tui.store.postgresql.page_plan import GATHERED
from commlog_tui.store.postgresql.threads import load_whole_threads
from commlog_tui.store.rows import BookingRow

_BY_CODE: Final = f"""
SELECT {ENTRY_COLUMNS} FROM {GATHERED.format("code = %s")} {RECORD_JOIN}
ORDER BY entry.sent_at DESC, entry.seq DESC LIMIT %s
"""
_BY_REFERENCE: Final = f"""
SELECT seq FROM {GATHERED.format("reference = %s::uuid")} ORDER BY sent_at DESC, seq DESC LIMIT %s
"""


async def booking(view: View, location: Location, query: BookingQuery, cursor_key: bytes) -> BookingRow:
    """Return what is on record about a booking: at most 200 entries, runs and resolutions each.

    What has its code is found first, and by the reference that has, what is without the code.
    """
    reference, code = query.reference, query.code
    lists = Lists(view, location, cursor_key)
    runs: dict[int, RunRow] = {}
    resolutions: dict[int, ResolutionRow] = {}
    seqs: set[int] = set()
    if code is not None:
        rows = await view.rows(_BY_CODE, (location.no, folded_code(code), MAX_PAGE_SIZE))
        named = [entry for row in rows if code_form((entry := read_entry(row, location.id)).code) == code_form(code)]
        seqs |= {entry.seq for entry in named}
        runs |= {run.seq: run for run in (await lists.runs(RunQuery(code=code, limit=MAX_PAGE_SIZE))).runs}
        references = [entry.reference for entry in named] + [run.reference for run in runs.values()]
        reference = reference or next(filter(None, references), None)
    if reference is not None:
        seqs |= {int(row[0]) for row in await view.rows(_BY_REFERENCE, (location.no, reference, MAX_PAGE_SIZE))}
        found = await lists.runs(RunQuery(reference=reference, limit=MAX_PAGE_SIZE))
        runs |= {run.seq: run for run in found.runs}
    threads = await load_whole_threads(view, location, sorted(seqs)[-MAX_PAGE_SIZE:])
    details = tuple(map(detail_of, threads.values()))
    codes = [detail.entry.code for detail in reversed(details)] + [run.code for run in runs.values()]
    code = next((one for one in codes if one and (code is None or code_form(one) == code_form(code))), code)
    for name, value in (("reference", reference), ("code", code)):
        if value is not None:
            listed = ResolutionQuery.model_validate({name: value, "limit": MAX_PAGE_SIZE})
            resolutions |= {one.seq: one for one in (await lists.resolutions(listed)).resolutions}
    return BookingRow(reference, code, details, tuple(runs.values()), tuple(resolutions.values()))
