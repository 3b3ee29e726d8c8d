"""What is derived from the records: the entry as it stands, the search index, the tallies, the directory."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

import apsw

from commlog_tui.contract.addresses import match_form, search_forms
from commlog_tui.contract.delivery import Status
from commlog_tui.contract.folding import fold
from commlog_tui.records.changes import Change, EntryAdded, EntryChanged, EntryRedacted, StatusRaised
from commlog_tui.records.entry_fields import EntryFields, encode_fields
from commlog_tui.store.sqlite.keys import key_of
from commlog_tui.store.sqlite.people import People, person_forms
from commlog_tui.store.sqlite.place import Place

_ENTRY: Final = "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, NULL)"
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
    """Applies changes to the projections of one location within one transaction; ``flush`` writes what is gathered."""

    def __init__(self, connection: apsw.Connection, place: Place) -> None:
        self._connection = connection
        self._execute = connection.execute
        self._place = place
        self._people = People(connection, place)
        self._tallies: Counter[tuple[int, str]] = Counter()
        self._added: list[tuple[int | str | None, ...]] = []
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

    def _add(self, change: EntryAdded) -> None:
        pk, fields = key_of(self._place.no, change.root), change.fields
        haystack = ""
        found: tuple[str | None, str | None, str | None] = None, None, None
        if fields is not None:
            customer = fields.customer.id if fields.customer else None
            found = (customer, fields.reference, match_form(fields.to, self._place.region))
            haystack = self._haystack(fields)
        shown = (pk, self._place.no, change.sent_at, change.via, change.source, Status.LOGGED.value)
        self._added.append((*shown, *found, haystack))
        self._found_by[pk] = haystack
        self._tallies[self._place.day_of(change.sent_at), change.via] += 1
        if fields is not None and fields.customer:
            self._people.meet(fields.customer, fields.to, change.sent_at)

    def _change(self, change: EntryChanged) -> None:
        pk, now, before = key_of(self._place.no, change.root), change.now, change.before
        haystack = self._haystack(now)
        customer = now.customer.id if now.customer else None
        address = match_form(now.to, self._place.region)
        self._insert_added()
        self._lose(pk)
        form = encode_fields(now)
        self._execute(_CORRECTED, (now.sent_at, now.via, customer, now.reference, address, haystack, form, pk))
        self._found_by[pk] = haystack
        self._move((before.sent_at, before.via), (now.sent_at, now.via))
        if now.customer:
            self._people.meet(now.customer, now.to, now.sent_at)

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
        if change.rank > self._statuses.get(pk, (0, ""))[0]:
            self._statuses[pk] = change.rank, change.status

    def _insert_added(self) -> None:
        if self._added:
            self._connection.executemany(_ENTRY, self._added)
            self._added.clear()

    def flush(self) -> None:
        """Write what was gathered.

        The search index comes last: every guarded insert between two of its own makes FTS5 write a segment.
        """
        self._insert_added()
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
        """Remove an entry from the search index, which needs the exact text that it holds."""
        if self._found_by.pop(pk, None) is None and pk not in self._found_before:
            ((haystack,),) = self._execute("SELECT haystack FROM entry WHERE pk = ?", (pk,)).fetchall()
            self._found_before[pk] = str(haystack)

    def _haystack(self, fields: EntryFields) -> str:
        region = self._place.region
        parts = [fields.title, *search_forms(fields.to, region), fields.code, fields.reference]
        if fields.customer:
            parts += person_forms(fields.customer, region)
        return fold("\n".join(dict.fromkeys(part for part in parts if part)))
