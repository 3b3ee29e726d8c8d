"""Models of shift handovers: what a shift leaves to the next, and who takes it over."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from commlog_tui.contract.base import Instant, RequestModel, ResponseModel, Slug, Text, UuidText, at_most
from commlog_tui.contract.task import PersonName

_Count = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]


class NewHandoverCounts(RequestModel):
    """How much a shift leaves."""

    logged: _Count = 0
    """Entries written by hand during the shift."""
    failed: _Count = 0
    """Messages that did not arrive."""
    overdue: _Count = 0
    """Messages that bookings should have got by now."""
    tasks: _Count = 0
    """Open tasks."""
    waiting: _Count = 0
    """Items in the desk's outbox that are not sent."""


class NewHandover(RequestModel):
    """A shift that is signed off."""

    since: Instant
    until: Instant
    words: Annotated[Text, Field(min_length=1, max_length=2000)] | None = None
    """What the next shift should know beside what is on record."""
    counts: NewHandoverCounts = NewHandoverCounts()
    unknown: Annotated[tuple[Slug, ...], Field(max_length=10), at_most(10)] = ()
    """What could not be counted when it was signed: names of ``counts``."""

    @model_validator(mode="after")
    def _is_forward(self) -> Self:
        if self.since > self.until:
            raise ValueError("since must not be later than until")
        return self


class NewTaking(RequestModel):
    """Somebody takes a handover over."""

    name: PersonName
    words: Annotated[Text, Field(min_length=1, max_length=500)] | None = None


class HandoverCounts(ResponseModel):
    """How much a shift left."""

    logged: int = 0
    failed: int = 0
    overdue: int = 0
    tasks: int = 0
    waiting: int = 0


class Taking(ResponseModel):
    """Somebody took a handover over."""

    id: UuidText
    seq: int
    name: str | None = None
    words: str | None = None
    actor: str
    person: str | None = None
    """Name given at the desk; the actor has it in brackets behind the token's name."""
    recorded_at: Instant


class Handover(ResponseModel):
    """A shift that was signed off, with who took it over."""

    id: UuidText
    location: str
    seq: int
    since: Instant
    until: Instant
    words: str | None = None
    counts: HandoverCounts
    unknown: tuple[str, ...] = ()
    """What could not be counted when it was signed."""
    actor: str
    person: str | None = None
    """Name given at the desk; the actor has it in brackets behind the token's name."""
    recorded_at: Instant
    taken: tuple[Taking, ...] = ()
    """Ordered by seq."""
    redacted: bool = False


class Handovers(ResponseModel):
    """A page of handovers, newest record first."""

    handovers: tuple[Handover, ...]
    older: str | None
    """Cursor of the next page; null on the last one."""
