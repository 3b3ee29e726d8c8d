"""Models of workflow runs: what a booking system's automation did, step by step."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from commlog_tui.contract.base import (
    BookingCode,
    Instant,
    Line,
    RequestModel,
    ResponseModel,
    Slug,
    Text,
    UuidText,
    at_most,
)
from commlog_tui.contract.open_enum import OpenEnum

Words = Annotated[Text, Field(max_length=2000)]


class RunState(StrEnum):
    """How far a workflow run is."""

    RUNNING = "running"
    COMPLETED = "completed"
    PAUSED = "paused"
    FAILED = "failed"


class NewRunStep(RequestModel):
    """A step of a run as the workflow reports it."""

    name: Line
    status: Slug
    at: Instant | None = None
    detail: Words | None = None


class NewRun(RequestModel):
    """A report about a workflow run. The first one of an execution begins it; later ones add to it."""

    execution: Annotated[Text, Field(min_length=1, max_length=255)]
    """The workflow system's identity of the run."""
    workflow: Line
    trigger: Line | None = None
    status: RunState
    at: Instant
    steps: Annotated[tuple[NewRunStep, ...], Field(max_length=100), at_most(100)] = ()
    """All steps known so far; they replace those of earlier reports."""
    error: Words | None = None
    reference: UuidText | None = None
    code: BookingCode | None = None
    starts_at: Instant | None = None


class RunStep(ResponseModel):
    """A recorded step of a run."""

    name: str
    status: str
    at: Instant | None = None
    detail: str | None = None


class Run(ResponseModel):
    """A workflow run as its reports add up, in the order of the instants they report."""

    id: UuidText
    location: str
    seq: int
    execution: str
    workflow: str
    trigger: str | None = None
    status: Annotated[RunState, OpenEnum(RunState)]
    at: Instant
    """Instant of the latest report."""
    began_at: Instant
    """Instant of the earliest report."""
    steps: tuple[RunStep, ...] = ()
    error: str | None = None
    reference: str | None = None
    code: str | None = None
    starts_at: Instant | None = None
    actor: str
    recorded_at: Instant
    redacted: bool = False


class Runs(ResponseModel):
    """A page of runs, newest record first."""

    runs: tuple[Run, ...]
    older: str | None
    """Cursor of the next page; null on the last one."""
