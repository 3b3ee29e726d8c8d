"""A guest whom nobody knows yet, named in the entry form: made with the entry, once."""

from typing import TYPE_CHECKING, Any

from commlog_tui.contract.customer_record import local_customer_id
from commlog_tui.contract.identity import id_of_key
from commlog_tui.desk.entry.fields import Start
from commlog_tui.desk.people.caller_lines import is_reach
from commlog_tui.desk.session import Session
from commlog_tui.desk.widgets.customer_field import CustomerField
from commlog_tui.desk.work.saving import save, why_not_write

if TYPE_CHECKING:
    from commlog_tui.client.outbox import OutboxItem


def _guest_key(start: Start) -> str:
    """Return the key of the guest that may be made with an entry, the same at every try."""
    return id_of_key(f"guest of {start.key}")


def customer_field(session: Session, start: Start, text: str, hint: str) -> CustomerField:
    """Return the field for the customer, in which a new guest can be named if that can be recorded."""
    can_be_new = start.corrects is None and why_not_write(session, "customer-records", "") is None
    new_id = local_customer_id(_guest_key(start)) if can_be_new else ""
    return CustomerField(text, start.customer, session.find_customers, hint, id="customer-field", new_id=new_id)


async def save_new_guest(session: Session, start: Start, entry: "OutboxItem") -> None:
    """Save the guest whom an entry names, if they are new. Raises ``OutboxError``."""
    customer, key = entry.content.get("customer") or {}, _guest_key(start)
    if start.corrects is not None or customer.get("id") != local_customer_id(key):
        return
    to = str(entry.content.get("to") or "").strip()
    content: dict[str, Any] = {"name": customer.get("name") or customer["id"]}
    content |= {"addresses" if "@" in to else "numbers": [to]} if is_reach(to) else {}
    await save(session, "customer", content, key=key)
