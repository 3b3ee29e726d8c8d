"""The customers that entries bring with them."""

from collections.abc import Sequence
from typing import Final

from commlog_tui.records.instants import instant
from commlog_tui.store.errors import UnknownCustomerError
from commlog_tui.store.location import Location
from commlog_tui.store.postgresql.connection import Row
from commlog_tui.store.postgresql.database import Database
from commlog_tui.store.rows import PersonRow

_PERSON: Final = """
SELECT customer.id, customer.name, customer.last_seen, contact.address, contact.shown
FROM customer LEFT JOIN contact ON contact.location = customer.location AND contact.customer = customer.id
WHERE customer.location = %s AND customer.id = %s
ORDER BY contact.last_seen DESC, contact.address
"""


async def get_customer(database: Database, location: Location, customer_id: str) -> PersonRow:
    """Return one customer. Raises ``UnknownCustomerError``."""
    rows = await database.rows(_PERSON, (location.no, customer_id), location)
    if not rows:
        raise UnknownCustomerError("There is no such customer.")
    return person_row(rows[0], [row[3:] for row in rows if row[3] is not None])


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
