"""Models of what is recorded about customers, beside the entries that name them.

Addresses and numbers that were corrected, customers of the log's own, merges of these with the
booking system's, and preferences about being written to.
"""

from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from commlog_tui.contract.base import (
    CustomerId,
    Instant,
    Line,
    Recipient,
    RequestModel,
    ResponseModel,
    Slug,
    Text,
)
from commlog_tui.contract.customer import Contacts, Preference
from commlog_tui.contract.identity import id_of_key
from commlog_tui.contract.open_enum import OpenEnum

LOCAL_PREFIX: Final = "local-"
"""Beginning of the ids of customers that the log made itself."""
_ID_DIGITS: Final = 12

_Address = Annotated[Recipient, Field(min_length=1)]


class MergeStep(StrEnum):
    """What a record of a merge says: that two customers are one, or are not after all."""

    MERGED = "merged"
    SEPARATED = "separated"


def local_customer_id(key: str) -> str:
    """Return the id of the customer that is made under an idempotency key."""
    return LOCAL_PREFIX + id_of_key(key).replace("-", "")[:_ID_DIGITS]


class NewContact(RequestModel):
    """A correction of a customer's address or number; without an old one, one more that is preferred."""

    new: _Address
    old: _Address | None = None
    reason: Line | None = None

    @model_validator(mode="after")
    def _differ(self) -> Self:
        if self.old is not None and self.old.strip() == self.new.strip():
            raise ValueError("the old and the new one must differ")
        return self


class NewLocalCustomer(RequestModel):
    """A customer whom the booking system does not know."""

    name: Annotated[Text, Field(min_length=1, max_length=200)]
    addresses: Contacts = ()
    numbers: Contacts = ()


class NewMerge(RequestModel):
    """That two ids are of one customer, or, to take that back, that they are not."""

    customer_id: CustomerId
    """Mostly a customer of the log's own."""
    into: CustomerId
    """Mostly the booking system's."""
    step: MergeStep = MergeStep.MERGED
    reason: Line | None = None

    @model_validator(mode="after")
    def _differ(self) -> Self:
        if self.customer_id == self.into:
            raise ValueError("the two ids must differ")
        return self


class NewPreference(RequestModel):
    """Whether a customer, or whoever has an address or number, may be written to on a channel."""

    customer_id: CustomerId | None = None
    to: _Address | None = None
    via: Slug | None = None
    """The channel; without one, every channel."""
    allowed: bool = False
    words: Line | None = None
    """In their own words: ``opted out by STOP``."""
    said_at: Instant | None = None

    @model_validator(mode="after")
    def _about_somebody(self) -> Self:
        if self.customer_id is None and self.to is None:
            raise ValueError("needs a customer_id or an address or number (to)")
        return self


class Contact(ResponseModel):
    """A correction of an address or number, with who made it and why."""

    id: str
    seq: int
    customer_id: str
    new: str
    old: str | None = None
    reason: str | None = None
    actor: str
    person: str | None = None
    recorded_at: Instant


class LocalCustomer(ResponseModel):
    """A customer as the log made them."""

    id: str
    seq: int
    customer_id: str
    name: str
    addresses: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    actor: str
    person: str | None = None
    recorded_at: Instant


class Merge(ResponseModel):
    """That two customers are one, or are not after all."""

    id: str
    seq: int
    customer_id: str
    into: str
    step: Annotated[MergeStep, OpenEnum(MergeStep)]
    reason: str | None = None
    actor: str
    person: str | None = None
    recorded_at: Instant


class ContactChanges(ResponseModel):
    """Corrections of a customer's addresses and numbers, oldest first."""

    contacts: tuple[Contact, ...]


class CustomerRecords(ResponseModel):
    """Everything recorded about a customer and those merged with them, oldest first."""

    customer_ids: tuple[str, ...]
    """Ids of the customer: the one asked for first."""
    made: tuple[LocalCustomer, ...] = ()
    contacts: tuple[Contact, ...] = ()
    merges: tuple[Merge, ...] = ()
    preferences: tuple[Preference, ...] = ()
    """All that were ever recorded; those that hold now are in the customer."""


class PreferenceQuery(RequestModel):
    """Whose preferences to read: a customer's, with those of their numbers, or an address's."""

    customer_id: CustomerId | None = None
    to: _Address | None = None

    @model_validator(mode="after")
    def _about_somebody(self) -> Self:
        if self.customer_id is None and self.to is None:
            raise ValueError("needs a customer_id or an address or number (to)")
        return self


class Preferences(ResponseModel):
    """The preferences that hold now, oldest first: the last one for each subject and channel."""

    preferences: tuple[Preference, ...]


def objections(preferences: tuple[Preference, ...], via: str) -> tuple[Preference, ...]:
    """Return those of the current preferences that speak against writing on a channel."""
    return tuple(one for one in preferences if not one.allowed and one.via in {None, via})
