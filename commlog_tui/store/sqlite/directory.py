"""The customers that entries bring with them."""

from collections.abc import Iterable
from functools import partial
from itertools import islice
from typing import Final

import apsw
import msgspec

from commlog_tui.contract.query import CustomerQuery
from commlog_tui.contract.search_terms import Term, parse
from commlog_tui.store.errors import UnknownCustomerError
from commlog_tui.store.last_seen import LEARNING_KINDS, KnownContact, KnownCustomer
from commlog_tui.store.rows import MatchesRow, PersonRow
from commlog_tui.store.search.lookups import MOST_PEOPLE
from commlog_tui.store.sqlite.customer_notes import complete
from commlog_tui.store.sqlite.dictionary import SqliteDictionary
from commlog_tui.store.sqlite.keys import Row, key_of, seq_of
from commlog_tui.store.sqlite.person import is_address_or_number
from commlog_tui.store.sqlite.place import Place
from commlog_tui.store.sqlite.schema import SEQ_BITS

_SEQ: Final = (1 << SEQ_BITS) - 1
NOTED: Final = f"kind IN ({', '.join(map(repr, LEARNING_KINDS))})"
"""Condition of records about customers by which they are seen."""
_NOTED_AT: Final = f"""
SELECT max(recorded_at) FROM customer_note INDEXED BY customer_note_by_person
WHERE customer_note.location = person.location AND customer_note.person = person.key AND {NOTED}
"""
USED_AT: Final = f"""
SELECT max(sent_at) FROM entry INDEXED BY entry_by_contact
WHERE entry.location = contact.location AND entry.contact = contact.no & {_SEQ}
"""
"""When the newest entry went to a contact; NULL for none."""
_LAST_AT: Final = f"""
max(ifnull(({_NOTED_AT}), -1), ifnull((SELECT max(({USED_AT})) FROM contact INDEXED BY contact_by_person
WHERE contact.location = person.location AND contact.person = person.no & {_SEQ}), -1))
"""
_COLUMNS: Final = f"person.no, person.customer, person.name, person.seen_at, ({_NOTED_AT})"
_ONE: Final = f"SELECT {_COLUMNS} FROM person WHERE person.location = ? AND person.key = 'c' || ?"
_THESE: Final = f"""
SELECT {_COLUMNS} FROM json_each(?2) AS wanted CROSS JOIN person ON person.no = ?1 << {SEQ_BITS} | wanted.value
WHERE person.customer IS NOT NULL ORDER BY {_LAST_AT} DESC, person.customer LIMIT ?3
"""
"""Those who have nothing any more are last, as in ``KnownCustomer.order``."""
_ALL: Final = f"SELECT no & {_SEQ} FROM person WHERE location = ? AND customer IS NOT NULL AND {{}}"
_RECENT: Final = f"""
SELECT contact.person, sent_at FROM entry INDEXED BY entry_by_time
CROSS JOIN contact ON contact.no = entry.location << {SEQ_BITS} | entry.contact
CROSS JOIN person ON person.no = entry.location << {SEQ_BITS} | contact.person
WHERE entry.location = ? AND person.customer IS NOT NULL AND {{}} ORDER BY sent_at DESC
"""
_NOTED_LAST: Final = f"""
SELECT person.no FROM customer_note INDEXED BY customer_note_by_age
CROSS JOIN person ON person.location = customer_note.location AND person.key = customer_note.person
WHERE customer_note.location = ? AND {NOTED} AND {{}} ORDER BY recorded_at DESC
"""
_CONTACTS: Final = f"""
SELECT address, shown, seen_at, ({USED_AT}) FROM contact INDEXED BY contact_by_person
WHERE location = ? AND person = ?
"""


def find_customers(connection: apsw.Connection, place: Place, query: CustomerQuery) -> MatchesRow:
    """Return the customers who match, most recently seen first."""
    terms = parse(query.q, place.region)
    dictionary = SqliteDictionary(connection, place)
    people = dictionary.people(terms, MOST_PEOPLE) if terms else None
    if people is None:
        people = _recent(connection, place, dictionary, terms, query.limit + 1)
    values = place.no, msgspec.json.encode(people).decode(), query.limit + 1
    rows: list[Row] = connection.execute(_THESE, values).fetchall()
    found = [_known(connection, place, row).row() for row in rows[: query.limit]]
    return MatchesRow(
        complete(connection, place, found, partial(_read, connection, place)), more=len(rows) > query.limit
    )


def get_customer(connection: apsw.Connection, place: Place, customer_id: str) -> PersonRow:
    """Return one customer. Raises ``UnknownCustomerError``."""
    person = _read(connection, place, customer_id)
    if person is None:
        raise UnknownCustomerError("There is no such customer.")
    return complete(connection, place, [person], partial(_read, connection, place))[0]


def _read(connection: apsw.Connection, place: Place, customer_id: str) -> PersonRow | None:
    row: Row | None = connection.execute(_ONE, (place.no, customer_id)).fetchone()
    return None if row is None else _known(connection, place, row).row()


def _recent(
    connection: apsw.Connection, place: Place, dictionary: SqliteDictionary, terms: Iterable[Term], most: int
) -> tuple[int, ...]:
    """Return the matching customers of the newest entries and records about customers.

    All of them where there are fewer than so many. Customers of the last instant are all among them,
    as they are put in order afterwards.
    """
    condition = dictionary.people_on_row(tuple(terms))
    found: dict[int, int] = {}
    for person, sent_at in connection.execute(_RECENT.format(condition.sql), (place.no, *condition.values)):
        if len(found) >= most and sent_at < min(found.values()):
            rows = connection.execute(_NOTED_LAST.format(condition.sql), (place.no, *condition.values))
            noted = dict.fromkeys(seq_of(no) for (no,) in rows)
            return tuple(dict.fromkeys((*found, *islice(noted, most))))
        found.setdefault(int(person), int(sent_at))
    return tuple(int(no) for (no,) in connection.execute(_ALL.format(condition.sql), (place.no, *condition.values)))


def _known(connection: apsw.Connection, place: Place, row: Row) -> KnownCustomer:
    pk, customer_id, name, seen_at, noted_at = row
    contacts = connection.execute(_CONTACTS, (place.no, pk - key_of(place.no, 0)))
    return KnownCustomer(
        id=str(customer_id),
        name=None if name is None else str(name),
        seen_at=int(seen_at),
        noted_at=noted_at,
        contacts=[
            KnownContact(address, shown, named_at, used_at, is_address_or_number(address))
            for address, shown, named_at, used_at in contacts
        ],
    )
