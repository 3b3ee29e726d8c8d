"""From changes to rows: what is to be written to the projections, worked out without the database.

Given the states of the entries that the changes are about, everything is merged: each row of each
table is written once, however many records changed it.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

from commlog_tui.contract.base import is_uuid
from commlog_tui.contract.delivery import Status
from commlog_tui.contract.search_terms import folded_code
from commlog_tui.records.changes import (
    Change,
    CustomerNoted,
    CustomerNoteRemoved,
    EntryAdded,
    EntryChanged,
    EntryRedacted,
    PersonalRemoved,
    ResendAdded,
    ResolutionAdded,
    StatusRaised,
)
from commlog_tui.records.entry_fields import EntryFields, encode_fields
from commlog_tui.store.location import Location
from commlog_tui.store.postgresql.customer_note_rows import NoteRows
from commlog_tui.store.postgresql.delivery_rows import DeliveryRows
from commlog_tui.store.postgresql.entry_states import EntryState, WorkItem
from commlog_tui.store.postgresql.numbers import number_of
from commlog_tui.store.postgresql.people_rows import PeopleRows
from commlog_tui.store.postgresql.resend_rows import ResendRows
from commlog_tui.store.postgresql.search_rows import SearchRows
from commlog_tui.store.postgresql.work_rows import WorkRows
from commlog_tui.store.statistics import WHOLE_DAY, WHOLE_WEEK, monday
from commlog_tui.store.worklist import NO_START, TROUBLE

_LOGGED: Final = Status.LOGGED.value


class ProjectionRows:
    """Rows to write for changes of one location, applied in order."""

    def __init__(self, location: Location, states: dict[int, EntryState]) -> None:
        self._location = location
        self._states = states
        self.added: dict[int, list[Any]] = {}
        """Columns of ``fields`` of new entries, by seq."""
        self.fields: dict[int, list[Any]] = {}
        """Columns of entries that were corrected or redacted: see ``_found_by``."""
        self.raised: set[int] = set()
        """Older entries whose status went up."""
        self.work: set[int] = set()
        """Entries whose row of the worklist has changed."""
        self.tallies: Counter[tuple[int, str]] = Counter()
        self.statistics: Counter[tuple[int, int, str, str, str]] = Counter()
        self.facets: Counter[tuple[str, str, str, str, int]] = Counter()
        self.removed: list[PersonalRemoved] = []
        self.search = SearchRows(location)
        self.people = PeopleRows(location.region)
        self.delivery = DeliveryRows()
        self.duties = WorkRows()
        self.notes = NoteRows(location.region)
        self.resends = ResendRows()

    def apply(self, changes: Iterable[Change]) -> None:
        """Apply changes in order."""
        for change in changes:
            match change:
                case EntryAdded():
                    self._add(change)
                case StatusRaised():
                    self._raise(change)
                case EntryChanged():
                    self._change(change)
                case EntryRedacted():
                    self._redact(change)
                case PersonalRemoved():
                    self.removed.append(change)
                case _:
                    self.delivery.apply(change)
                    self.duties.apply(change)
                    self._note(change)
                    self.resends.apply(change)
                    if isinstance(change, ResolutionAdded) and change.root is not None:
                        self._resolve(change.root, change.seq)
                    elif isinstance(change, ResendAdded):
                        self._resolve(change.root, change.record)

    def state(self, seq: int) -> EntryState:
        """Return an entry as it is after the changes."""
        return self._states[seq]

    def _add(self, change: EntryAdded) -> None:
        state = EntryState(
            change.root, change.sent_at, change.via, change.source, change.message_kind or "", change.starts_at,
            _LOGGED, rank=0,
        )  # fmt: skip
        self._states[change.root] = state
        columns = self.added[change.root] = self._found_by(change.root, change.fields)
        state.contact, state.title = columns[:2]
        self._count(state, 1)

    def _change(self, change: EntryChanged) -> None:
        columns = self._found_by(change.root, change.now)
        columns[-1] = encode_fields(change.now)
        self._move(change.root, change.now.sent_at, change.now.via, columns)

    def _redact(self, change: EntryRedacted) -> None:
        state = self._states[change.root]
        if state.work is not None:
            state.work = None
            self.work.add(change.root)
        self._move(change.root, change.sent_at, change.via, self._found_by(change.root, None))
        self.people.doubted.update(fields.customer.id for fields in change.history if fields.customer)

    def _note(self, change: Change) -> None:
        """List or unlist a record about a customer, of whom the directory learns."""
        self.notes.apply(change)
        if isinstance(change, CustomerNoted) and change.fields is not None:
            self.people.add(change.fields)
        elif isinstance(change, CustomerNoteRemoved) and change.fields is not None and change.fields.customer:
            self.people.doubted.add(change.fields.customer.id)

    def _move(self, seq: int, sent_at: int, via: str, columns: list[Any]) -> None:
        state = self._states[seq]
        self._count(state, -1)
        state.sent_at, state.via = sent_at, via
        self._count(state, 1)
        self.search.leave(state.title, state.contact)
        state.contact, state.title = columns[:2]
        if seq in self.added:
            self.added[seq] = columns
        else:
            self.fields[seq] = columns

    def _raise(self, change: StatusRaised) -> None:
        state = self._states.get(change.root)
        if state is None or change.rank <= state.rank:
            return
        before, after = state.status, change.status
        self._count(state, -1)
        state.status, state.rank = after, change.rank
        self._count(state, 1)
        if change.root not in self.added:
            self.raised.add(change.root)
        if after in TROUBLE:
            self._list(state, change.at, again=before not in TROUBLE)
        elif before in TROUBLE and state.work is not None and state.work.arrived_at is None:
            state.work.arrived_at = change.at
            self.work.add(change.root)

    def _list(self, state: EntryState, at: int, *, again: bool) -> None:
        if state.work is None and not state.is_redacted:
            starts_at = NO_START if state.starts_at is None else state.starts_at
            state.work = WorkItem(starts_at, state.sent_at, at)
        if state.work is not None:
            if again:
                state.work.arrived_at = None
            self.work.add(state.seq)

    def _resolve(self, root: int, resolution: int) -> None:
        state = self._states.get(root)
        if state is not None and state.work is not None and state.work.resolution is None:
            state.work.resolution = resolution
            self.work.add(root)

    def _count(self, state: EntryState, change: int) -> None:
        day, hour = self._location.day_of(state.sent_at), self._location.hour_of(state.sent_at)
        self.tallies[day, state.via] += change
        self.facets[state.facet] += change
        self.statistics[WHOLE_DAY, day, state.via, state.message_kind, state.status] += change
        self.statistics[WHOLE_WEEK, monday(day), state.via, state.message_kind, state.status] += change
        self.statistics[hour, day, state.via, state.message_kind, state.status] += change

    def _found_by(self, seq: int, fields: EntryFields | None) -> list[Any]:
        """Return the columns that an entry is found by, which is learned from.

        Contact, title, reference, code, whether there is a text, and corrected fields.
        """
        title, has_body = self.search.add(seq, fields)
        if fields is None:
            return [None, None, None, None, False, None]
        contact = number_of(self._location.no, *self.people.add(fields))
        reference = fields.reference if fields.reference and is_uuid(fields.reference) else None
        return [contact, title, reference, folded_code(fields.code) if fields.code else None, has_body, None]
