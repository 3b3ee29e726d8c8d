"""The customers that entries bring with them."""

from typing import Final

import apsw

from commlog_tui.contract.query import CustomerQuery
from commlog_tui.records.instants import instant
from commlog_tui.store.errors import UnknownCustomerError
from commlog_tui.store.rows import MatchesRow, PersonRow
from commlog_tui.store.sqlite.keys import Row
from commlog_tui.store.sqlite.place import Place
from commlog_tui.store.sqlite.search import Search

_COLUMNS: Final = "SELECT id, name, last_seen FROM customer"


def find_customers(connection: apsw.Connection, place: Place, query: CustomerQuery) -> MatchesRow:
    """Return the customers who match, most recently seen first."""
    condition, terms = Search.of(query.q, place.region).condition("haystack")
    rows = connection.execute(
        f"{_COLUMNS} WHERE location = ? AND {condition} ORDER BY last_seen DESC, id LIMIT ?",
        (place.no, *terms, query.limit + 1),
    ).fetchall()
    people = tuple(_person(connection, place, row) for row in rows[: query.limit])
    return MatchesRow(people, more=len(rows) > query.limit)


def get_customer(connection: apsw.Connection, place: Place, customer_id: str) -> PersonRow:
    """Return one customer. Raises ``UnknownCustomerError``."""
    row = connection.execute(f"{_COLUMNS} WHERE location = ? AND id = ?", (place.no, customer_id)).fetchone()
    if row is None:
        raise UnknownCustomerError("There is no such customer.")
    return _person(connection, place, row)


def _person(connection: apsw.Connection, place: Place, row: Row) -> PersonRow:
    customer_id, name, last_seen = row
    contacts = connection.execute(
        "SELECT address, shown FROM contact WHERE location = ? AND customer = ? ORDER BY last_seen DESC, address",
        (place.no, customer_id),
    ).fetchall()
    return PersonRow(
        id=str(customer_id),
        name=None if name is None else str(name),
        addresses=tuple(str(shown) for address, shown in contacts if "@" in str(address)),
        numbers=tuple(str(shown) for address, shown in contacts if "@" not in str(address)),
        last_seen=instant(int(last_seen)),
    )
