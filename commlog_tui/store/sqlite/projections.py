"""Projections of the records: current entries, dictionaries, tallies and what is about delivery."""

from collections.abc import Collection, Iterable, Sequence
from typing import Final

import apsw
from msgspec import Struct

from commlog_tui.contract.base import is_uuid
from commlog_tui.contract.search_terms import entry_words, folded_code, reference_digits
from commlog_tui.records.changes import (
    Change,
    CustomerNoted,
    CustomerNoteRemoved,
    EntryAdded,
    EntryChanged,
    EntryRedacted,
    ResendAdded,
    ResolutionAdded,
    StatusRaised,
)
from commlog_tui.records.entry_fields import EntryFields, encode_fields
from commlog_tui.store.sqlite.connection import number
from commlog_tui.store.sqlite.customer_notes import note, remove_note
from commlog_tui.store.sqlite.delivery_projections import DeliveryProjections
from commlog_tui.store.sqlite.facets import Facets
from commlog_tui.store.sqlite.keys import Row, key_of
from commlog_tui.store.sqlite.people import People
from commlog_tui.store.sqlite.place import Place
from commlog_tui.store.sqlite.resend_projections import ResendProjections
from commlog_tui.store.sqlite.statistics import Statistics
from commlog_tui.store.sqlite.statuses import LOGGED, Counted, Statuses
from commlog_tui.store.sqlite.task_projections import TaskProjections
from commlog_tui.store.sqlite.titles import Titles
from commlog_tui.store.sqlite.words import forget_unused, indexed_words
from commlog_tui.store.sqlite.worklist import Worklist

_ENTRY: Final = "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?)"
_CURRENT: Final = "SELECT facet FROM entry WHERE pk = ?"
_CHANGED: Final = """
UPDATE entry SET sent_at = ?, facet = ?, contact = ?, title = ?, code = ?, reference = ?, has_body = ?,
corrected = ? WHERE pk = ?
"""
_BODY: Final = "INSERT INTO body VALUES (?, ?)"
_BODY_FOUND: Final = "INSERT INTO body_search (rowid, words) VALUES (?, ?)"
_BODIES: Final = "SELECT pk, words FROM body WHERE pk = ?"
_BODY_LOST: Final = "INSERT INTO body_search (body_search, rowid, words) VALUES ('delete', ?, ?)"
_NO_BODY: Final = "DELETE FROM body WHERE pk = ?"

_Found = tuple[int | None, int | None, str | None, bytes | None, int]
"""Contact, title, code, reference, and whether there is a text: what an entry is found by."""
_REDACTED: Final[_Found] = None, None, None, None, 0


class _Added(Struct, gc=False):
    """An entry that is not written yet."""

    counted: Counted
    found: _Found
    starts_at: int | None


class Projections:
    """Applies changes to a location's projections; ``flush`` writes them.

    What was read can be used for the next changes, as long as nobody else writes.
    """

    def __init__(self, connection: apsw.Connection, place: Place) -> None:
        self._connection = connection
        self._execute = connection.execute
        self._place = place
        self._people = People(connection, place)
        self._titles = Titles(connection, place)
        self._facets = Facets(connection, place)
        self._delivery = DeliveryProjections(connection, place)
        self._tasks = TaskProjections(connection, place)
        self._resends = ResendProjections(connection, place)
        self._statuses = Statuses(connection, self._facets)
        self._statistics = Statistics(connection, place)
        self._worklist = Worklist(connection, place)
        self._added: dict[int, _Added] = {}
        self._bodies: dict[int, str] = {}
        self._lost_bodies: set[int] = set()

    def apply(self, changes: Sequence[Change]) -> None:
        """Apply changes in order."""
        self._load(changes)
        for change in changes:
            if isinstance(change, EntryAdded):
                self._add(change)
            elif isinstance(change, StatusRaised):
                self._statuses.add(key_of(self._place.no, change.root), change.status, change.rank, change.at)
            elif isinstance(change, EntryChanged):
                self._change(change)
            elif isinstance(change, EntryRedacted):
                self._redact(change)
            elif isinstance(change, CustomerNoted | CustomerNoteRemoved):
                self._note(change)
            else:
                self._delivery.apply(change)
                self._tasks.apply(change)
                self._resends.apply(change)
                if isinstance(change, ResolutionAdded) and change.root is not None:
                    self._resolve(change.root, change.seq)
                elif isinstance(change, ResendAdded):
                    self._resolve(change.root, change.record)

    def flush(self) -> None:
        """Write what was gathered.

        The search indexes come last: every guarded insert between two of its own makes FTS5 write a
        segment.
        """
        self._settle()
        self._delivery.flush()
        self._facets.flush()
        self._statistics.flush()
        lost = self._titles.flush() | self._people.flush()
        self._write_bodies()
        if lost:
            forget_unused(self._connection, self._place, lost)

    @property
    def size(self) -> int:
        """How many people are remembered for the next changes."""
        return len(self._people)

    def _resolve(self, root: int, record: int) -> None:
        self._settle()
        self._worklist.resolve(root, record)

    def _load(self, changes: Iterable[Change]) -> None:
        """Read what is known of the people and titles of new and corrected entries, at once."""
        entries = [change.fields for change in changes if isinstance(change, EntryAdded) and change.fields is not None]
        entries += [change.now for change in changes if isinstance(change, EntryChanged)]
        if entries:
            self._people.load(entries)
            self._titles.load(fields.title for fields in entries)

    def _add(self, change: EntryAdded) -> None:
        pk, fields = key_of(self._place.no, change.root), change.fields
        found = _REDACTED if fields is None else self._find(pk, fields)
        counted = Counted(change.sent_at, change.via, change.source, change.message_kind or "", LOGGED, 0)
        self._added[pk] = _Added(counted, found, change.starts_at)

    def _change(self, change: EntryChanged) -> None:
        pk, now = key_of(self._place.no, change.root), change.now
        self._settle()
        self._lose_body(pk)
        self._people.lose(change.before)
        found = self._find(pk, now)
        facet = self._move(pk, change.before, now.sent_at, now.via)
        self._execute(_CHANGED, (now.sent_at, facet, *found, encode_fields(now), pk))
        if change.before.title != now.title:
            self._titles.doubt(change.before.title)

    def _redact(self, change: EntryRedacted) -> None:
        pk, last = key_of(self._place.no, change.root), change.history[-1]
        self._settle()
        self._lose_body(pk)
        self._worklist.drop(pk)
        facet = self._move(pk, last, change.sent_at, change.via)
        self._execute(_CHANGED, (change.sent_at, facet, *_REDACTED, None, pk))
        self._titles.doubt(last.title)
        self._people.doubt(change.history)

    def _note(self, change: CustomerNoted | CustomerNoteRemoved) -> None:
        """List or unlist a record about a customer, of whom the directory learns."""
        if isinstance(change, CustomerNoted):
            note(self._connection, self._place, change)
            if change.fields is not None:
                self._people.learn(change.fields)
            return
        remove_note(self._connection, self._place, change.root)
        if change.fields is not None:
            self._people.doubt([change.fields])

    def _find(self, pk: int, fields: EntryFields) -> _Found:
        """Return what an entry is found by, which the dictionaries have then."""
        words = indexed_words(self._place, entry_words(fields.body, fields.code))
        if words:
            self._bodies[pk] = words
        reference = fields.reference if fields.reference and is_uuid(fields.reference) else None
        return (
            self._people.learn(fields),
            self._titles.number(fields.title),
            (folded_code(fields.code) or None) if fields.code else None,
            bytes.fromhex(reference_digits(reference)) if reference else None,
            int(bool(words)),
        )

    def _settle(self) -> None:
        """Write the entries that were added, and the statuses that were raised."""
        steps, moved = self._statuses.raise_new({pk: one.counted for pk, one in self._added.items()})
        for before, after in moved:
            self._statistics.count(before, -1)
            self._statistics.count(after)
        no, facets, count = self._place.no, self._facets, self._statistics.count
        rows: list[Row] = []
        for pk, one in self._added.items():
            counted = one.counted
            count(counted)
            facet = facets.number(counted.via, counted.source, counted.kind, counted.status, counted.rank)
            facets.count(facet)
            rows.append((pk, no, counted.sent_at, facet, *one.found, one.starts_at))
        self._executemany(_ENTRY, rows)
        self._added.clear()
        self._worklist.follow(steps)

    def _move(self, pk: int, before: EntryFields, sent_at: int, via: str) -> int:
        """Count an entry elsewhere, and return the number of its new facet."""
        facet = self._facets.facet(number(self._connection, _CURRENT, (pk,)))
        was = Counted(before.sent_at, before.via, facet.source, facet.kind, facet.status, facet.rank)
        now = Counted(sent_at, via, facet.source, facet.kind, facet.status, facet.rank)
        self._statistics.count(was, -1)
        self._statistics.count(now)
        no = self._facets.number(*now.facet)
        self._facets.count(facet.no, -1)
        self._facets.count(no)
        return no

    def _lose_body(self, pk: int) -> None:
        """Remove an entry's text from its index, which needs the exact words that it holds."""
        if self._bodies.pop(pk, None) is None:
            self._lost_bodies.add(pk)

    def _write_bodies(self) -> None:
        if not (self._bodies or self._lost_bodies):
            return
        rows: list[Row] = [row for pk in sorted(self._lost_bodies) for row in self._execute(_BODIES, (pk,)).fetchall()]
        self._executemany(_NO_BODY, [(pk,) for pk, _ in rows])
        bodies = sorted(self._bodies.items())
        self._executemany(_BODY, bodies)
        self._executemany(_BODY_LOST, rows)
        self._executemany(_BODY_FOUND, bodies)
        self._lost_bodies.clear()
        self._bodies.clear()

    def _executemany(self, statement: str, rows: Collection[Sequence[int | str | bytes | None]]) -> None:
        """Run a statement for every row; those in the order of their key keep to few pages."""
        if rows:
            self._connection.executemany(statement, rows)
