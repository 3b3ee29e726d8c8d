"""What is derived from the records: the entry as it stands, the search index, the tallies, the directory."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import apsw

from commlog_tui.contract.addresses import match_form, search_forms
from commlog_tui.contract.delivery import RANK, DeliveryKind, Status
from commlog_tui.contract.folding import fold
from commlog_tui.ledger.canonical import canonical
from commlog_tui.ledger.record import Public
from commlog_tui.store.sqlite.forms import Current, Personal
from commlog_tui.store.sqlite.people import People, person_forms
from commlog_tui.store.sqlite.place import Place

_ENTRY = "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, NULL)"
_CORRECTED = """
UPDATE entry SET sent_at = ?, via = ?, customer = ?, reference = ?, address = ?, haystack = ?, corrected = ? WHERE pk = ?
"""
_REDACTED = """
UPDATE entry SET sent_at = ?, via = ?, customer = NULL, reference = NULL, address = NULL, haystack = '', corrected = NULL
WHERE pk = ?
"""
_STATUS = "UPDATE entry SET status = ?, rank = ? WHERE pk = ? AND rank < ?"
_TALLY = """
INSERT INTO tally VALUES (?, ?, ?, ?)
ON CONFLICT (location, day, via) DO UPDATE SET entries = entries + excluded.entries
"""
_NO_TALLY = "DELETE FROM tally WHERE location = ? AND day = ? AND via = ? AND entries = 0"


class Projections:
    """Keeps the projections of one location in step within one transaction; ``flush`` writes what is gathered."""

    def __init__(self, connection: apsw.Connection, place: Place) -> None:
        self._execute = connection.execute
        self._place = place
        self._people = People(connection, place)
        self._tallies: Counter[tuple[int, str]] = Counter()
        self._found_by: dict[int, str] = {}
        self._statuses: dict[int, tuple[int, str]] = {}
        self._found_before: dict[int, str] = {}

    def entry_added(self, pk: int, via: str, source: str, sent_at: int, personal: Personal) -> None:
        """Show a new entry."""
        customer = personal.customer.id if personal.customer else None
        address = match_form(personal.to, self._place.region)
        haystack = self._haystack(personal)
        self._execute(
            _ENTRY,
            (pk, self._place.no, sent_at, via, source, Status.LOGGED.value, customer, personal.reference, address, haystack),
        )
        self._found_by[pk] = haystack
        self._tallies[self._place.day_of(sent_at), via] += 1
        if personal.customer:
            self._people.meet(personal.customer, personal.to, sent_at)

    def entry_corrected(self, pk: int, before: tuple[int, str], now: Current) -> None:
        """Show an entry's fields as they are after a correction; ``before`` is the instant and channel it had."""
        haystack = self._haystack(now)
        form = canonical(as_json(now))
        customer = now.customer.id if now.customer else None
        address = match_form(now.to, self._place.region)
        self._lose(pk)
        self._execute(_CORRECTED, (now.sent_at, now.via, customer, now.reference, address, haystack, form, pk))
        self._found_by[pk] = haystack
        self._move(before, (now.sent_at, now.via))
        if now.customer:
            self._people.meet(now.customer, now.to, now.sent_at)

    def entry_redacted(self, pk: int, first: Public, had: Sequence[Current]) -> None:
        """Show nothing of an entry but its place, and forget whom it has named; ``had`` are the fields it has had."""
        self._lose(pk)
        self._found_by[pk] = ""
        self._execute(_REDACTED, (first.sent_at, first.via, pk))
        if had:
            self._move((had[-1].sent_at, had[-1].via), (first.sent_at, first.via))
        self._people.doubt(fields.customer.id for fields in had if fields.customer)

    def redacted_entry_added(self, pk: int, via: str, source: str, sent_at: int) -> None:
        """Show an entry that has lost its personal data before it is shown."""
        nobody = (None, None, None, "")
        self._execute(_ENTRY, (pk, self._place.no, sent_at, via, source, Status.LOGGED.value, *nobody))
        self._found_by[pk] = ""
        self._tallies[self._place.day_of(sent_at), via] += 1

    def event_added(self, entry: int, kind: str) -> None:
        """Let a delivery event raise its entry's status, if it ranks above what is known."""
        rank = RANK[DeliveryKind(kind)]
        if rank > self._statuses.get(entry, (0, ""))[0]:
            self._statuses[entry] = rank, kind

    def flush(self) -> None:
        """Write what was gathered.

        The search index comes last: every guarded insert between two of its own makes FTS5 write a segment.
        """
        for found in self._found_before.items():
            self._execute("INSERT INTO search (search, rowid, haystack) VALUES ('delete', ?, ?)", found)
        for found in self._found_by.items():
            self._execute("INSERT INTO search (rowid, haystack) VALUES (?, ?)", found)
        self._found_before.clear()
        self._found_by.clear()
        for entry, (rank, kind) in self._statuses.items():
            self._execute(_STATUS, (kind, rank, entry, rank))
        self._statuses.clear()
        for (day, via), change in self._tallies.items():
            if change:
                self._execute(_TALLY, (self._place.no, day, via, change))
            if change < 0:
                self._execute(_NO_TALLY, (self._place.no, day, via))
        self._tallies.clear()
        self._people.flush()

    def _move(self, before: tuple[int, str], now: tuple[int, str]) -> None:
        self._tallies[self._place.day_of(before[0]), before[1]] -= 1
        self._tallies[self._place.day_of(now[0]), now[1]] += 1

    def _lose(self, pk: int) -> None:
        """Let the search index forget an entry; it must be told the text it has, to the letter."""
        if self._found_by.pop(pk, None) is None and pk not in self._found_before:
            ((haystack,),) = self._execute("SELECT haystack FROM entry WHERE pk = ?", (pk,)).fetchall()
            self._found_before[pk] = str(haystack)

    def _haystack(self, personal: Personal) -> str:
        region = self._place.region
        parts = [personal.title, *search_forms(personal.to, region), personal.code, personal.reference]
        if personal.customer:
            parts += person_forms(personal.customer, region)
        return fold("\n".join(dict.fromkeys(part for part in parts if part)))


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
