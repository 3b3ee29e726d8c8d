"""The directory as entries fold into it.

Each that names a customer adds to what is known of them.
"""

from collections.abc import Iterable
from operator import itemgetter

import apsw

from commlog_tui.contract.addresses import contact_form, search_forms
from commlog_tui.contract.folding import fold
from commlog_tui.records.entry_fields import history
from commlog_tui.records.rows import CustomerRow
from commlog_tui.store.person_forms import person_forms
from commlog_tui.store.sqlite.keys import Row
from commlog_tui.store.sqlite.loading import load_threads
from commlog_tui.store.sqlite.place import Place

_CUSTOMER = """
INSERT INTO customer VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (location, id) DO UPDATE SET
    name = CASE WHEN excluded.name IS NOT NULL AND (name IS NULL OR excluded.last_seen >= last_seen)
           THEN excluded.name ELSE name END,
    haystack = CASE WHEN instr(haystack, excluded.haystack) THEN haystack ELSE haystack || char(10) ||
    excluded.haystack END,
    last_seen = max(last_seen, excluded.last_seen)
"""
_CONTACT = """
INSERT INTO contact VALUES (?, ?, ?, ?, ?) ON CONFLICT (location, customer, address) DO UPDATE SET
    shown = CASE WHEN excluded.last_seen >= last_seen THEN excluded.shown ELSE shown END,
    last_seen = max(last_seen, excluded.last_seen)
"""

_NAMING = """
SELECT pk FROM entry INDEXED BY entry_by_customer WHERE location = ?1 AND customer = ?2 UNION
SELECT pk FROM entry INDEXED BY entry_corrected WHERE location = ?1 AND corrected IS NOT NULL
"""
_BY_ID, _BY_ADDRESS = itemgetter(1), itemgetter(1, 2)


class People:
    """Keeps the directory of one location within one transaction."""

    def __init__(self, connection: apsw.Connection, place: Place) -> None:
        self._connection = connection
        self._execute = connection.execute
        self._place = place
        self._doubted: set[str] = set()
        self._customers: list[tuple[int | str | None, ...]] = []
        self._contacts: list[tuple[int | str | None, ...]] = []

    def meet(self, customer: CustomerRow, to: str, seen: int, forms: Iterable[str]) -> None:
        """Learn what an entry says of a customer, and the texts that they can be found by."""
        region = self._place.region
        haystack = fold("\n".join(dict.fromkeys(forms)))
        self._customers.append((self._place.no, customer.id, customer.name, seen, haystack))
        for shown in dict.fromkeys((*customer.addresses, *customer.numbers, to)):
            address = contact_form(shown, region)
            if address:
                self._contacts.append((self._place.no, customer.id, address, shown, seen))

    def doubt(self, customer_ids: Iterable[str]) -> None:
        """Have what is known of customers worked out again, once everything else is written."""
        self._doubted.update(customer_ids)

    def flush(self) -> None:
        """Delete the customers in doubt and learn them again from current entries, in order."""
        self._write()
        for customer_id in sorted(self._doubted):
            self._execute("DELETE FROM customer WHERE location = ? AND id = ?", (self._place.no, customer_id))
            self._execute("DELETE FROM contact WHERE location = ? AND customer = ?", (self._place.no, customer_id))
            entries: list[Row] = self._execute(_NAMING, (self._place.no, customer_id)).fetchall()
            threads = load_threads(self._connection, (entry for (entry,) in entries))
            had = [fields for thread in threads.values() for fields in history(thread)]
            for _, fields in sorted(had, key=lambda pair: pair[0]):
                if fields.customer and fields.customer.id == customer_id:
                    forms = [
                        *person_forms(fields.customer, self._place.region),
                        *search_forms(fields.to, self._place.region),
                    ]
                    self.meet(fields.customer, fields.to, fields.sent_at, forms)
        self._doubted.clear()
        self._write()

    def _write(self) -> None:
        """Write the collected customers in key order, each one's changes in their own order."""
        for statement, rows, key in ((_CUSTOMER, self._customers, _BY_ID), (_CONTACT, self._contacts, _BY_ADDRESS)):
            if rows:
                rows.sort(key=key)
                self._connection.executemany(statement, rows)
                rows.clear()
