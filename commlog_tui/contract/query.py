"""What can be asked of the log."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from commlog_tui.contract.base import CustomerId, Instant, Recipient, RequestModel, Slug, Text, UuidText, at_most
from commlog_tui.contract.delivery import Status
from commlog_tui.contract.entry import Source

PAGE_SIZE = 50
MAX_PAGE_SIZE = 200


class EntryQuery(RequestModel):
    """Which entries: every condition given must hold. ``since`` is included, ``until`` is not."""

    via: Annotated[tuple[Slug, ...], Field(max_length=20), at_most(20)] = ()
    since: Instant | None = None
    until: Instant | None = None
    to: Annotated[Recipient, Field(min_length=1)] | None = None
    customer_id: CustomerId | None = None
    """The customer's history: all with this id, and all sent to an address or number ever known for them."""
    reference: UuidText | None = None
    status: Annotated[tuple[Status, ...], Field(max_length=len(Status))] = ()
    """Any of these."""
    source: Source | None = None
    q: Annotated[Text, Field(min_length=1, max_length=200)] | None = None

    @model_validator(mode="after")
    def _range_is_forward(self) -> Self:
        if self.since and self.until and self.since > self.until:
            raise ValueError("since must not be later than until")
        return self


class PageRequest(EntryQuery):
    """A query, and which page of its answer."""

    limit: Annotated[int, Field(ge=1, le=MAX_PAGE_SIZE)] = PAGE_SIZE
    cursor: Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[A-Za-z0-9_-]+$")] | None = None
    """As given by an earlier page of the same query and location; none asks for the newest page."""
    at: Instant | None = None
    """Instead of a cursor: ask for the page that begins with the newest entry before this instant."""

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if self.at and self.cursor:
            raise ValueError("at and cursor each name a place; give one of them")
        return self


class IdQuery(RequestModel):
    """The beginning of entries' ids, with or without the dashes of a UUID."""

    prefix: Annotated[str, Field(pattern=r"^([0-9A-Fa-f]-?){3,31}[0-9A-Fa-f]$", max_length=36)]
    limit: Annotated[int, Field(ge=1, le=MAX_PAGE_SIZE)] = 10


class CustomerQuery(RequestModel):
    """Which customers: part of a name, an address or a number."""

    q: Annotated[Text, Field(max_length=200)] = ""
    limit: Annotated[int, Field(ge=1, le=MAX_PAGE_SIZE)] = 20
