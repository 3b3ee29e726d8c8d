"""What entries say of customers, merged into one row for each customer and contact."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from commlog_tui.contract.addresses import contact_form, match_form
from commlog_tui.contract.search_terms import known_lines
from commlog_tui.records.entry_fields import EntryFields
from commlog_tui.records.rows import CustomerRow
from commlog_tui.store.last_seen import month_of


@dataclass(slots=True)
class CustomerChange:
    """What a customer's row is to learn from some entries, in their order.

    A name replaces the one that is known if no entry known was sent later. So of several only the
    last one with a name counts of those that were sent no earlier than all before them; and where
    no name is known yet, the first.
    """

    last_seen: int
    first_name: str | None = None
    name: str | None = None
    name_seen: int = 0
    lines: dict[str, None] = field(default_factory=dict)
    """Folded texts to find the customer by."""

    def add(self, name: str | None, seen: int, lines: Iterable[str]) -> None:
        """Learn from one more entry, sent at an instant."""
        self.last_seen = max(self.last_seen, seen)
        if name is not None:
            self.first_name = name if self.first_name is None else self.first_name
            if seen >= self.last_seen:
                self.name, self.name_seen = name, seen
        known = "\n".join(self.lines) if self.lines else None
        self.lines.update(dict.fromkeys(line for line in lines if known is None or line not in known))

    @property
    def is_plain(self) -> bool:
        """Whether the entries had one name or none, and the last of them had it."""
        return self.name == self.first_name and (self.name is None or self.name_seen == self.last_seen)


@dataclass(slots=True)
class PeopleRows:
    """Changes to the directory of one location."""

    region: str | None
    customers: dict[str, CustomerChange] = field(default_factory=dict)
    contacts: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    """How an address or number was written last, and when it was first in that month.

    By customer and comparable form.

    Without a customer, or of plain words, it only leads to entries, and is not shown: that is empty.
    """
    doubted: set[str] = field(default_factory=set)
    """Customers to be learned anew from their current entries, when everything else is written."""

    def add(self, fields: EntryFields) -> tuple[str, str]:
        """Learn what an entry says of its customer; return the contact that it went to."""
        customer, address = fields.customer, match_form(fields.to, self.region) or ""
        if customer is None:
            contact = "", address
        else:
            contact = customer.id, address
            self._add_customer(customer, fields)
        self.contacts.setdefault(contact, ("", 0))
        return contact

    def _add_customer(self, customer: CustomerRow, fields: EntryFields) -> None:
        seen = fields.sent_at
        change = self.customers.setdefault(customer.id, CustomerChange(seen))
        change.add(customer.name, seen, known_lines(customer, fields.to, self.region))
        for shown in dict.fromkeys((*customer.addresses, *customer.numbers, fields.to)):
            if address := contact_form(shown, self.region):
                known = self.contacts.get((customer.id, address))
                if known is None or month_of(seen) > month_of(known[1]):
                    self.contacts[customer.id, address] = shown, seen
                elif month_of(seen) == month_of(known[1]):
                    self.contacts[customer.id, address] = shown, known[1]
