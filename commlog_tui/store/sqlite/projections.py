"""What is derived from the records: the entry as it stands, the search index, the tallies, the directory."""

from collections import Counter
from functools import lru_cache
from typing import Any

import apsw

from commlog_tui.contract.delivery import RANK, DeliveryKind, Status
from commlog_tui.ledger.canonical import canonical
from commlog_tui.store.addresses import digits, is_number, normal_address
from commlog_tui.store.folding import fold
from commlog_tui.store.rows import CustomerRow
from commlog_tui.store.sqlite.forms import Current, Personal
from commlog_tui.store.sqlite.place import Place

_ENTRY = "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, NULL)"
_CORRECTED = """
UPDATE entry SET sent_at = ?, via = ?, customer = ?, reference = ?, address = ?, haystack = ?, corrected = ? WHERE pk = ?
"""
_STATUS = "UPDATE entry SET status = ?, rank = ? WHERE pk = ? AND rank < ?"
_TALLY = """
INSERT INTO tally VALUES (?, ?, ?, ?)
ON CONFLICT (location, day, via) DO UPDATE SET entries = entries + excluded.entries
"""
_CUSTOMER = """
INSERT INTO customer VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (location, id) DO UPDATE SET
    name = CASE WHEN excluded.name IS NOT NULL AND (name IS NULL OR excluded.last_seen >= last_seen)
           THEN excluded.name ELSE name END,
    haystack = CASE WHEN instr(haystack, excluded.haystack) THEN haystack ELSE haystack || char(10) || excluded.haystack END,
    last_seen = max(last_seen, excluded.last_seen)
"""
_CONTACT = """
INSERT INTO contact VALUES (?, ?, ?, ?, ?) ON CONFLICT (location, customer, address) DO UPDATE SET
    shown = CASE WHEN excluded.last_seen >= last_seen THEN excluded.shown ELSE shown END,
    last_seen = max(last_seen, excluded.last_seen)
"""


class Projections:
    """Keeps the projections of one location in step within one transaction; ``flush`` writes what is gathered."""

    def __init__(self, connection: apsw.Connection, place: Place) -> None:
        self._execute = connection.execute
        self._place = place
        self._tallies: Counter[tuple[int, str]] = Counter()
        self._found_by: dict[int, str] = {}
        self._statuses: dict[int, tuple[int, str]] = {}

    def entry_added(self, pk: int, via: str, source: str, sent_at: int, personal: Personal) -> None:
        """Show a new entry."""
        customer = personal.customer.id if personal.customer else None
        address = normal_address(personal.to, self._place.region)
        haystack = self._haystack(personal)
        self._execute(
            _ENTRY,
            (pk, self._place.no, sent_at, via, source, Status.LOGGED.value, customer, personal.reference, address, haystack),
        )
        self._found_by[pk] = haystack
        self._tallies[self._place.day_of(sent_at), via] += 1
        if personal.customer:
            self._meet(personal.customer, personal.to, sent_at)

    def entry_corrected(self, pk: int, before: tuple[int, str], now: Current) -> None:
        """Show an entry's fields as they are after a correction; ``before`` is the instant and channel it had."""
        haystack = self._haystack(now)
        form = canonical(as_json(now))
        customer = now.customer.id if now.customer else None
        address = normal_address(now.to, self._place.region)
        self._execute(_CORRECTED, (now.sent_at, now.via, customer, now.reference, address, haystack, form, pk))
        self._found_by[pk] = haystack
        self._tallies[self._place.day_of(before[0]), before[1]] -= 1
        self._tallies[self._place.day_of(now.sent_at), now.via] += 1
        if now.customer:
            self._meet(now.customer, now.to, now.sent_at)

    def event_added(self, entry: int, kind: str) -> None:
        """Let a delivery event raise its entry's status, if it ranks above what is known."""
        rank = RANK[DeliveryKind(kind)]
        if rank > self._statuses.get(entry, (0, ""))[0]:
            self._statuses[entry] = rank, kind

    def flush(self) -> None:
        """Write what was gathered.

        The search index comes last: every guarded insert between two of its own makes FTS5 write a segment.
        """
        for pk, haystack in self._found_by.items():
            self._execute("INSERT OR REPLACE INTO search (rowid, haystack) VALUES (?, ?)", (pk, haystack))
        self._found_by.clear()
        for entry, (rank, kind) in self._statuses.items():
            self._execute(_STATUS, (kind, rank, entry, rank))
        self._statuses.clear()
        for (day, via), change in self._tallies.items():
            if change:
                self._execute(_TALLY, (self._place.no, day, via, change))
        self._tallies.clear()

    def _haystack(self, personal: Personal) -> str:
        parts = [personal.title, *_forms(personal.to, self._place.region), personal.code, personal.reference]
        if personal.customer:
            parts += self._person(personal.customer)
        return fold("\n".join(dict.fromkeys(part for part in parts if part)))

    def _person(self, customer: CustomerRow) -> list[str]:
        known = [form for text in (*customer.addresses, *customer.numbers) for form in _forms(text, self._place.region)]
        return [customer.id, *([customer.name] if customer.name else []), *known]

    def _meet(self, customer: CustomerRow, to: str, seen: int) -> None:
        haystack = fold("\n".join(dict.fromkeys([*self._person(customer), *_forms(to, self._place.region)])))
        self._execute(_CUSTOMER, (self._place.no, customer.id, customer.name, seen, haystack))
        for shown in dict.fromkeys((*customer.addresses, *customer.numbers, to)):
            address = normal_address(shown, self._place.region)
            if address:
                self._execute(_CONTACT, (self._place.no, customer.id, address, shown, seen))


@lru_cache(maxsize=65_536)
def _forms(text: str, region: str | None) -> tuple[str, ...]:
    """Return the forms in which an address or a number can be found."""
    if not is_number(text):
        return (text,)
    return text, digits(normal_address(text, region) or "")


def as_json(current: Current) -> dict[str, Any]:
    """Return corrected fields as they are written down."""
    customer = current.customer
    return {
        "to": current.to,
        "title": current.title,
        "body": current.body,
        "code": current.code,
        "reference": current.reference,
        "via": current.via,
        "direction": current.direction,
        "sent_at": current.sent_at,
        "customer": None
        if customer is None
        else {
            "id": customer.id,
            "name": customer.name,
            "addresses": list(customer.addresses),
            "numbers": list(customer.numbers),
        },
    }
