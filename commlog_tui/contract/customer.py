"""Models of customers, as the entries bring them."""

from typing import Annotated

from pydantic import Field

from commlog_tui.contract.base import STORABLE, CustomerId, Instant, RequestModel, ResponseModel, at_most

_Contact = Annotated[str, Field(min_length=1, max_length=320), STORABLE]
Contacts = Annotated[tuple[_Contact, ...], Field(max_length=20), at_most(20)]
"""E-mail addresses or phone numbers of one customer."""


class NewCustomer(RequestModel):
    """The customer of a new entry: the booking system's id and what it knew at that time."""

    id: CustomerId
    name: Annotated[str, Field(max_length=200), STORABLE] | None = None
    addresses: Contacts = ()
    numbers: Contacts = ()


class EntryCustomer(ResponseModel):
    """The customer of an entry, as that entry named them."""

    id: str
    name: str | None
    addresses: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()


class Preference(ResponseModel):
    """Whether a customer, or whoever has an address or number, may be written to."""

    id: str
    seq: int
    customer_id: str | None = None
    to: str | None = None
    via: str | None = None
    """The channel; None for every channel."""
    allowed: bool
    words: str | None = None
    said_at: Instant | None = None
    actor: str
    person: str | None = None
    recorded_at: Instant


class Customer(ResponseModel):
    """A customer in the directory: the latest name, and all addresses and numbers.

    Corrected ones come first, then the newest, and last those that a correction has replaced.
    """

    id: str
    name: str | None
    addresses: tuple[str, ...]
    numbers: tuple[str, ...]
    last_seen: Instant
    """Time of the latest entry that names the customer."""
    local: bool = False
    """Whether the log made the customer, and not the booking system."""
    merged: tuple[str, ...] = ()
    """Other ids of the same customer."""
    replaced: tuple[str, ...] = ()
    """Those of the addresses and numbers that a correction has replaced."""
    preferences: tuple[Preference, ...] = ()
    """The preferences that hold now, of the customer and of these addresses and numbers."""


class CustomerMatches(ResponseModel):
    """Directory answers to a search, most recently seen first."""

    customers: tuple[Customer, ...]
    more: bool
    """Whether there are matches beyond these."""


def without_merged(customers: tuple[Customer, ...]) -> tuple[Customer, ...]:
    """Return the customers with each that is merged with an earlier one left out."""
    found: list[Customer] = []
    for one in customers:
        if not any(one.id in other.merged for other in found):
            found.append(one)
    return tuple(found)
