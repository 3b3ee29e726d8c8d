"""Models of the worklist: messages that did not arrive and that nobody has dealt with."""

from typing import Annotated

from pydantic import Field

from commlog_tui.contract.base import Instant, RequestModel, ResponseModel
from commlog_tui.contract.entry import Entry
from commlog_tui.contract.query import MAX_PAGE_SIZE, PAGE_SIZE


class WorklistQuery(RequestModel):
    """A page of the worklist."""

    limit: Annotated[int, Field(ge=1, le=MAX_PAGE_SIZE)] = PAGE_SIZE
    cursor: Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[A-Za-z0-9_-]+$")] | None = None
    """From another page of the same location; the first page by default."""


class WorkItem(ResponseModel):
    """A message that did not arrive."""

    entry: Entry
    failed_at: Instant
    """When it was first reported that it had not arrived."""
    starts_at: Instant | None = None
    """When the booked thing begins."""
    arrived_at: Instant | None = None
    """When it was delivered after all."""


class OverdueMessage(ResponseModel):
    """A message that a booking should have got by now and that is not on record as sent."""

    expected: str
    """The kind of message."""
    due_at: Instant
    """Until when it would have been on time."""
    reference: str | None = None
    code: str | None = None
    starts_at: Instant | None = None
    """When the booked thing begins."""
    via: str | None = None
    entry: str | None = None
    """Id of its entry where it is recorded and still waits to be sent."""
    reason: str
    """Why, in words."""
    advice: str
    """What to do about it, in words."""


class Worklist(ResponseModel):
    """A page of the worklist: soonest booking first, those without a start at the end, newest first.

    Messages of bookings that began more than 30 days ago are left out, and where the start is not
    known, messages sent more than 30 days ago. What a sender skipped or canceled is not listed, as
    that was decided: the booking's checklist has it with its reason.
    """

    items: tuple[WorkItem, ...]
    arrived: tuple[WorkItem, ...] = ()
    """What was delivered after all within the last day and so needs nothing more, newest first;
    only on the first page."""
    next: str | None
    """Cursor of the next page; null on the last one."""
    overdue: tuple[OverdueMessage, ...] = ()
    """What the location's rules say that bookings should have got by now, soonest booking first,
    without what somebody dealt with; only on the first page. At most 200."""
    overdue_complete: bool = True
    """Whether ``overdue`` is all. After its start the service reads older records first."""
    overdue_note: str | None = None
    """What is missing in ``overdue``, in words."""
    changes_in: float | None = None
    """Seconds until the list grows without another record, as something becomes overdue or is still
    deferred; only on the first page. Null if nothing will."""
