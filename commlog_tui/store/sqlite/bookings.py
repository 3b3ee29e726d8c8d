"""The entries of a booking, each with the records about it."""

from typing import Final

import apsw

from commlog_tui.contract.booking import BookingQuery
from commlog_tui.contract.query import MAX_PAGE_SIZE, PageRequest
from commlog_tui.records.entry_state import detail_of
from commlog_tui.records.rows import EntryRow
from commlog_tui.store.rows import BookingRow
from commlog_tui.store.sqlite.keys import key_of
from commlog_tui.store.sqlite.loading import load_threads
from commlog_tui.store.sqlite.pages import Pager
from commlog_tui.store.sqlite.place import Place

_BY_REFERENCE: Final = """
SELECT pk FROM entry WHERE location = ? AND reference = ? ORDER BY sent_at DESC, pk DESC LIMIT ?
"""


def booking(connection: apsw.Connection, place: Place, query: BookingQuery, cursor_key: bytes) -> BookingRow:
    """Return a booking's entries, at most 200.

    Those with its code are found first, and by the reference they have, those without the code.
    """
    reference, code = query.reference, query.code
    keys: set[int] = set()
    if code is not None:
        named = _with_code(connection, place, code, cursor_key)
        keys |= {key_of(place.no, entry.seq) for entry in named}
        code = named[0].code if named else code
        reference = reference or next((entry.reference for entry in named if entry.reference), None)
    if reference is not None:
        rows = connection.execute(_BY_REFERENCE, (place.no, reference, MAX_PAGE_SIZE))
        keys |= {int(row[0]) for row in rows}
    newest = sorted(keys)[-MAX_PAGE_SIZE:]
    details = tuple(detail_of(thread) for thread in load_threads(connection, newest, whole=True).values())
    code = code or next((detail.entry.code for detail in details if detail.entry.code), None)
    return BookingRow(reference, code, details)


def _with_code(connection: apsw.Connection, place: Place, code: str, cursor_key: bytes) -> list[EntryRow]:
    """Return the newest entries with a code, in whatever case it is written."""
    request = PageRequest(q=code, limit=MAX_PAGE_SIZE)
    found = Pager(connection, place, request, cursor_key).page().entries
    return [entry for entry in found if entry.code is not None and entry.code.casefold() == code.strip().casefold()]
