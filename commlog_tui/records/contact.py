"""Kind ``contact``: a customer's address or number was corrected. The old one stays on record."""

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from commlog_tui.contract.customer_record import NewContact
from commlog_tui.records.changes import Change, CustomerNoted, CustomerNoteRemoved
from commlog_tui.records.customer_rows import ContactRow
from commlog_tui.records.entry_fields import EntryFields
from commlog_tui.records.instants import instant
from commlog_tui.records.kind import Kind, stated
from commlog_tui.records.record import Record, Thread
from commlog_tui.records.rows import CustomerRow


@dataclass(frozen=True, slots=True)
class AppendContact:
    """A correction of a customer's address or number to record under this id."""

    kind: ClassVar[str] = "contact"
    about: ClassVar[str | None] = None

    id: str
    customer_id: str
    contact: NewContact


def known_of(customer_id: str, name: str | None, reach: tuple[str, ...], at: int) -> EntryFields:
    """Return what the directory learns of a customer, as an entry to nobody would say it."""
    addresses = tuple(one for one in reach if "@" in one)
    numbers = tuple(one for one in reach if "@" not in one)
    customer = CustomerRow(customer_id, name, addresses, numbers)
    return EntryFields(to="", title="", customer=customer, via="", direction="", sent_at=at)


def contact_row(record: Record) -> ContactRow | None:
    """Return a correction of an address or number; None if it is redacted."""
    public, fields = record.public, record.fields()
    if fields is None:
        return None
    return ContactRow(
        id=public.id,
        seq=public.seq,
        customer_id=fields["customer_id"],
        new=fields["new"],
        old=fields.get("old"),
        reason=fields.get("reason"),
        actor=public.actor,
        person=public.person,
        recorded_at=instant(public.recorded_at),
    )


def _split(item: AppendContact, _thread: Thread | None) -> tuple[dict[str, Any], dict[str, Any]]:
    contact = item.contact
    personal: dict[str, Any] = {"customer_id": item.customer_id, "new": contact.new}
    return {"kind": "contact"}, personal | stated(old=contact.old, reason=contact.reason)


def learned(record: Record) -> EntryFields | None:
    """Return what the directory learns of a correction."""
    row = contact_row(record)
    if row is None:
        return None
    reach = tuple(one for one in (row.old, row.new) if one is not None)
    return known_of(row.customer_id, None, reach, record.public.recorded_at)


def _changes(record: Record, _thread: Thread | None) -> tuple[Change, ...]:
    row = contact_row(record)
    if row is None:
        return ()
    at = record.public.recorded_at
    return (CustomerNoted(record.seq, "contact", "", at, customer=row.customer_id, fields=learned(record)),)


def _redacted(thread: Thread) -> tuple[Change, ...]:
    return (CustomerNoteRemoved(thread.root.seq, learned(thread.root)),)


CONTACT: Final = Kind("contact", "corrected address", _split, changes=_changes, redacted=_redacted)
