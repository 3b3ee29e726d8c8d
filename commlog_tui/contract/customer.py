"""The people the log is about, as the entries themselves bring them."""

from typing import Annotated

from pydantic import Field

from commlog_tui.contract.base import CustomerId, Instant, Recipient, RequestModel, ResponseModel, Text, at_most

Contacts = Annotated[tuple[Annotated[Recipient, Field(min_length=1)], ...], Field(max_length=20), at_most(20)]
"""Addresses or numbers of one person."""


class NewCustomer(RequestModel):
    """A customer as an entry brings them: the booking system's id, and what it knew at that time."""

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
    """One person of the directory: every name's latest form, every address and number ever seen, newest first."""

    id: str
    name: str | None
    addresses: tuple[str, ...]
    numbers: tuple[str, ...]
    last_seen: Instant
    """When the latest entry that names them was sent or happened."""


class CustomerMatches(ResponseModel):
    """Directory answers to a search, most recently seen first."""

    customers: tuple[Customer, ...]
    more: bool
    """Whether there are matches beyond these."""
