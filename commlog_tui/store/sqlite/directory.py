"""The customers that entries bring with them."""

from collections.abc import Iterable
from functools import partial
from typing import Final

import apsw
import msgspec

from commlog_tui.contract.query import CustomerQuery
from commlog_tui.contract.search_terms import Term, parse
from commlog_tui.records.instants import instant
from commlog_tui.store.errors import UnknownCustomerError
from commlog_tui.store.rows import MatchesRow, PersonRow
from commlog_tui.store.search.lookups import MOST_PEOPLE
from commlog_tui.store.sqlite.customer_notes import complete
from commlog_tui.store.sqlite.dictionary import SqliteDictionary
from commlog_tui.store.sqlite.keys import Row, key_of
from commlog_tui.store.sqlite.place import Place
from commlog_tui.store.sqlite.schema import SEQ_BITS

_SEQ: Final = (1 << SEQ_BITS) - 1
_NEWEST: Final = f"""
SELECT max(sent_at) FROM entry INDEXED BY entry_by_contact
WHERE entry.location = contact.location AND entry.contact = contact.no & {_SEQ}
"""
_LAST_SEEN: Final = f"""
max(person.seen_at, ifnull((SELECT max(({_NEWEST})) FROM contact INDEXED BY contact_by_person
WHERE contact.location = person.location AND contact.person = person.no & {_SEQ}), 0))
"""
_COLUMNS: Final = f"person.no, person.customer, person.name, {_LAST_SEEN} AS last_seen"
_ONE: Final = f"SELECT {_COLUMNS} FROM person WHERE person.location = ? AND person.key = 'c' || ?"
_THESE: Final = f"""
SELECT {_COLUMNS} FROM json_each(?2) AS wanted CROSS JOIN person ON person.no = ?1 << {SEQ_BITS} | wanted.value
WHERE person.customer IS NOT NULL ORDER BY last_seen DESC, person.customer LIMIT ?3
"""
_ALL: Final = f"SELECT no & {_SEQ} FROM person WHERE location = ? AND customer IS NOT NULL AND {{}}"
_RECENT: Final = f"""
SELECT contact.person, sent_at FROM entry INDEXED BY entry_by_time
CROSS JOIN contact ON contact.no = entry.location << {SEQ_BITS} | entry.contact
CROSS JOIN person ON person.no = entry.location << {SEQ_BITS} | contact.person
WHERE entry.location = ? AND person.customer IS NOT NULL AND {{}} ORDER BY sent_at DESC
"""
_ADDRESSES: Final = f"""
SELECT address, shown FROM contact INDEXED BY contact_by_person
WHERE location = ? AND person = ? AND address <> ''
ORDER BY max(seen_at, ifnull(({_NEWEST}), 0)) DESC, address
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
    found = [_person(connection, place, row) for row in rows[: query.limit]]
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
    return None if row is None else _person(connection, place, row)


def _recent(
    connection: apsw.Connection, place: Place, dictionary: SqliteDictionary, terms: Iterable[Term], most: int
) -> tuple[int, ...]:
    """Return the matching customers of the newest entries; all of them where there are fewer than so many.

    Customers of the last instant are all among them, as they are put in order afterwards.
    """
    condition = dictionary.people_on_row(tuple(terms))
    found: dict[int, int] = {}
    for person, sent_at in connection.execute(_RECENT.format(condition.sql), (place.no, *condition.values)):
        if len(found) >= most and sent_at < min(found.values()):
            return tuple(found)
        found.setdefault(int(person), int(sent_at))
    return tuple(int(no) for (no,) in connection.execute(_ALL.format(condition.sql), (place.no, *condition.values)))


def _person(connection: apsw.Connection, place: Place, row: Row) -> PersonRow:
    pk, customer_id, name, last_seen = row
    contacts = connection.execute(_ADDRESSES, (place.no, pk - key_of(place.no, 0))).fetchall()
    return PersonRow(
        id=str(customer_id),
        name=None if name is None else str(name),
        addresses=tuple(str(shown) for address, shown in contacts if "@" in str(address)),
        numbers=tuple(str(shown) for address, shown in contacts if "@" not in str(address)),
        last_seen=instant(int(last_seen)),
    )
