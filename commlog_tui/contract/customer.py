"""Models of customers, as the entries bring them."""

from typing import Annotated

from pydantic import Field

from commlog_tui.contract.base import CustomerId, Instant, Recipient, RequestModel, ResponseModel, Text, at_most

Contacts = Annotated[tuple[Annotated[Recipient, Field(min_length=1)], ...], Field(max_length=20), at_most(20)]
"""E-mail addresses or phone numbers of one customer."""


class NewCustomer(RequestModel):
    """The customer of a new entry: the booking system's id and what it knew at that time."""

    id: CustomerId
    name: Annotated[Text, Field(max_length=200)] | None = None
    addresses: Contacts = ()
    numbers: Contacts = ()


class EntryCustomer(ResponseModel):
    """The customer of an entry, as that entry named them."""

    id: str
    name: str | None
    addresses: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()


class Customer(ResponseModel):
    """A customer in the directory: the latest name, and all addresses and numbers, newest first."""

    id: str
    name: str | None
    addresses: tuple[str, ...]
    numbers: tuple[str, ...]
    last_seen: Instant
    """Time of the latest entry that names the customer."""


class CustomerMatches(ResponseModel):
    """Directory answers to a search, most recently seen first."""

    customers: tuple[Customer, ...]
    more: bool
    """Whether there are matches beyond these."""
