"""Whose entries a redaction is about."""

import apsw

from commlog_tui.records.entry_fields import history
from commlog_tui.records.uuids import uuid_text
from commlog_tui.store.sqlite.keys import Row
from commlog_tui.store.sqlite.loading import load_threads
from commlog_tui.store.sqlite.place import Place

_NAMED = "SELECT pk FROM entry INDEXED BY entry_by_customer WHERE location = ?1 AND customer = ?2"
_CORRECTED = "SELECT pk FROM entry INDEXED BY entry_corrected WHERE location = ?1 AND corrected IS NOT NULL"
_TASKS = "SELECT pk FROM task INDEXED BY task_by_customer WHERE location = ?1 AND customer = ?2"
_NAMELESS = """
SELECT entry.pk FROM contact CROSS JOIN entry INDEXED BY entry_by_address
ON entry.location = contact.location AND entry.address = contact.address
WHERE contact.location = ?1 AND contact.customer = ?2 AND entry.customer IS NULL AND NOT EXISTS (
    SELECT 1 FROM contact AS other WHERE other.location = contact.location AND other.address = contact.address
    AND other.customer <> contact.customer
)
"""


def of_customer(connection: apsw.Connection, place: Place, customer_id: str) -> list[str]:
    """Return the ids of all entries and tasks about a customer, oldest record first.

    Those that name the customer or have ever done so, and those that name nobody but went to an
    address or number that is known for this customer alone.
    """
    about = (place.no, customer_id)
    found = {pk for sql in (_NAMED, _NAMELESS, _TASKS) for pk in _keys(connection, sql, about)}
    for pk, thread in load_threads(connection, _keys(connection, _CORRECTED, (place.no,))).items():
        if any(fields.customer and fields.customer.id == customer_id for _, fields in history(thread)):
            found.add(pk)
    return ids_of(connection, sorted(found))


def _keys(connection: apsw.Connection, sql: str, values: tuple[int | str, ...]) -> list[int]:
    rows: list[Row] = connection.execute(sql, values).fetchall()
    return [int(row[0]) for row in rows]


def ids_of(connection: apsw.Connection, pks: list[int]) -> list[str]:
    """Return the ids of the entries with these keys."""
    found: list[Row] = [row for pk in pks for row in connection.execute("SELECT id FROM record WHERE pk = ?", (pk,))]
    return [uuid_text(record_id) for (record_id,) in found]
