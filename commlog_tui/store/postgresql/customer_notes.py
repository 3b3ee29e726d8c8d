"""What is recorded about customers: how it is written, found and read."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from typing import Final

from commlog_tui.contract.addresses import contact_form
from commlog_tui.contract.customer_record import PreferenceQuery
from commlog_tui.records.customer_rows import CustomerRecordsRow, PreferencesRow
from commlog_tui.records.record import Record
from commlog_tui.store.customer_notes import (
    MOST_MERGED,
    address_note_key,
    completed,
    current_preferences,
    customer_note_key,
    joined,
    merged_with,
    records_row,
)
from commlog_tui.store.location import Location
from commlog_tui.store.postgresql.connection import is_text
from commlog_tui.store.postgresql.customer_note_rows import NoteRows
from commlog_tui.store.postgresql.database import Database, View
from commlog_tui.store.postgresql.threads import load_records
from commlog_tui.store.postgresql.writing import Writing, columns
from commlog_tui.store.rows import PersonRow

_ADD: Final = """
INSERT INTO customer_note (location, seq, kind, state, recorded_at, person, other)
SELECT %s, * FROM unnest(%b::bigint[], %b::text[], %b::text[], %b::bigint[], %b::text[], %b::text[])
"""
_REMOVE: Final = "DELETE FROM customer_note WHERE location = %s AND seq = ANY(%b::bigint[])"
_ABOUT: Final = """
SELECT seq FROM customer_note WHERE location = %s AND person = ANY(%s::text[])
UNION SELECT seq FROM customer_note WHERE location = %s AND other = ANY(%s::text[])
"""
_MERGES: Final = """
SELECT person, other, state FROM (
    SELECT seq, person, other, state FROM customer_note WHERE location = %s AND person = %s AND kind = 'merge'
    UNION ALL
    SELECT seq, person, other, state FROM customer_note WHERE location = %s AND other = %s AND kind = 'merge'
) AS merges ORDER BY seq
"""
_ANY: Final = "SELECT 1 FROM customer_note WHERE location = %s LIMIT 1"
_CONTACTS: Final = (
    "SELECT DISTINCT address FROM contact WHERE location = %s AND customer = ANY(%s::text[]) AND shown <> ''"
)


def write_notes(writing: Writing, location: Location, rows: NoteRows) -> None:
    """Add the statements to those that write the records."""
    writing.insert(_ADD, *columns(rows.added))
    if rows.removed:
        writing.after(_REMOVE, (location.no, rows.removed))


async def note_seqs(view: View, location: Location, keys: Collection[str]) -> list[int]:
    """Return the positions of the records with any of these keys, in order."""
    wanted = sorted(key for key in keys if is_text(key))
    rows = await view.rows(_ABOUT, (location.no, wanted, location.no, wanted))
    return sorted(int(seq) for (seq,) in rows)


async def note_records(view: View, location: Location, keys: Collection[str]) -> list[Record]:
    """Return the records with any of these keys."""
    return await load_records(view, location, await note_seqs(view, location, keys))


async def same_customer(view: View, location: Location, customer_id: str) -> tuple[str, ...]:
    """Return the ids that are of the same customer, this one first."""
    found, at = [customer_note_key(customer_id)], 0
    if not is_text(customer_id):
        return (customer_id,)
    while at < len(found) < MOST_MERGED:
        key = found[at]
        pairs = await view.rows(_MERGES, (location.no, key, location.no, key))
        found += [one for one in merged_with(key, pairs) if one not in found]
        at += 1
    return tuple(key[1:] for key in found[:MOST_MERGED])


async def complete(
    database: Database,
    location: Location,
    people: Sequence[PersonRow],
    read_person: Callable[[View, str], Awaitable[PersonRow | None]],
) -> tuple[PersonRow, ...]:
    """Return customers of the directory with what is recorded about them; ``read_person`` returns another of them."""

    async def read(view: View) -> tuple[PersonRow, ...]:
        if not await view.rows(_ANY, (location.no,)):
            return tuple(people)
        found = []
        for one in people:
            ids = await same_customer(view, location, one.id)
            others = [other for same in ids[1:] if (other := await read_person(view, same)) is not None]
            person = joined(one, others, location.region)
            shown = (*person.addresses, *person.numbers)
            reach = {form for to in shown if (form := contact_form(to, location.region))}
            keys = [*map(customer_note_key, ids), *(f"a{form}" for form in sorted(reach))]
            found.append(completed(person, ids, await note_records(view, location, keys), location.region))
        return tuple(found)

    return await database.read(read, location) if people else ()


async def _reach_keys(view: View, location: Location, customer_ids: Iterable[str]) -> list[str]:
    """Return the keys of customers, and of their addresses and numbers."""
    ids = [one for one in customer_ids if is_text(one)]
    contacts = await view.rows(_CONTACTS, (location.no, ids)) if ids else []
    return [*map(customer_note_key, ids), *(f"a{address}" for (address,) in contacts)]


class PostgresPeople:
    """See ``customer_protocol.People``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def customer_records(self, location: str, customer_id: str) -> CustomerRecordsRow:
        """See ``customer_protocol.People.customer_records``."""
        found = await self._database.location(location)

        async def read(view: View) -> CustomerRecordsRow:
            ids = await same_customer(view, found, customer_id)
            keys = await _reach_keys(view, found, ids)
            return records_row(ids, await note_records(view, found, keys))

        return await self._database.read(read, found)

    async def preferences(self, location: str, query: PreferenceQuery) -> PreferencesRow:
        """See ``customer_protocol.People.preferences``."""
        found = await self._database.location(location)

        async def read(view: View) -> PreferencesRow:
            keys = [] if query.to is None else [address_note_key(query.to, found.region)]
            ids = () if query.customer_id is None else await same_customer(view, found, query.customer_id)
            keys += await _reach_keys(view, found, ids)
            rows = records_row(ids, await note_records(view, found, keys))
            return PreferencesRow(current_preferences(rows.preferences, found.region))

        return await self._database.read(read, found)
