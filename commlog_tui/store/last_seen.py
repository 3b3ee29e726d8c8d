"""When customers and their addresses were last seen. Pure, for every store.

What is theirs now says it exactly: their entries as corrected, and records about them. What stores
keep beside is for those who have nothing any more, and for addresses that were named but not used.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from commlog_tui.records.instants import instant
from commlog_tui.store.rows import PersonRow

MONTH: Final = 30 * 86_400 * 1_000_000
"""Microseconds. An entry changes how an address is written unless others are of a later month."""
LEARNING_KINDS: Final = ("contact", "customer")
"""Kinds of records about customers by which they are seen."""


def month_of(at: int) -> int:
    """Return the number of the 30 days that an instant lies in, from 1970."""
    return at // MONTH


@dataclass(frozen=True, slots=True)
class KnownContact:
    """An address or number of a customer."""

    address: str
    """In the form in which it is compared."""
    shown: str
    named_at: int
    """When an entry or record first named it in the last month in which any did."""
    used_at: int | None
    """When the newest entry of the customer went to it; None for none."""
    is_shown: bool = True
    """Whether it is an address or number, and not the place of other recipients."""


@dataclass(frozen=True, slots=True)
class KnownCustomer:
    """A customer as stores know them."""

    id: str
    name: str | None
    seen_at: int
    """When an entry or record last named them, also one that was corrected since."""
    noted_at: int | None
    """Time of the newest record about them; None for none."""
    contacts: Sequence[KnownContact]

    @property
    def last_at(self) -> int | None:
        """When the newest of what is theirs now happened; None if nothing is."""
        known = [self.noted_at, *(one.used_at for one in self.contacts)]
        return max((at for at in known if at is not None), default=None)

    @property
    def order(self) -> tuple[int, str]:
        """Return the key by which customers are sorted, last seen first; those with nothing are last."""
        last_at = self.last_at
        return (1 if last_at is None else -last_at), self.id

    def row(self) -> PersonRow:
        """Return the customer as they are shown; contacts last used first."""
        last_at = self.last_at
        contacts = sorted((one for one in self.contacts if one.is_shown), key=_contact_order)
        return PersonRow(
            id=self.id,
            name=self.name,
            addresses=tuple(one.shown for one in contacts if "@" in one.address),
            numbers=tuple(one.shown for one in contacts if "@" not in one.address),
            last_seen=instant(self.seen_at if last_at is None else last_at),
        )


def _contact_order(one: KnownContact) -> tuple[int, bool, str]:
    return -(one.named_at if one.used_at is None else one.used_at), one.used_at is None, one.address
