"""The customers that entries bring with them."""

from collections.abc import Sequence
from functools import partial
from itertools import groupby
from typing import Any, Final

from commlog_tui.contract.query import CustomerQuery
from commlog_tui.contract.search_terms import parse
from commlog_tui.store.errors import UnknownCustomerError
from commlog_tui.store.last_seen import LEARNING_KINDS, KnownContact, KnownCustomer
from commlog_tui.store.location import Location
from commlog_tui.store.postgresql.connection import Row, is_text
from commlog_tui.store.postgresql.customer_notes import complete
from commlog_tui.store.postgresql.database import Database, View
from commlog_tui.store.postgresql.search_conditions import parts, people_found
from commlog_tui.store.rows import MatchesRow, PersonRow
from commlog_tui.store.search.lookups import MOST_PEOPLE

_WITH: Final = "SELECT customer FROM {} AS found (customer, address) WHERE customer IS NOT NULL"
_FOUND: Final = f"""
SELECT found.id, found.name, found.last_seen, (
    SELECT max(recorded_at) FROM customer_note WHERE customer_note.location = %(location)s
    AND customer_note.person = 'c' || found.id AND kind IN ({", ".join(map(repr, LEARNING_KINDS))})
), contact.address, contact.shown, contact.last_seen, (
    SELECT max(sent_at) FROM entry WHERE entry.location = %(location)s AND entry.contact = contact.no
) FROM (
    SELECT id, name, last_seen FROM customer WHERE {{}} ORDER BY last_seen DESC, id LIMIT %(most)s
) AS found LEFT JOIN contact ON contact.location = %(location)s AND contact.customer = found.id
ORDER BY found.last_seen DESC, found.id
"""
_ONE: Final = "customer.location = %(location)s AND customer.id = %(id)s"
_MORE: Final = 4
"""How many times as many customers are read where those with corrected entries may leave others before them."""


async def find_customers(database: Database, location: Location, query: CustomerQuery) -> MatchesRow:
    """Return the customers who match, most recently seen first."""
    terms = parse(query.q, location.region)
    values: dict[str, Any] = {"location": location.no}
    conditions = ["customer.location = %(location)s"]

    async def find(view: View) -> list[Row]:
        found, bound = people_found(location.no, terms, MOST_PEOPLE + 1, is_distributed=view.connection.is_distributed)
        return await view.rows(_WITH.format(found), bound)

    rows = await database.once(find, location) if terms else []
    if terms and len(rows) <= MOST_PEOPLE:
        conditions.append("id = ANY (%(ids)s::text[])")
        values["ids"] = [str(row[0]) for row in rows]
    else:  # so many that each is looked at
        for number, term in enumerate(terms):
            conditions.append(f"haystack LIKE ANY (%(term{number})s::text[])")
            values[f"term{number}"] = parts(term)
    sql, wanted = _FOUND.format(" AND ".join(conditions)), query.limit + 1
    most = wanted
    while True:
        known = _known(await database.rows(sql, values | {"most": most}, location))
        last = known[-1] if known else None
        known.sort(key=lambda one: one.order)
        if last is None or len(known) < most or known[wanted - 1].order <= (-last.seen_at, last.id):
            break  # nobody else was ever seen later
        most *= _MORE
    found = await complete(database, location, [one.row() for one in known[: query.limit]], partial(_read, location))
    return MatchesRow(found, more=len(known) > query.limit)


async def get_customer(database: Database, location: Location, customer_id: str) -> PersonRow:
    """Return one customer. Raises ``UnknownCustomerError``."""
    person = await database.read(partial(_read, location, customer_id=customer_id), location)
    if person is None:
        raise UnknownCustomerError("There is no such customer.")
    return (await complete(database, location, [person], partial(_read, location)))[0]


async def _read(location: Location, view: View, customer_id: str) -> PersonRow | None:
    if not is_text(customer_id):
        return None
    rows = await view.rows(_FOUND.format(_ONE), {"location": location.no, "id": customer_id, "most": 1})
    return _known(rows)[0].row() if rows else None


def _known(rows: Sequence[Row]) -> list[KnownCustomer]:
    """Return customers, given a row for each of their contacts in turn."""
    return [
        KnownCustomer(customer_id, name, seen_at, noted_at, [_contact(row) for row in own if row[4] is not None])
        for (customer_id, name, seen_at, noted_at), own in groupby(rows, key=lambda row: row[:4])
    ]


def _contact(row: Row) -> KnownContact:
    address, shown, named_at, used_at = row[4:]
    return KnownContact(address, shown, named_at, used_at, is_shown=shown != "")
