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


class Worklist(ResponseModel):
    """A page of the worklist: soonest booking first, those without a start at the end, newest first.

    Messages of bookings that began more than 30 days ago are left out, and where the start is not
    known, messages sent more than 30 days ago.
    """

    items: tuple[WorkItem, ...]
    arrived: tuple[WorkItem, ...] = ()
    """What was delivered after all within the last day and so needs nothing more, newest first;
    only on the first page."""
    next: str | None
    """Cursor of the next page; null on the last one."""
