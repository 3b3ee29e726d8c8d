"""Kind ``customer``: a customer of the log's own, whom the booking system does not know."""

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from commlog_tui.contract.customer_record import NewLocalCustomer, local_customer_id
from commlog_tui.records.changes import Change, CustomerNoted, CustomerNoteRemoved
from commlog_tui.records.contact import known_of
from commlog_tui.records.customer_rows import LocalCustomerRow
from commlog_tui.records.entry_fields import EntryFields
from commlog_tui.records.instants import instant
from commlog_tui.records.kind import Kind
from commlog_tui.records.record import Record, Thread


@dataclass(frozen=True, slots=True)
class AppendCustomer:
    """A customer to record under this id, from which the customer's own id is made."""

    kind: ClassVar[str] = "customer"
    about: ClassVar[str | None] = None

    id: str
    customer: NewLocalCustomer


def local_customer_row(record: Record) -> LocalCustomerRow | None:
    """Return a customer as the log made them; None if redacted."""
    public, fields = record.public, record.fields()
    if fields is None:
        return None
    return LocalCustomerRow(
        id=public.id,
        seq=public.seq,
        customer_id=fields["customer_id"],
        name=fields["name"],
        addresses=tuple(fields.get("addresses", ())),
        numbers=tuple(fields.get("numbers", ())),
        actor=public.actor,
        person=public.person,
        recorded_at=instant(public.recorded_at),
    )


def _split(item: AppendCustomer, _thread: Thread | None) -> tuple[dict[str, Any], dict[str, Any]]:
    customer = item.customer
    personal: dict[str, Any] = {"customer_id": local_customer_id(item.id), "name": customer.name}
    personal |= {"addresses": list(customer.addresses)} if customer.addresses else {}
    personal |= {"numbers": list(customer.numbers)} if customer.numbers else {}
    return {"kind": "customer"}, personal


def learned(record: Record) -> EntryFields | None:
    """Return what the directory learns of a new customer."""
    row = local_customer_row(record)
    if row is None:
        return None
    return known_of(row.customer_id, row.name, (*row.addresses, *row.numbers), record.public.recorded_at)


def _changes(record: Record, _thread: Thread | None) -> tuple[Change, ...]:
    row = local_customer_row(record)
    if row is None:
        return ()
    at = record.public.recorded_at
    return (CustomerNoted(record.seq, "customer", "", at, customer=row.customer_id, fields=learned(record)),)


def _redacted(thread: Thread) -> tuple[Change, ...]:
    return (CustomerNoteRemoved(thread.root.seq, learned(thread.root)),)


CUSTOMER: Final = Kind("customer", "new customer", _split, changes=_changes, redacted=_redacted)
