"""How records come into the file."""

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

import apsw
import msgspec

from commlog_tui.contract.delivery import NewEvent
from commlog_tui.contract.entry import EntryChanges, NewCorrection, NewEntry, Source
from commlog_tui.contract.identity import id_of_event
from commlog_tui.ledger.canonical import canonical
from commlog_tui.ledger.leaf import SALT_SIZE, commitment, leaf_hash
from commlog_tui.store.errors import KeyReusedError, NotAutomatedError, NotManualError, StoreError, UnknownEntryError
from commlog_tui.store.protocol import Append, AppendCorrection, Appended, AppendEntry
from commlog_tui.store.rows import CustomerRow, ReceiptRow
from commlog_tui.store.sqlite import forms
from commlog_tui.store.sqlite.connection import number
from commlog_tui.store.sqlite.place import Place
from commlog_tui.store.sqlite.projections import Projections
from commlog_tui.store.sqlite.tree import Head

_FIND = """
SELECT record.public, record.leaf, personal.data FROM record JOIN personal ON personal.pk = record.pk
WHERE record.pk = ?
"""
_FIND_KEY = "SELECT pk FROM record WHERE location = ? AND id = ?"
_FIND_ENTRY = "SELECT pk, public FROM record WHERE location = ? AND id = ? AND kind = 'entry'"
_SAID_BY_SENDER = ("via", "source", "direction", "sent_at", "event", "at", "entry", "kind")


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
        pk, public = self._find_entry(item.entry_id)
        if isinstance(item, AppendCorrection):
            if public.source != Source.MANUAL.value:
                raise NotManualError("Automated entries cannot be corrected by anyone; only manual ones can.")
            return self._correction(item.id, item.entry_id, pk, item.correction)
        if public.source == Source.MANUAL.value:
            raise NotAutomatedError("A manual entry has no delivery events.")
        return self._event(item.id, item.entry_id, pk, item.event)

    def _entry(self, entry_id: str, entry: NewEntry) -> Appended:
        public = {"kind": "entry", **forms.public_of_entry(entry)}
        personal = forms.personal_of_entry(entry)
        answer, pk = self._record(entry_id, None, public, personal)
        if answer.created:
            self._head.entries += 1
            told = msgspec.convert(personal, forms.Personal)
            self._projections.entry_added(pk, entry.via, entry.source.value, public["sent_at"], told)
        for event in entry.events:
            with suppress(KeyReusedError):  # reported before, in other words
                self._event(id_of_event(entry_id, event), entry_id, pk, event)
        return answer

    def _event(self, event_id: str, entry_id: str, entry: int, event: NewEvent) -> Appended:
        public = {"kind": "event", "entry": entry_id, **forms.public_of_event(event)}
        answer, _ = self._record(event_id, entry, public, forms.personal_of_event(event))
        if answer.created:
            self._projections.event_added(entry, event.kind.value)
        return answer

    def _correction(self, correction_id: str, entry_id: str, entry: int, correction: NewCorrection) -> Appended:
        public = {"kind": "correction", "entry": entry_id}
        answer, _ = self._record(correction_id, entry, public, forms.personal_of_correction(correction))
        if answer.created:
            now = self._current(entry)
            before = (now.sent_at, now.via)
            self._projections.entry_corrected(entry, before, corrected(now, correction.changes))
        return answer

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
        public = forms.decode_public(public_bytes)
        first = {name: getattr(public, name) for name in _SAID_BY_SENDER if name in said}
        if first != said or first_data != data:
            raise KeyReusedError("This key already stands for a record with other content. Nothing was changed.")
        return Appended(forms.receipt_row(public, leaf), created=False), pk

    def _find_entry(self, entry_id: str) -> tuple[int, forms.Public]:
        row = self._connection.execute(_FIND_ENTRY, (self._place.no, forms.id_bytes(entry_id))).fetchone()
        if row is None:
            raise UnknownEntryError("There is no such entry.")
        return int(row[0]), forms.decode_public(row[1])

    def _current(self, entry: int) -> forms.Current:
        row = self._connection.execute(
            "SELECT record.public, personal.data, entry.corrected FROM entry "
            "JOIN record ON record.pk = entry.pk JOIN personal ON personal.pk = entry.pk WHERE entry.pk = ?",
            (entry,),
        ).fetchone()
        public, data, now = row  # type: ignore[misc] # the entry was just found
        if now is not None:
            return forms.decode_current(now)
        told = forms.decode_public(public)
        fields = msgspec.structs.asdict(forms.decode_personal(data))
        return forms.Current(**fields, via=told.via, direction=told.direction, sent_at=told.sent_at)


def corrected(now: forms.Current, changes: EntryChanges) -> forms.Current:
    """Return the fields of an entry with the changes of one more correction."""
    fresh: dict[str, Any] = {name: getattr(changes, name) for name in changes.model_fields_set}
    if "sent_at" in fresh:
        fresh["sent_at"] = forms.micros(fresh["sent_at"])
    if "direction" in fresh:
        fresh["direction"] = fresh["direction"].value
    if customer := fresh.get("customer"):
        fresh["customer"] = CustomerRow(customer.id, customer.name, customer.addresses, customer.numbers)
    return msgspec.structs.replace(now, **fresh)
