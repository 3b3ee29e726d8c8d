"""Projections of the records: current entries, search index, tallies and directory."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

import apsw

from commlog_tui.contract.addresses import match_form, search_forms
from commlog_tui.contract.booking import code_form
from commlog_tui.contract.folding import fold
from commlog_tui.records.changes import Change, EntryAdded, EntryChanged, EntryRedacted, ResolutionAdded, StatusRaised
from commlog_tui.records.entry_fields import EntryFields, encode_fields
from commlog_tui.store.person_forms import person_forms
from commlog_tui.store.sqlite.delivery_projections import DeliveryProjections
from commlog_tui.store.sqlite.keys import key_of
from commlog_tui.store.sqlite.people import People
from commlog_tui.store.sqlite.place import Place
from commlog_tui.store.sqlite.statistics import Statistics
from commlog_tui.store.sqlite.statuses import LOGGED, Statuses
from commlog_tui.store.sqlite.task_projections import TaskProjections
from commlog_tui.store.sqlite.worklist import Worklist

_ENTRY: Final = "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?, ?, ?)"
_SENT_AT, _VIA, _STATUS_AT, _KIND = 2, 3, 5, 11
"""Where a row to insert has what it is counted by; the rank follows the status."""
_COUNTED_AS: Final = "SELECT message_kind, status FROM entry WHERE pk = ?"
_CORRECTED = """
UPDATE entry SET sent_at = ?, via = ?, customer = ?, reference = ?, address = ?, haystack = ?, corrected
= ?, code = ? WHERE pk = ?
"""
_REDACTED = """
UPDATE entry SET sent_at = ?, via = ?, customer = NULL, reference = NULL, address = NULL, haystack = '',
corrected = NULL, code = NULL
WHERE pk = ?
"""
_TALLY = """
INSERT INTO tally VALUES (?, ?, ?, ?)
ON CONFLICT (location, day, via) DO UPDATE SET entries = entries + excluded.entries
"""
_NO_TALLY = "DELETE FROM tally WHERE location = ? AND day = ? AND via = ? AND entries = 0"
_FOUND = "INSERT INTO search (rowid, haystack) VALUES (?, ?)"
_FOUND_NO_MORE = "INSERT INTO search (search, rowid, haystack) VALUES ('delete', ?, ?)"


class Projections:
    """Applies changes to a location's projections in a transaction; ``flush`` writes them."""

    def __init__(self, connection: apsw.Connection, place: Place) -> None:
        self._connection = connection
        self._execute = connection.execute
        self._place = place
        self._people = People(connection, place)
        self._delivery = DeliveryProjections(connection, place)
        self._tasks = TaskProjections(connection, place)
        self._statuses = Statuses(connection)
        self._statistics = Statistics(connection, place)
        self._worklist = Worklist(connection, place)
        self._tallies: Counter[tuple[int, str]] = Counter()
        self._added: dict[int, list[Any]] = {}
        self._found_by: dict[int, str] = {}
        self._found_before: dict[int, str] = {}

    def apply(self, changes: Iterable[Change]) -> None:
        """Apply changes in order."""
        for change in changes:
            if isinstance(change, EntryAdded):
                self._add(change)
            elif isinstance(change, StatusRaised):
                self._statuses.add(key_of(self._place.no, change.root), change.status, change.rank, change.at)
            elif isinstance(change, EntryChanged):
                self._change(change)
            elif isinstance(change, EntryRedacted):
                self._redact(change)
            else:
                self._delivery.apply(change)
                self._tasks.apply(change)
                if isinstance(change, ResolutionAdded) and change.root is not None:
                    self._settle()
                    self._worklist.resolve(change.root, change.seq)

    def _add(self, change: EntryAdded) -> None:
        pk, fields = key_of(self._place.no, change.root), change.fields
        haystack, code = "", None
        found: tuple[str | None, str | None, str | None] = None, None, None
        if fields is not None:
            customer = fields.customer.id if fields.customer else None
            found = (customer, fields.reference, match_form(fields.to, self._place.region))
            haystack, code = self._learn(fields), code_form(fields.code)
        kind = change.message_kind or ""
        row = [pk, self._place.no, change.sent_at, change.via, change.source, LOGGED, 0, *found, haystack]
        self._added[pk] = [*row, kind, change.starts_at, code]
        self._found_by[pk] = haystack
        self._tallies[self._place.day_of(change.sent_at), change.via] += 1

    def _change(self, change: EntryChanged) -> None:
        pk, now, before = key_of(self._place.no, change.root), change.now, change.before
        haystack = self._learn(now)
        customer = now.customer.id if now.customer else None
        address = match_form(now.to, self._place.region)
        self._settle()
        self._lose(pk)
        found = customer, now.reference, address, haystack
        self._execute(_CORRECTED, (now.sent_at, now.via, *found, encode_fields(now), code_form(now.code), pk))
        self._found_by[pk] = haystack
        self._move(pk, (before.sent_at, before.via), (now.sent_at, now.via))

    def _redact(self, change: EntryRedacted) -> None:
        pk, last = key_of(self._place.no, change.root), change.history[-1]
        self._settle()
        self._lose(pk)
        self._worklist.drop(pk)
        self._found_by[pk] = ""
        self._execute(_REDACTED, (change.sent_at, change.via, pk))
        self._move(pk, (last.sent_at, last.via), (change.sent_at, change.via))
        self._people.doubt(fields.customer.id for fields in change.history if fields.customer)

    def _settle(self) -> None:
        """Write the entries that were added, and the statuses that were raised."""
        steps, moved = self._statuses.raise_new(self._added, _STATUS_AT)
        for one in moved:
            self._statistics.move(one)
        for row in self._added.values():
            self._statistics.count(row[_SENT_AT], row[_VIA], row[_KIND], row[_STATUS_AT])
        self._executemany(_ENTRY, self._added.values())
        self._added.clear()
        self._worklist.follow(steps)

    def flush(self) -> None:
        """Write what was gathered.

        The search index comes last: every guarded insert between two of its own makes FTS5 write a
        segment.
        """
        self._settle()
        self._delivery.flush()
        self._executemany(_FOUND_NO_MORE, sorted(self._found_before.items()))
        self._executemany(_FOUND, sorted(self._found_by.items()))
        self._found_before.clear()
        self._found_by.clear()
        tallies = sorted((self._place.no, *key, change) for key, change in self._tallies.items() if change)
        self._executemany(_TALLY, tallies)
        self._executemany(_NO_TALLY, [(no, day, via) for no, day, via, change in tallies if change < 0])
        self._tallies.clear()
        self._statistics.flush()
        self._people.flush()

    def _move(self, pk: int, before: tuple[int, str], now: tuple[int, str]) -> None:
        ((kind, status),) = self._execute(_COUNTED_AS, (pk,)).fetchall()
        self._statistics.count(*before, str(kind), str(status), -1)
        self._statistics.count(*now, str(kind), str(status))
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
