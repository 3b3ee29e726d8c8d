"""Whose entries a redaction is about, and which are due by their age."""

from datetime import datetime

import apsw
from dateutil.relativedelta import relativedelta

from commlog_tui.ledger.record import decode_public
from commlog_tui.records.entry_fields import history
from commlog_tui.records.instants import EPOCH, micros
from commlog_tui.store.sqlite.keys import Row
from commlog_tui.store.sqlite.loading import load_threads
from commlog_tui.store.sqlite.place import Place

_NAMED = "SELECT pk FROM entry INDEXED BY entry_by_customer WHERE location = ?1 AND customer = ?2"
_CORRECTED = "SELECT pk FROM entry INDEXED BY entry_corrected WHERE location = ?1 AND corrected IS NOT NULL"
_NAMELESS = """
SELECT entry.pk FROM contact CROSS JOIN entry INDEXED BY entry_by_address
ON entry.location = contact.location AND entry.address = contact.address
WHERE contact.location = ?1 AND contact.customer = ?2 AND entry.customer IS NULL AND NOT EXISTS (
    SELECT 1 FROM contact AS other WHERE other.location = contact.location AND other.address = contact.address
    AND other.customer <> contact.customer
)
"""
_DUE = """
SELECT entry.pk FROM entry INDEXED BY entry_by_time JOIN personal ON personal.pk = entry.pk
WHERE entry.location = ? AND entry.sent_at < ? LIMIT ?
"""
_RETAINED = "SELECT id, retention FROM location WHERE retention IS NOT NULL ORDER BY id"


def of_customer(connection: apsw.Connection, place: Place, customer_id: str) -> list[str]:
    """Return the ids of all entries about a customer, oldest record first.

    Those that name the customer or have ever done so, and those that name nobody but went to an address or number that is
    known for this customer alone.
    """
    about = (place.no, customer_id)
    found = {pk for sql in (_NAMED, _NAMELESS) for pk in _keys(connection, sql, about)}
    for pk, thread in load_threads(connection, _keys(connection, _CORRECTED, (place.no,))).items():
        if any(fields.customer and fields.customer.id == customer_id for _, fields in history(thread)):
            found.add(pk)
    return _ids(connection, sorted(found))


def due(connection: apsw.Connection, place: Place, now: datetime, months: int, limit: int) -> list[str]:
    """Return the ids of entries that have outlived the retention of their location, not more than ``limit``."""
    before = micros(max(now - relativedelta(months=months), EPOCH))
    return _ids(connection, _keys(connection, _DUE, (place.no, before, limit)))


def retained(connection: apsw.Connection) -> list[tuple[str, int]]:
    """Return the locations that do not keep personal data for ever, and for how many months they do."""
    rows: list[Row] = connection.execute(_RETAINED).fetchall()
    return [(str(location), int(months)) for location, months in rows]


def retention(connection: apsw.Connection, place: Place) -> int | None:
    """Return for how many months a location keeps personal data; None stands for ever."""
    return dict(retained(connection)).get(place.id)


def set_retention(connection: apsw.Connection, place: Place, months: int | None) -> None:
    """Let a location keep personal data for so many months, or for ever."""
    connection.execute("UPDATE location SET retention = ? WHERE no = ?", (months, place.no))


def _keys(connection: apsw.Connection, sql: str, values: tuple[int | str, ...]) -> list[int]:
    rows: list[Row] = connection.execute(sql, values).fetchall()
    return [int(row[0]) for row in rows]


def _ids(connection: apsw.Connection, pks: list[int]) -> list[str]:
    found: list[Row] = [row for pk in pks for row in connection.execute("SELECT public FROM record WHERE pk = ?", (pk,))]
    return [decode_public(public).id for (public,) in found]
