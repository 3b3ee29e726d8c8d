"""Query parameters for entries and customers."""

from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, WithJsonSchema, model_validator

from commlog_tui.contract.base import (
    BookingCode,
    CustomerId,
    Instant,
    Line,
    Recipient,
    RequestModel,
    Slug,
    Text,
    UuidText,
    at_most,
)
from commlog_tui.contract.delivery import Status
from commlog_tui.contract.entry import Source
from commlog_tui.contract.run import RunState
from commlog_tui.contract.statistics import Day

PAGE_SIZE = 50
MAX_PAGE_SIZE = 200
MOST_EXCLUDED: Final = 20
"""Values that each filter which excludes may have."""
_FEW = Field(max_length=MOST_EXCLUDED)
_at_most_few = at_most(MOST_EXCLUDED)


class EntryQuery(RequestModel):
    """Filters for entries, all of which must match. ``since`` is inclusive, ``until`` exclusive."""

    via: Annotated[tuple[Slug, ...], Field(max_length=20), at_most(20)] = ()
    since: Instant | None = None
    until: Instant | None = None
    to: Annotated[Recipient, Field(min_length=1)] | None = None
    customer_id: CustomerId | None = None
    """All entries with this id, or sent to any address or number known for the customer."""
    reference: UuidText | None = None
    status: Annotated[tuple[Status, ...], Field(max_length=len(Status))] = ()
    """Matches any of these."""
    source: Source | None = None
    kind: Slug | None = None
    """What the message is for."""
    title: Line | None = None
    """A whole title; case, accents and spaces do not matter."""
    code: BookingCode | None = None
    """A whole booking code; case, accents and spaces do not matter."""
    not_via: Annotated[tuple[Slug, ...], _FEW, _at_most_few] = ()
    """Excludes these, as does each filter that begins with ``not``."""
    not_status: Annotated[tuple[Status, ...], _FEW, _at_most_few] = ()
    not_source: Annotated[tuple[Source, ...], _FEW, _at_most_few] = ()
    not_kind: Annotated[tuple[Slug, ...], _FEW, _at_most_few] = ()
    not_to: Annotated[tuple[Annotated[Recipient, Field(min_length=1)], ...], _FEW, _at_most_few] = ()
    not_customer_id: Annotated[tuple[CustomerId, ...], _FEW, _at_most_few] = ()
    """All that ``customer_id`` would find."""
    not_reference: Annotated[tuple[UuidText, ...], _FEW, _at_most_few] = ()
    not_title: Annotated[tuple[Line, ...], _FEW, _at_most_few] = ()
    not_code: Annotated[tuple[BookingCode, ...], _FEW, _at_most_few] = ()
    not_day: Annotated[tuple[Day, ...], _FEW, _at_most_few] = ()
    """Days in the location's zone."""
    q: Annotated[Text, Field(min_length=1, max_length=200)] | None = None

    @property
    def is_checked_on_rows(self) -> bool:
        """Whether a condition is left that no index leads to: rows are looked at, for a limited time."""
        if any(getattr(self, name) for name in _ON_ROWS):
            return True
        return self.title is not None and any(getattr(self, name) for name in _BESIDE_TITLE)

    @model_validator(mode="after")
    def _range_is_forward(self) -> Self:
        if self.since and self.until and self.since > self.until:
            raise ValueError("since must not be later than until")
        return self


_ON_ROWS: Final = ("not_to", "not_customer_id", "not_reference", "not_title", "not_code", "not_day")
EXCLUSIONS: Final = ("not_via", "not_status", "not_source", "not_kind", *_ON_ROWS)
"""The filters that exclude; each may be given several times."""
_BESIDE_TITLE: Final = ("via", "status", "source", "kind", "not_via", "not_status", "not_source", "not_kind", "to",
                        "customer_id")  # fmt: skip


class PageRequest(EntryQuery):
    """A query with the page to return."""

    limit: Annotated[int, Field(ge=1, le=MAX_PAGE_SIZE)] = PAGE_SIZE
    cursor: Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[A-Za-z0-9_-]+$")] | None = None
    """From another page of the same query and location; the newest page by default."""
    at: Instant | None = None
    """Instead of a cursor: start at the newest entry before this instant."""

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if self.at and self.cursor:
            raise ValueError("at and cursor exclude each other; give one of them")
        return self


class IdQuery(RequestModel):
    """Prefix of entry ids, with or without the dashes of a UUID."""

    prefix: Annotated[str, Field(pattern=r"^([0-9A-Fa-f]-?){3,31}[0-9A-Fa-f]$", max_length=36)]
    limit: Annotated[int, Field(ge=1, le=MAX_PAGE_SIZE)] = 10


PageCursor = Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[A-Za-z0-9_-]+$")]


class ListQuery(RequestModel):
    """A page of a list, newest record first."""

    limit: Annotated[int, Field(ge=1, le=MAX_PAGE_SIZE)] = PAGE_SIZE
    cursor: PageCursor | None = None
    """From the page before, of the same list, filters and location."""


def _is_true(value: bool) -> bool:  # noqa: FBT001 - a validator
    if not value:
        raise ValueError("must be true: the events of an entry are part of it")
    return value


class UnmatchedQuery(ListQuery):
    """A page of the events that no entry is known for."""

    unmatched: Annotated[bool, AfterValidator(_is_true), WithJsonSchema({"type": "boolean", "const": True})]
    """Required: the events of an entry are part of it."""


class RunQuery(ListQuery):
    """Filters for workflow runs, all of which must match."""

    reference: UuidText | None = None
    code: BookingCode | None = None
    status: Annotated[tuple[RunState, ...], Field(max_length=len(RunState))] = ()
    """Matches any of these."""


class ResolutionQuery(ListQuery):
    """Filters for resolutions, all of which must match."""

    reference: UuidText | None = None
    code: BookingCode | None = None


class CustomerQuery(RequestModel):
    """Search for customers by part of a name, address or number."""

    q: Annotated[Text, Field(max_length=200)] = ""
    limit: Annotated[int, Field(ge=1, le=MAX_PAGE_SIZE)] = 20
