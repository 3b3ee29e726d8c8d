"""Models of tasks: work that is left to do, and what became of it."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from commlog_tui.contract.base import (
    BookingCode,
    CustomerId,
    Instant,
    Line,
    Recipient,
    RequestModel,
    ResponseModel,
    Text,
    UuidText,
)
from commlog_tui.contract.open_enum import OpenEnum
from commlog_tui.contract.query import ListQuery

PersonName = Annotated[Text, Field(min_length=1, max_length=80)]
"""A name as colleagues use it."""
_Remark = Annotated[Text, Field(min_length=1, max_length=500)]


class TaskState(StrEnum):
    """Whether a task is left to do."""

    OPEN = "open"
    DONE = "done"


class TaskStep(StrEnum):
    """What can become of a task."""

    DONE = "done"
    POSTPONED = "postponed"
    GIVEN = "given"
    REOPENED = "reopened"


class NewTaskCustomer(RequestModel):
    """The customer that a task is about."""

    id: CustomerId
    name: Line | None = None


class NewTask(RequestModel):
    """A task about an entry, a booking, a customer, or nothing on record."""

    words: Line
    """What is to be done."""
    due_at: Instant
    assignee: PersonName | None = None
    """For whom it is; without a name, for whoever is there."""
    to: Annotated[Recipient, Field(min_length=1)] | None = None
    """Address or number that it needs."""
    entry: UuidText | None = None
    reference: UuidText | None = None
    code: BookingCode | None = None
    customer: NewTaskCustomer | None = None


class NewTaskChange(RequestModel):
    """What became of a task."""

    change: TaskStep
    due_at: Instant | None = None
    """When it is due instead; of a postponed one only."""
    assignee: PersonName | None = None
    """For whom it is now; without a name, for whoever is there. Of a given one only."""
    words: _Remark | None = None

    @model_validator(mode="after")
    def _has_its_fields(self) -> Self:
        if (self.change is TaskStep.POSTPONED) is not (self.due_at is not None):
            raise ValueError("a postponed task has a new due_at, and no other change has one")
        if self.assignee is not None and self.change is not TaskStep.GIVEN:
            raise ValueError("only a task that is given to somebody has a new assignee")
        return self


class TaskQuery(ListQuery):
    """Filters for tasks, all of which must match. Open tasks come soonest due first, done ones latest."""

    state: TaskState = TaskState.OPEN
    due_before: Instant | None = None
    customer_id: CustomerId | None = None
    reference: UuidText | None = None
    code: BookingCode | None = None
    entry: UuidText | None = None


class TaskCustomer(ResponseModel):
    """The customer that a task is about."""

    id: str
    name: str | None = None


class TaskChange(ResponseModel):
    """A recorded change of a task."""

    id: UuidText
    seq: int
    change: Annotated[TaskStep, OpenEnum(TaskStep)]
    due_at: Instant | None = None
    assignee: str | None = None
    words: str | None = None
    actor: str
    person: str | None = None
    """Name given at the desk; the actor has it in brackets behind the token's name."""
    recorded_at: Instant


class Task(ResponseModel):
    """A task as its changes left it."""

    id: UuidText
    location: str
    seq: int
    words: str
    due_at: Instant
    assignee: str | None = None
    to: str | None = None
    entry: str | None = None
    reference: str | None = None
    code: str | None = None
    customer: TaskCustomer | None = None
    state: Annotated[TaskState, OpenEnum(TaskState)]
    actor: str
    person: str | None = None
    """Name given at the desk; the actor has it in brackets behind the token's name."""
    recorded_at: Instant
    changes: tuple[TaskChange, ...] = ()
    """Ordered by seq."""
    redacted: bool = False


class Tasks(ResponseModel):
    """A page of tasks."""

    tasks: tuple[Task, ...]
    next: str | None
    """Cursor of the next page; null on the last one."""
