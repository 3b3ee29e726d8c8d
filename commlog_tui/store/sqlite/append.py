"""How records come into the file."""

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import apsw
import msgspec

from commlog_tui.contract.delivery import NewEvent
from commlog_tui.contract.entry import NewEntry, Source
from commlog_tui.contract.identity import id_of_event
from commlog_tui.ledger.canonical import canonical
from commlog_tui.ledger.leaf import SALT_SIZE, commitment, leaf_hash
from commlog_tui.ledger.record import Public, decode_public
from commlog_tui.store.errors import (
    KeyReusedError,
    NotAutomatedError,
    NotManualError,
    RedactedError,
    StoreError,
    UnknownEntryError,
)
from commlog_tui.store.protocol import Append, AppendCorrection, Appended, AppendEntry, AppendRedaction
from commlog_tui.store.rows import ReceiptRow
from commlog_tui.store.sqlite import forms, scrubbing
from commlog_tui.store.sqlite.connection import number
from commlog_tui.store.sqlite.place import Place
from commlog_tui.store.sqlite.projections import Projections
from commlog_tui.store.sqlite.standing import corrected, current, history
from commlog_tui.store.sqlite.tree import Head

_FIND = """
SELECT record.public, record.leaf, personal.data FROM record LEFT JOIN personal ON personal.pk = record.pk
WHERE record.pk = ?
"""
_FORGET = """
DELETE FROM personal WHERE pk = ?1
OR pk IN (SELECT pk FROM record WHERE entry = ?1 AND kind IN ('event', 'correction') AND kind <> 'entry')
"""
_FIND_KEY = "SELECT pk FROM record WHERE location = ? AND id = ?"
_FIND_ENTRY = """
SELECT pk, public, EXISTS (
    SELECT 1 FROM record AS said WHERE said.entry = record.pk AND said.kind = 'redaction' AND said.kind <> 'entry'
) FROM record WHERE location = ? AND id = ? AND kind = 'entry'
"""
_SAID_BY_SENDER = ("via", "source", "direction", "sent_at", "event", "at", "entry", "kind")


@dataclass(frozen=True, slots=True)
class _Found:
    """An entry that something is to be said of."""

    pk: int
    public: Public
    redacted: bool


class Appender:
    """Records items of one location under one actor, within one transaction."""

    def __init__(self, connection: apsw.Connection, location: str, actor: str, clock: Callable[[], datetime]) -> None:
        self._connection = connection
        self._place = Place.find(connection, location)
        self._actor = actor
        self._clock = clock
        self._projections = Projections(connection, self._place)
        self._head = Head(connection, self._place.no)

    def append(self, items: Sequence[Append]) -> list[Appended | StoreError]:
        """Record the items and return an answer to each."""
        answers: list[Appended | StoreError] = []
        for item in items:
            try:
                answers.append(self._one(item))
            except StoreError as error:
                answers.append(error)
        self._projections.flush()
        self._head.save()
        return answers

    def _one(self, item: Append) -> Appended:
        if isinstance(item, AppendEntry):
            return self._entry(item.id, item.entry)
        about = self._find_entry(item.entry_id)
        if isinstance(item, AppendRedaction):
            return self._redaction(item, about)
        manual = about.public.source == Source.MANUAL.value
        if isinstance(item, AppendCorrection):
            if not manual:
                raise NotManualError("Automated entries cannot be corrected by anyone; only manual ones can.")
            return self._correction(item, about)
        if manual:
            raise NotAutomatedError("A manual entry has no delivery events.")
        return self._event(item.id, item.entry_id, about.pk, item.event, redacted=about.redacted)

    def _entry(self, entry_id: str, entry: NewEntry) -> Appended:
        public = {"kind": "entry", **forms.public_of_entry(entry)}
        personal = forms.personal_of_entry(entry)
        answer, pk = self._record(entry_id, None, public, personal)
        if answer.created:
            self._head.entries += 1
            told = msgspec.convert(personal, forms.Personal)
            self._projections.entry_added(pk, entry.via, entry.source.value, public["sent_at"], told)
        redacted = bool(entry.events) and not answer.created and self._find_entry(entry_id).redacted
        for event in entry.events:
            with suppress(KeyReusedError):  # reported before, in other words
                self._event(id_of_event(entry_id, event), entry_id, pk, event, redacted=redacted)
        return answer

    def _event(self, event_id: str, entry_id: str, entry: int, event: NewEvent, *, redacted: bool) -> Appended:
        public = {"kind": "event", "entry": entry_id, **forms.public_of_event(event)}
        # Reports go on coming in after a redaction; what they bring must not bring back what it removed.
        personal = forms.NO_EVENT_DETAIL if redacted else forms.personal_of_event(event)
        answer, _ = self._record(event_id, entry, public, personal)
        if answer.created:
            self._projections.event_added(entry, event.kind.value)
        return answer

    def _correction(self, item: AppendCorrection, about: _Found) -> Appended:
        self._require_unredacted(item.id, about)
        public = {"kind": "correction", "entry": item.entry_id}
        answer, _ = self._record(item.id, about.pk, public, forms.personal_of_correction(item.correction))
        if answer.created and (now := current(self._connection, about.pk)):
            self._projections.entry_corrected(about.pk, (now.sent_at, now.via), corrected(now, item.correction.changes))
        return answer

    def _redaction(self, item: AppendRedaction, about: _Found) -> Appended:
        self._require_unredacted(item.id, about)
        public = {"kind": "redaction", "entry": item.entry_id}
        answer, _ = self._record(item.id, about.pk, public, forms.personal_of_redaction(item.redaction))
        if answer.created:
            had = [fields for _, fields in history(self._connection, about.pk)]
            self._connection.execute(_FORGET, (about.pk,))
            scrubbing.require(self._connection)
            self._projections.entry_redacted(about.pk, about.public, had)
        return answer

    def _require_unredacted(self, record_id: str, about: _Found) -> None:
        """Raise ``RedactedError`` unless the entry is there to be changed, or the record is there already."""
        if about.redacted and not number(self._connection, _FIND_KEY, (self._place.no, forms.id_bytes(record_id))):
            raise RedactedError("The entry has been redacted: nothing is left to change. Nothing was changed.")

    def _record(self, record_id: str, entry: int | None, said: dict[str, Any], personal: dict[str, Any]) -> tuple[Appended, int]:
        identity = forms.id_bytes(record_id)
        data = canonical(personal)
        known = number(self._connection, _FIND_KEY, (self._place.no, identity))
        if known:
            return self._again(known, said, data)
        seq = self._head.seq + 1
        salt = os.urandom(SALT_SIZE)
        recorded_at = forms.micros(self._clock())
        public = canonical(
            {
                **said,
                "id": record_id,
                "location": self._place.id,
                "seq": seq,
                "actor": self._actor,
                "recorded_at": recorded_at,
                "personal": commitment(salt, data).hex(),
            }
        )
        leaf = leaf_hash(public)
        pk = forms.key_of(self._place.no, seq)
        self._connection.execute(
            "INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?)",
            (pk, self._place.no, identity, said["kind"], pk if entry is None else entry, public, leaf),
        )
        self._connection.execute("INSERT INTO personal VALUES (?, ?, ?)", (pk, salt, data))
        self._head.push(leaf)
        receipt = ReceiptRow(record_id, self._place.id, seq, leaf.hex(), forms.instant(recorded_at))
        return Appended(receipt, created=True), pk

    def _again(self, pk: int, said: dict[str, Any], data: bytes) -> tuple[Appended, int]:
        row = self._connection.execute(_FIND, (pk,)).fetchone()
        public_bytes, leaf, first_data = row  # type: ignore[misc] # its key was just found
        public = decode_public(public_bytes)
        first = {name: getattr(public, name) for name in _SAID_BY_SENDER if name in said}
        forgotten = first_data is None  # by a redaction; what can be compared still is
        if first != said or not (forgotten or first_data == data):
            raise KeyReusedError("This key already stands for a record with other content. Nothing was changed.")
        return Appended(forms.receipt_row(public, leaf), created=False), pk

    def _find_entry(self, entry_id: str) -> _Found:
        row: forms.Row | None = self._connection.execute(_FIND_ENTRY, (self._place.no, forms.id_bytes(entry_id))).fetchone()
        if row is None:
            raise UnknownEntryError("There is no such entry.")
        pk, public, redacted = row
        return _Found(pk, decode_public(public), redacted=bool(redacted))
