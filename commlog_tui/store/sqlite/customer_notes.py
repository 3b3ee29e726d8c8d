"""What is recorded about customers, found in a file by the customer or address that it is about."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

import apsw
import msgspec

from commlog_tui.contract.addresses import contact_form
from commlog_tui.records.changes import CustomerNoted
from commlog_tui.records.record import Record
from commlog_tui.store.customer_notes import (
    MOST_MERGED,
    completed,
    customer_note_key,
    joined,
    keys_of,
    merged_with,
)
from commlog_tui.store.rows import PersonRow
from commlog_tui.store.sqlite.keys import key_of
from commlog_tui.store.sqlite.loading import load_threads
from commlog_tui.store.sqlite.place import Place

_ADD: Final = "INSERT INTO customer_note VALUES (?, ?, ?, ?, ?, ?, ?)"
_REMOVE: Final = "DELETE FROM customer_note WHERE pk = ?"
_ANY: Final = "SELECT 1 FROM customer_note INDEXED BY customer_note_by_age WHERE location = ? LIMIT 1"
_ABOUT: Final = """
SELECT pk FROM json_each(?2) AS wanted CROSS JOIN customer_note INDEXED BY customer_note_by_person
ON location = ?1 AND person = wanted.value
UNION SELECT pk FROM json_each(?2) AS wanted CROSS JOIN customer_note INDEXED BY customer_note_by_other
ON location = ?1 AND other = wanted.value
"""
_MERGES: Final = """
SELECT pk, person, other, state FROM customer_note INDEXED BY customer_note_by_person
WHERE location = ?1 AND person = ?2 AND kind = 'merge'
UNION SELECT pk, person, other, state FROM customer_note INDEXED BY customer_note_by_other
WHERE location = ?1 AND other = ?2 AND kind = 'merge' ORDER BY pk
"""
_CONTACTS: Final = """
SELECT DISTINCT address FROM json_each(?2) AS wanted CROSS JOIN person
ON person.location = ?1 AND person.key = wanted.value
CROSS JOIN contact INDEXED BY contact_by_person
ON contact.location = ?1 AND contact.person = person.no & ((1 << 40) - 1) WHERE address <> ''
"""


def note(connection: apsw.Connection, place: Place, change: CustomerNoted) -> None:
    """List a record about a customer."""
    state = change.kind, change.state, change.recorded_at
    connection.execute(_ADD, (key_of(place.no, change.root), place.no, *state, *keys_of(change, place.region)))


def remove_note(connection: apsw.Connection, place: Place, root: int) -> None:
    """No longer list a record."""
    connection.execute(_REMOVE, (key_of(place.no, root),))


def note_keys(connection: apsw.Connection, place: Place, keys: Iterable[str]) -> list[int]:
    """Return the primary keys of the records with any of these keys."""
    wanted = msgspec.json.encode(list(keys)).decode()
    return sorted(int(pk) for (pk,) in connection.execute(_ABOUT, (place.no, wanted)))


def has_notes(connection: apsw.Connection, place: Place) -> bool:
    """Whether anything is recorded about any customer of a location."""
    return connection.execute(_ANY, (place.no,)).fetchone() is not None


def same_customer(connection: apsw.Connection, place: Place, customer_id: str) -> tuple[str, ...]:
    """Return the ids that are of the same customer, this one first."""
    found, at = [customer_note_key(customer_id)], 0
    while at < len(found) < MOST_MERGED:
        rows = connection.execute(_MERGES, (place.no, found[at])).fetchall()
        pairs = [(str(person), str(other), str(state)) for _, person, other, state in rows]
        found += [one for one in merged_with(found[at], pairs) if one not in found]
        at += 1
    return tuple(key[1:] for key in found[:MOST_MERGED])


def complete(
    connection: apsw.Connection, place: Place, people: Sequence[PersonRow], read: Callable[[str], PersonRow | None]
) -> tuple[PersonRow, ...]:
    """Return customers of the directory with what is recorded about them; ``read`` returns another of them."""
    if not has_notes(connection, place):
        return tuple(people)
    found = []
    for one in people:
        ids = same_customer(connection, place, one.id)
        person = joined(one, filter(None, map(read, ids[1:])), place.region)
        reach = {form for to in (*person.addresses, *person.numbers) if (form := contact_form(to, place.region))}
        keys = [*map(customer_note_key, ids), *(f"a{form}" for form in sorted(reach))]
        found.append(completed(person, ids, note_records(connection, place, keys), place.region))
    return tuple(found)


def note_records(connection: apsw.Connection, place: Place, keys: Iterable[str]) -> list[Record]:
    """Return the records with any of these keys, oldest first."""
    threads = load_threads(connection, note_keys(connection, place, keys))
    return [thread.root for thread in threads.values()]


def reach_keys(connection: apsw.Connection, place: Place, customer_ids: Sequence[str]) -> list[str]:
    """Return the keys of customers, and of their addresses and numbers."""
    keys = [customer_note_key(one) for one in customer_ids]
    wanted = msgspec.json.encode(keys).decode()
    return keys + [f"a{address}" for (address,) in connection.execute(_CONTACTS, (place.no, wanted))]
