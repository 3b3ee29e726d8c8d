"""Making the projections again from the records, which alone are the truth."""

from collections.abc import Callable, Iterator
from typing import Final

import apsw
import msgspec
from pydantic import ValidationError

from commlog_tui.contract.delivery import DeliveryKind
from commlog_tui.ledger.leaf import leaf_hash
from commlog_tui.ledger.record import Public, decode_public
from commlog_tui.store.errors import DamagedLogError
from commlog_tui.store.protocol import Rebuilt
from commlog_tui.store.sqlite import forms
from commlog_tui.store.sqlite.connection import number
from commlog_tui.store.sqlite.place import Place
from commlog_tui.store.sqlite.projections import Projections
from commlog_tui.store.sqlite.schema_check import require_schema
from commlog_tui.store.sqlite.standing import changes_of, corrected, current
from commlog_tui.store.sqlite.tree import Head

PROJECTIONS: Final = ("entry", "tally", "customer", "contact", "node", "head")
"""The tables that are made again, beside the search index."""

_AT_ONCE: Final = 2_000
_RECORDS: Final = """
SELECT record.pk, record.kind, record.entry, record.public, personal.data FROM record NOT INDEXED
LEFT JOIN personal NOT INDEXED ON personal.pk = record.pk WHERE record.pk > ? AND record.pk <= ? ORDER BY record.pk LIMIT ?
"""
_UNREADABLE: Final = (msgspec.DecodeError, ValidationError, ValueError, KeyError, TypeError)


def rebuild(connection: apsw.Connection, progress: Callable[[int, int], None] = lambda _done, _total: None) -> Rebuilt:
    """Make all projections and all indexes again, within the transaction that is under way.

    Raises:
        DamagedLogError: the schema is not the one that this version creates, or one key was recorded twice.
    """
    require_schema(connection)  # a trigger would change what is made
    try:
        connection.execute("REINDEX")
    except apsw.ConstraintError:
        words = "One key was recorded twice. Nothing was changed; commlog verify names it, a backup from before lacks it."
        raise DamagedLogError(words) from None
    total = number(connection, "SELECT count(*) FROM record NOT INDEXED", ())
    connection.execute("INSERT INTO search (search) VALUES ('delete-all')")
    for table in PROJECTIONS:
        connection.execute(f"DELETE FROM {table}")
    rebuilt = Rebuilt()
    places = [str(row[0]) for row in connection.execute("SELECT id FROM location ORDER BY no").fetchall()]
    for place in (Place.find(connection, location) for location in places):
        connection.execute("INSERT INTO head VALUES (?, 0, 0, x'')", (place.no,))
        replay = _Replay(connection, place)
        for chunk in _chunks(connection, place):
            rebuilt.unreadable += [(place.id, seq) for seq in replay.play(chunk)]
            rebuilt.records += len(chunk)
            progress(rebuilt.records, total)
        replay.end()
    return rebuilt


def _chunks(connection: apsw.Connection, place: Place) -> Iterator[list[forms.Row]]:
    after, last = forms.range_of(place.no)
    chunk: list[forms.Row]
    while chunk := connection.execute(_RECORDS, (after, last, _AT_ONCE)).fetchall():
        after = chunk[-1][0]
        yield chunk


class _Replay:
    """Plays the records of one location to its projections."""

    def __init__(self, connection: apsw.Connection, place: Place) -> None:
        self._connection = connection
        self._projections = Projections(connection, place)
        self._head = Head(connection, place.no)

    def play(self, rows: list[forms.Row]) -> list[int]:
        """Play records in their order; return the positions of those that cannot be read."""
        unreadable = []
        for pk, kind, entry, public, data in rows:
            self._head.push(leaf_hash(public))
            try:
                self._one(pk, kind, entry, decode_public(public), data)
            except _UNREADABLE:
                unreadable.append(forms.seq_of(pk))
        self._projections.flush()
        return unreadable

    def end(self) -> None:
        self._head.save()

    def _one(self, pk: int, kind: str, entry: int, public: Public, data: bytes | None) -> None:
        if kind == "entry":
            told = None if data is None else forms.decode_personal(data)
            if told is None:
                self._projections.redacted_entry_added(pk, public.via, public.source, public.sent_at)
            else:
                self._projections.entry_added(pk, public.via, public.source, public.sent_at, told)
            self._head.entries += 1
        elif kind == "event":
            self._projections.event_added(entry, DeliveryKind(public.event).value)
        elif kind == "correction" and data is not None and (now := current(self._connection, entry)):
            self._projections.entry_corrected(entry, (now.sent_at, now.via), corrected(now, changes_of(data)))
