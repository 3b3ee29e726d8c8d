"""Making the projections of a location from its records, many at a time."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from pydantic import ValidationError

from commlog_tui.ledger.tree import Frontier
from commlog_tui.records.decide import Head, NewRecord, changes_of
from commlog_tui.records.kinds import Kinds, is_decisive
from commlog_tui.records.record import Record, Thread
from commlog_tui.store.location import Location
from commlog_tui.store.postgresql.append import learn_anew
from commlog_tui.store.postgresql.customer_notes import write_notes
from commlog_tui.store.postgresql.database import View
from commlog_tui.store.postgresql.delivery_writing import write_delivery
from commlog_tui.store.postgresql.entry_states import STATE_COLUMNS, STATES_FROM, EntryState, read_state
from commlog_tui.store.postgresql.projection_rows import ProjectionRows
from commlog_tui.store.postgresql.record_rows import NewRecords, numbers_of_forms
from commlog_tui.store.postgresql.resend_writing import write_resends
from commlog_tui.store.postgresql.search_writing import write_search
from commlog_tui.store.postgresql.threads import load_whole_threads
from commlog_tui.store.postgresql.work_writing import write_work
from commlog_tui.store.postgresql.writing import Writing

_STATES: Final = f"""
SELECT {STATE_COLUMNS} {STATES_FROM}
WHERE entry.location = %(location)s AND entry.seq = ANY(%(seqs)s::bigint[])
"""
UNREADABLE: Final = (msgspec.DecodeError, ValidationError, ValueError, KeyError, TypeError)

ReplayRow = tuple[int, int, str, bytes, Record | None]
"""Of a record: seq, seq of its root, kind, leaf, and the record; None for one that cannot be read."""


class Replay:
    """Applies the records of one location to its projections, in the view's transaction."""

    def __init__(self, view: View, location: Location, head: Head, kinds: Kinds) -> None:
        """Go on behind a head; that of an empty location has no records."""
        self._view = view
        self._location = location
        self._kinds = kinds
        self._frontier = Frontier(head.seq, head.frontier)
        self._entries = head.entries
        self._removes = False
        """Whether redactions remove personal parts, which a rebuild leaves alone."""

    @property
    def head(self) -> Head:
        """Where the location's log ends, as far as records were applied."""
        return Head(self._frontier.size, self._entries, self._frontier.peaks)

    async def add(self, new: Sequence[NewRecord]) -> None:
        """Write records of another log behind the head, as they are, with their projections."""
        nothing = ProjectionRows(self._location, {})
        writing, columns = Writing(self._view, self._location), NewRecords(self._location.id, new)
        forms = await numbers_of_forms(self._view, self._location, columns.forms, {})
        async with self._view.connection.pipeline():
            writing.records(columns.rows(forms), nothing, self._kinds)
            await writing.send()
        self._removes = True
        await self.play([(one.seq, one.root, one.kind, one.leaf, one.record) for one in new])

    async def play(self, rows: Sequence[ReplayRow]) -> list[int]:
        """Apply records in order of seq; return the positions of those that cannot be read."""
        nodes = [node for row in rows for node in self._frontier.push_leaf(row[3])]
        unreadable = [row[0] for row in rows if row[4] is None]
        records = {(seq, root, kind): record for seq, root, kind, _, record in rows if record is not None}
        threads = await self._threads(records)
        roots = sorted({root for _, root, _ in records})
        values = {"location": self._location.no, "seqs": roots}
        states: dict[int, EntryState] = {int(row[0]): read_state(row) for row in await self._view.rows(_STATES, values)}
        projections = ProjectionRows(self._location, states)
        for (seq, root, kind), record in records.items():
            try:
                thread = threads[root].before(seq) if root != seq else None
                projections.apply(changes_of(record, thread, self._kinds))
                self._entries += kind == "entry"
            except UNREADABLE:
                unreadable.append(seq)
        await self._write(projections, nodes)
        return sorted(unreadable)

    async def _write(self, projections: ProjectionRows, nodes: list[tuple[int, int, bytes]]) -> None:
        writing = Writing(self._view, self._location)
        async with self._view.connection.pipeline():
            writing.projections(projections)
            write_delivery(writing, self._location, projections.delivery)
            write_work(writing, self._location, projections.duties)
            write_notes(writing, self._location, projections.notes)
            write_resends(writing, self._location, projections.resends)
            write_search(writing, self._location, projections.search, projections.fields)
            writing.people(projections.people)
            if self._removes:
                writing.records((), projections, self._kinds)
            writing.head(self.head, nodes)
            await writing.send()
        if projections.people.doubted:
            await learn_anew(self._view, self._location, sorted(projections.people.doubted))

    async def _threads(self, records: dict[tuple[int, int, str], Record]) -> dict[int, Thread]:
        """Return the threads that records are about, by the seq of the root."""
        here = {seq: Thread(record) for (seq, root, _), record in records.items() if seq == root}
        wanted: set[Any] = {
            root for seq, root, kind in records if seq != root and (root not in here or is_decisive(kind, self._kinds))
        }
        return here | await load_whole_threads(self._view, self._location, sorted(wanted))
