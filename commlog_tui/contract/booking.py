"""Models of a booking's checklist: every expected and every actual message, in order of time."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import model_validator

from commlog_tui.contract.base import BookingCode, Instant, RequestModel, ResponseModel, UuidText
from commlog_tui.contract.open_enum import OpenEnum


class LineState(StrEnum):
    """What is known of a line of the checklist."""

    DELIVERED = "delivered"
    SENT = "sent"
    """Sent, and nothing reported of its delivery."""
    DUE = "due"
    OVERDUE = "overdue"
    SKIPPED = "skipped"
    FAILED = "failed"
    NOT_EXPECTED = "not-expected"
    UNKNOWN = "unknown"
    """It cannot be computed from what is on record."""
    LOGGED = "logged"
    """Written by hand, or from the customer: nothing is delivered."""


def code_form(code: str | None) -> str | None:
    """Return the form that booking codes are compared by: letter case and outer spaces do not count."""
    return None if code is None else code.strip().casefold()


class BookingQuery(RequestModel):
    """A booking, by its reference, its code, or both."""

    reference: UuidText | None = None
    code: BookingCode | None = None

    @model_validator(mode="after")
    def _names_a_booking(self) -> Self:
        if self.reference is None and self.code is None:
            raise ValueError("give the reference or the code of a booking")
        return self


class LineResolution(ResponseModel):
    """Who dealt with a message that did not arrive or was never sent."""

    actor: str
    at: Instant
    note: str | None = None


class BookingLine(ResponseModel):
    """A message, a workflow run that did not complete, or a message that is missing."""

    title: str
    state: Annotated[LineState, OpenEnum(LineState)]
    at: Instant | None
    """When the state came about, or for what is to come or missing, when it is due."""
    open: bool
    """Whether somebody should do something about it."""
    kind: str | None = None
    via: str | None = None
    status: str | None = None
    """Status of the entry or run; null for a missing message."""
    reason: str | None = None
    """Why, in words."""
    advice: str | None = None
    """What to do about it, in words."""
    due_at: Instant | None = None
    """For an expected message: until when it is on time."""
    is_late: bool = False
    """Whether it was sent after it was due."""
    entry: str | None = None
    run: str | None = None
    resolved: LineResolution | None = None
    settled_at: Instant | None = None
    """When a later message of its kind was delivered."""


class BookingChecklist(ResponseModel):
    """Every expected and every actual message of a booking. Without lines, nothing is on record."""

    reference: str | None
    code: str | None
    booked_at: Instant | None
    """The first instant at which anything about it is on record."""
    starts_at: Instant | None
    canceled_at: Instant | None
    rules: int
    """How many messages every booking of this location should get."""
    lines: tuple[BookingLine, ...]
