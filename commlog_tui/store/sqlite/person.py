"""A person as the entries that name them make them known. Pure.

Thousands are remembered, so they are made of what the garbage collector need not look through.
"""

from collections.abc import Callable
from typing import Final

from msgspec import Struct, field

from commlog_tui.contract.addresses import contact_form, match_form
from commlog_tui.contract.search_terms import known_lines
from commlog_tui.records.entry_fields import EntryFields
from commlog_tui.store.last_seen import month_of

WIDE: Final = 4_096
"""Characters beyond which the index of aliases has only what is new of a person."""


class Contact(Struct, gc=False):
    """An address or number of a person."""

    no: int
    shown: str
    """As it was last written."""
    seen_at: int
    """When it was first named in the last month in which it was."""


class Person(Struct, gc=False):
    """A customer, or the recipient of entries without one."""

    no: int
    key: str
    customer: str | None
    name: str | None
    seen_at: int
    """When they were first named in the last month in which they were, or by an entry corrected since."""
    lines: tuple[str, ...] = ()
    """See ``search_terms.known_lines``."""
    is_wide: bool = False
    contacts: dict[str, Contact] = field(default_factory=dict)
    """By normal form; the empty one stands for entries without a recipient."""
    is_changed: bool = False
    new_lines: tuple[str, ...] = ()
    changed_contacts: frozenset[str] = frozenset()
    met_at: int = -1
    """When the newest of what named them happened, as far as was met or looked up since they were loaded."""
    has_more: bool = False
    """Whether what names them is stored that was not looked at for ``met_at``."""
    met: dict[str, str] = field(default_factory=dict)
    """Normal forms of addresses and numbers by texts of which every line is known."""

    def add_contact(self, address: str, contact: Contact) -> None:
        """Add a contact that is stored."""
        self.contacts[address] = contact
        if is_address_or_number(address):
            self.met[contact.shown] = address

    def meet(
        self,
        fields: EntryFields,
        region: str | None,
        next_contact: Callable[[str], int],
        newest: Callable[[], int] = lambda: -1,
    ) -> Contact:
        """Take over what an entry says, and return the contact that it went to.

        A name replaces another where its entry is not older than any other, a spelling where it is not
        of an earlier month. When somebody was seen is written anew once a month, as their entries say
        it exactly: ``newest`` returns it.
        """
        customer, at = fields.customer, fields.sent_at
        name = customer.name if customer else None
        is_new_name = name is not None and name != self.name
        month, seen_in = month_of(at), month_of(self.seen_at)
        is_other = is_new_name and (self.name is None or month > seen_in or self._is_newest(at, newest))
        self.met_at = max(self.met_at, at)
        if is_other or month > seen_in:
            self.name = name if is_other else self.name
            self.seen_at = at if month > seen_in else self.seen_at
            self.is_changed = True
        texts = (*customer.addresses, *customer.numbers) if customer else ()
        met, to = self.met, fields.to
        if is_new_name or to not in met or not all(map(met.__contains__, texts)):
            self._learn_lines(known_lines(customer, to, region))
            for text in (*texts, to):
                if text not in met and (address := contact_form(text, region)):
                    met[text] = address
        contacts = self.contacts
        for shown in texts:
            address = met.get(shown)
            if address is None:
                continue
            contact = contacts.get(address)
            if contact is None or shown != contact.shown or month > month_of(contact.seen_at):
                self._meet(address, shown, at, next_contact)
        return self._meet(met.get(to) or match_form(to, region) or "", to, at, next_contact)

    def _is_newest(self, at: int, newest: Callable[[], int]) -> bool:
        if self.has_more and at >= max(self.seen_at, self.met_at):
            self.met_at, self.has_more = max(self.met_at, newest()), False
        return at >= max(self.seen_at, self.met_at)

    def lose(self, at: int) -> None:
        """Note that an entry which named them then was corrected, and may be theirs no more."""
        if at > self.seen_at:
            self.seen_at = at
            self.is_changed = True

    def _learn_lines(self, lines: list[str]) -> None:
        known = set(self.lines)
        if new := tuple([line for line in lines if line not in known]):
            self.lines += new
            self.new_lines += new
            self.is_wide = self.is_wide or sum(map(len, self.lines)) > WIDE
            self.is_changed = True

    def _meet(self, address: str, shown: str, at: int, next_contact: Callable[[str], int]) -> Contact:
        contact = self.contacts.get(address)
        if contact is None:
            contact = self.contacts[address] = Contact(next_contact(address), shown, at)
            self.changed_contacts |= {address}
            return contact
        later = month_of(at) - month_of(contact.seen_at)
        if later > 0 or (later == 0 and shown != contact.shown):
            contact.shown, contact.seen_at = shown, at if later else contact.seen_at
            self.changed_contacts |= {address}
        return contact

    def settle(self) -> None:
        """Note that everything is written."""
        self.is_changed = False
        self.new_lines = ()
        self.changed_contacts = frozenset()


def person_key(fields: EntryFields, region: str | None) -> str | None:
    """Return the key of the person that an entry is about; None if it names nobody."""
    if fields.customer is not None:
        return f"c{fields.customer.id}"
    address = match_form(fields.to, region)
    return None if address is None else f"a{address}"


def is_address_or_number(address: str) -> bool:
    """Whether a normal form of a recipient is that of an address, or of a number that was understood."""
    is_number = address[:1] == "+" and address[1:].isdecimal() and 4 <= len(address) - 1 <= 18  # noqa: PLR2004 - see is_number
    return "@" in address or (is_number and address.isascii())
