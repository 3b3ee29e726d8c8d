"""Projections of the records: current entries, search index, tallies and directory."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Final, cast

import apsw

from commlog_tui.contract.addresses import match_form, search_forms
from commlog_tui.contract.delivery import Status
from commlog_tui.contract.folding import fold
from commlog_tui.records.changes import Change, EntryAdded, EntryChanged, EntryRedacted, StatusRaised
from commlog_tui.records.entry_fields import EntryFields, encode_fields
from commlog_tui.store.sqlite.delivery_projections import DeliveryProjections
from commlog_tui.store.sqlite.keys import key_of
from commlog_tui.store.sqlite.people import People, person_forms
from commlog_tui.store.sqlite.place import Place

_ENTRY: Final = "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)"
_STATUS_AT: Final = 5
"""Where a row to insert has its status; the rank follows."""
_CORRECTED = """
UPDATE entry SET sent_at = ?, via = ?, customer = ?, reference = ?, address = ?, haystack = ?, corrected
= ? WHERE pk = ?
"""
_REDACTED = """
UPDATE entry SET sent_at = ?, via = ?, customer = NULL, reference = NULL, address = NULL, haystack = '',
corrected = NULL
WHERE pk = ?
"""
_STATUS = "UPDATE entry SET status = ?2, rank = ?3 WHERE pk = ?1 AND rank < ?3"
_TALLY = """
INSERT INTO tally VALUES (?, ?, ?, ?)
ON CONFLICT (location, day, via) DO UPDATE SET entries = entries + excluded.entries
"""
_NO_TALLY = "DELETE FROM tally WHERE location = ? AND day = ? AND via = ? AND entries = 0"
_FOUND = "INSERT INTO search (rowid, haystack) VALUES (?, ?)"
_FOUND_NO_MORE = "INSERT INTO search (search, rowid, haystack) VALUES ('delete', ?, ?)"
_LOGGED: Final = Status.LOGGED.value


class Projections:
    """Applies changes to a location's projections in a transaction; ``flush`` writes them."""

    def __init__(self, connection: apsw.Connection, place: Place) -> None:
        self._connection = connection
        self._execute = connection.execute
        self._place = place
        self._people = People(connection, place)
        self._delivery = DeliveryProjections(connection, place)
        self._tallies: Counter[tuple[int, str]] = Counter()
        self._added: dict[int, list[int | str | None]] = {}
        self._found_by: dict[int, str] = {}
        self._statuses: dict[int, tuple[int, str]] = {}
        self._found_before: dict[int, str] = {}

    def apply(self, changes: Iterable[Change]) -> None:
        """Apply changes in order."""
        for change in changes:
            if isinstance(change, EntryAdded):
                self._add(change)
            elif isinstance(change, StatusRaised):
                self._raise_status(change)
            elif isinstance(change, EntryChanged):
                self._change(change)
            elif isinstance(change, EntryRedacted):
                self._redact(change)
            else:
                self._delivery.apply(change)

    def _add(self, change: EntryAdded) -> None:
        pk, fields = key_of(self._place.no, change.root), change.fields
        haystack = ""
        found: tuple[str | None, str | None, str | None] = None, None, None
        if fields is not None:
            customer = fields.customer.id if fields.customer else None
            found = (customer, fields.reference, match_form(fields.to, self._place.region))
            haystack = self._learn(fields)
        self._added[pk] = [pk, self._place.no, change.sent_at, change.via, change.source, _LOGGED, 0, *found, haystack]
        self._found_by[pk] = haystack
        self._tallies[self._place.day_of(change.sent_at), change.via] += 1

    def _change(self, change: EntryChanged) -> None:
        pk, now, before = key_of(self._place.no, change.root), change.now, change.before
        haystack = self._learn(now)
        customer = now.customer.id if now.customer else None
        address = match_form(now.to, self._place.region)
        self._insert_added()
        self._lose(pk)
        form = encode_fields(now)
        self._execute(_CORRECTED, (now.sent_at, now.via, customer, now.reference, address, haystack, form, pk))
        self._found_by[pk] = haystack
        self._move((before.sent_at, before.via), (now.sent_at, now.via))

    def _redact(self, change: EntryRedacted) -> None:
        pk, last = key_of(self._place.no, change.root), change.history[-1]
        self._insert_added()
        self._lose(pk)
        self._found_by[pk] = ""
        self._execute(_REDACTED, (change.sent_at, change.via, pk))
        self._move((last.sent_at, last.via), (change.sent_at, change.via))
        self._people.doubt(fields.customer.id for fields in change.history if fields.customer)

    def _raise_status(self, change: StatusRaised) -> None:
        pk = key_of(self._place.no, change.root)
        if (row := self._added.get(pk)) is not None:
            if change.rank > cast("int", row[_STATUS_AT + 1]):
                row[_STATUS_AT : _STATUS_AT + 2] = change.status, change.rank
        elif change.rank > self._statuses.get(pk, (0, ""))[0]:
            self._statuses[pk] = change.rank, change.status

    def _insert_added(self) -> None:
        if self._added:
            self._executemany(_ENTRY, self._added.values())
            self._added.clear()

    def flush(self) -> None:
        """Write what was gathered.

        The search index comes last: every guarded insert between two of its own makes FTS5 write a
        segment.
        """
        self._insert_added()
        self._executemany(_FOUND_NO_MORE, sorted(self._found_before.items()))
        self._executemany(_FOUND, sorted(self._found_by.items()))
        self._found_before.clear()
        self._found_by.clear()
        self._executemany(_STATUS, [(pk, kind, rank) for pk, (rank, kind) in sorted(self._statuses.items())])
        self._statuses.clear()
        tallies = sorted((self._place.no, *key, change) for key, change in self._tallies.items() if change)
        self._executemany(_TALLY, tallies)
        self._executemany(_NO_TALLY, [(no, day, via) for no, day, via, change in tallies if change < 0])
        self._tallies.clear()
        self._people.flush()

    def _move(self, before: tuple[int, str], now: tuple[int, str]) -> None:
        self._tallies[self._place.day_of(before[0]), before[1]] -= 1
        self._tallies[self._place.day_of(now[0]), now[1]] += 1

    def _lose(self, pk: int) -> None:
        """Remove an entry from the search index, which needs the exact text that it holds."""
        if self._found_by.pop(pk, None) is None and pk not in self._found_before:
            ((haystack,),) = self._execute("SELECT haystack FROM entry WHERE pk = ?", (pk,)).fetchall()
            self._found_before[pk] = str(haystack)

    def _executemany(self, statement: str, rows: Collection[Sequence[int | str | None]]) -> None:
        """Run a statement for every row; those in the order of their key keep to few pages."""
        if rows:
            self._connection.executemany(statement, rows)

    def _learn(self, fields: EntryFields) -> str:
        """Return the text that an entry is found by, having told the directory of its customer."""
        region = self._place.region
        to = search_forms(fields.to, region)
        parts = [fields.title, *to, fields.code, fields.reference]
        if fields.customer:
            person = person_forms(fields.customer, region)
            self._people.meet(fields.customer, fields.to, fields.sent_at, [*person, *to])
            parts += person
        return fold("\n".join(dict.fromkeys(part for part in parts if part)))
