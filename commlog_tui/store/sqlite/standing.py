"""An entry as it stands: what was recorded first, and what its corrections have made of it since."""

from typing import Any

import apsw
import msgspec

from commlog_tui.contract.entry import EntryChanges
from commlog_tui.ledger.record import Public, decode_public
from commlog_tui.store.rows import CustomerRow
from commlog_tui.store.sqlite import forms
from commlog_tui.store.sqlite.forms import Current, Personal

_NOW = """
SELECT record.public, personal.data, entry.corrected FROM entry JOIN record ON record.pk = entry.pk
JOIN personal ON personal.pk = entry.pk WHERE entry.pk = ?
"""
_ALL = """
SELECT record.pk, record.public, personal.data FROM record JOIN personal ON personal.pk = record.pk
WHERE record.pk = ?1 UNION ALL
SELECT record.pk, record.public, personal.data FROM record JOIN personal ON personal.pk = record.pk
WHERE record.entry = ?1 AND record.kind = 'correction' AND record.kind <> 'entry' ORDER BY 1
"""


def current(connection: apsw.Connection, entry: int) -> Current | None:
    """Return the fields that an entry has now; None where a redaction has removed them."""
    row = connection.execute(_NOW, (entry,)).fetchone()
    if row is None:
        return None
    public, data, now = row
    return forms.decode_current(now) if now is not None else at_first(decode_public(public), forms.decode_personal(data))


def history(connection: apsw.Connection, entry: int) -> list[tuple[int, Current]]:
    """Return the fields that an entry has had, each time with the key of the record that gave them; none if redacted."""
    had: list[tuple[int, Current]] = []
    for pk, public, data in connection.execute(_ALL, (entry,)):
        if pk == entry:
            had.append((pk, at_first(decode_public(public), forms.decode_personal(data))))
        elif had:
            had.append((pk, corrected(had[-1][1], changes_of(data))))
    return had


def at_first(public: Public, personal: Personal) -> Current:
    """Return the fields of an entry before any correction."""
    fields = msgspec.structs.asdict(personal)
    return Current(**fields, via=public.via, direction=public.direction, sent_at=public.sent_at)


def changes_of(data: bytes) -> EntryChanges:
    """Return what a correction changes, from its personal part."""
    return EntryChanges.model_validate(msgspec.json.decode(data)["changes"])


def corrected(now: Current, changes: EntryChanges) -> Current:
    """Return the fields of an entry with the changes of one more correction."""
    fresh: dict[str, Any] = {name: getattr(changes, name) for name in changes.model_fields_set}
    if "sent_at" in fresh:
        fresh["sent_at"] = forms.micros(fresh["sent_at"])
    if "direction" in fresh:
        fresh["direction"] = fresh["direction"].value
    if customer := fresh.get("customer"):
        fresh["customer"] = CustomerRow(customer.id, customer.name, customer.addresses, customer.numbers)
    return msgspec.structs.replace(now, **fresh)
