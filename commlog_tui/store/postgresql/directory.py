"""The customers that entries bring with them."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from commlog_tui.contract.query import CustomerQuery
from commlog_tui.contract.search_terms import parse
from commlog_tui.records.instants import instant
from commlog_tui.store.errors import UnknownCustomerError
from commlog_tui.store.location import Location
from commlog_tui.store.postgresql.conditions import Conditions
from commlog_tui.store.postgresql.connection import Row, is_text
from commlog_tui.store.postgresql.customer_notes import complete
from commlog_tui.store.postgresql.database import Database, View
from commlog_tui.store.postgresql.search_conditions import parts, people_found
from commlog_tui.store.rows import MatchesRow, PersonRow
from commlog_tui.store.search.lookups import MOST_PEOPLE

_PERSON: Final = """
SELECT customer.id, customer.name, customer.last_seen, contact.address, contact.shown
FROM customer LEFT JOIN contact ON contact.location = customer.location AND contact.customer = customer.id
AND contact.shown <> ''
WHERE customer.location = %s AND customer.id = %s
ORDER BY contact.last_seen DESC, contact.address
"""

_WITH: Final = "SELECT customer FROM {} AS found (customer, address) WHERE customer IS NOT NULL"
_FOUND: Final = """
SELECT found.*, contact.address, contact.shown FROM (
    SELECT id, name, last_seen FROM customer WHERE {} ORDER BY last_seen DESC, id LIMIT %s
) AS found LEFT JOIN contact ON contact.location = %s AND contact.customer = found.id AND contact.shown <> ''
ORDER BY found.last_seen DESC, found.id, contact.last_seen DESC, contact.address
"""


async def find_customers(database: Database, location: Location, query: CustomerQuery) -> MatchesRow:
    """Return the customers who match, most recently seen first."""
    terms = parse(query.q, location.region)
    conditions = Conditions().add("location = %s", location.no)

    async def find(view: View) -> list[Row]:
        found, values = people_found(location.no, terms, MOST_PEOPLE + 1, is_distributed=view.connection.is_distributed)
        return await view.rows(_WITH.format(found), values)

    rows = await database.once(find, location) if terms else []
    if terms and len(rows) <= MOST_PEOPLE:
        conditions.add("id = ANY (%s::text[])", [str(row[0]) for row in rows])
    else:  # so many that each is looked at
        for term in terms:
            conditions.add("haystack LIKE ANY (%s::text[])", parts(term))
    values = [*conditions.values, query.limit + 1, location.no]
    contacts: dict[Row, list[Row]] = {}
    for row in await database.rows(_FOUND.format(conditions.sql), values, location):
        contacts.setdefault(row[:3], []).append(row[3:])
    people = [person_row(row, [one for one in known if one[0] is not None]) for row, known in contacts.items()]
    found = await complete(database, location, people[: query.limit], partial(_read, location))
    return MatchesRow(found, more=len(people) > query.limit)


async def get_customer(database: Database, location: Location, customer_id: str) -> PersonRow:
    """Return one customer. Raises ``UnknownCustomerError``."""
    person = await database.read(partial(_read, location, customer_id=customer_id), location)
    if person is None:
        raise UnknownCustomerError("There is no such customer.")
    return (await complete(database, location, [person], partial(_read, location)))[0]


async def _read(location: Location, view: View, customer_id: str) -> PersonRow | None:
    rows = await view.rows(_PERSON, (location.no, customer_id)) if is_text(customer_id) else []
    return person_row(rows[0], [row[3:] for row in rows if row[3] is not None]) if rows else None


def person_row(row: Row, contacts: Sequence[Row]) -> PersonRow:
    """Return a customer of id, name and last use; contacts are normalized and as they are shown, last used first."""
    customer, name, last_seen = row[:3]
    return PersonRow(
        id=customer,
        name=name,
        addresses=tuple(str(shown) for address, shown in contacts if "@" in address),
        numbers=tuple(str(shown) for address, shown in contacts if "@" not in address),
        last_seen=instant(last_seen),
    )
