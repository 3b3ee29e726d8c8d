"""Whose entries a redaction is about."""

from typing import Final

import apsw

from commlog_tui.records.entry_fields import history
from commlog_tui.records.uuids import uuid_text
from commlog_tui.store.sqlite.customer_notes import note_keys
from commlog_tui.store.sqlite.keys import Row
from commlog_tui.store.sqlite.loading import load_threads
from commlog_tui.store.sqlite.place import Place
from commlog_tui.store.sqlite.schema import SEQ_BITS

_SEQ: Final = (1 << SEQ_BITS) - 1
_NAMED: Final = f"""
SELECT entry.pk FROM person CROSS JOIN contact INDEXED BY contact_by_person
ON contact.location = ?1 AND contact.person = person.no & {_SEQ}
CROSS JOIN entry INDEXED BY entry_by_contact ON entry.location = ?1 AND entry.contact = contact.no & {_SEQ}
WHERE person.location = ?1 AND person.key = ?2
"""
_CORRECTED: Final = "SELECT pk FROM entry INDEXED BY entry_corrected WHERE location = ?1 AND corrected IS NOT NULL"
_TASKS: Final = "SELECT pk FROM task INDEXED BY task_by_customer WHERE location = ?1 AND customer = ?2"
_NAMELESS: Final = f"""
SELECT entry.pk FROM person CROSS JOIN contact AS mine INDEXED BY contact_by_person
ON mine.location = ?1 AND mine.person = person.no & {_SEQ}
CROSS JOIN contact AS theirs ON theirs.location = ?1 AND theirs.address = mine.address
CROSS JOIN person AS nobody ON nobody.no = ?1 << {SEQ_BITS} | theirs.person AND nobody.customer IS NULL
CROSS JOIN entry INDEXED BY entry_by_contact ON entry.location = ?1 AND entry.contact = theirs.no & {_SEQ}
WHERE person.location = ?1 AND person.key = ?2 AND mine.address <> '' AND NOT EXISTS (
    SELECT 1 FROM contact AS other JOIN person AS owner ON owner.no = ?1 << {SEQ_BITS} | other.person
    WHERE other.location = ?1 AND other.address = mine.address AND owner.customer <> person.customer
)
"""
_ONLY_THEIRS: Final = f"""
SELECT mine.address FROM person CROSS JOIN contact AS mine INDEXED BY contact_by_person
ON mine.location = ?1 AND mine.person = person.no & {_SEQ}
WHERE person.location = ?1 AND person.key = ?2 AND mine.address <> '' AND NOT EXISTS (
    SELECT 1 FROM contact AS other JOIN person AS owner ON owner.no = ?1 << {SEQ_BITS} | other.person
    WHERE other.location = ?1 AND other.address = mine.address AND owner.customer <> person.customer
)
"""


def of_customer(connection: apsw.Connection, place: Place, customer_id: str) -> list[str]:
    """Return the ids of all entries, tasks and notes about a customer, oldest record first.

    Those that name the customer or have ever done so, and those that name nobody but went to an
    address or number that is known for this customer alone.
    """
    about = (place.no, f"c{customer_id}")
    found = {pk for sql in (_NAMED, _NAMELESS) for pk in _keys(connection, sql, about)}
    found.update(_keys(connection, _TASKS, (place.no, customer_id)))
    theirs = [f"a{address}" for (address,) in connection.execute(_ONLY_THEIRS, about)]
    found.update(note_keys(connection, place, [f"c{customer_id}", *theirs]))
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
