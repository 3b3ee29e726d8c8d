"""What this service reports of its own attempts to send a message: delivery events with ids of their own.

At most one report of each part of an attempt can be recorded, whoever makes it: so the record
itself decides who may hand a message over, and that nobody does so twice.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from commlog_tui.contract.delivery import DeliveryKind, EventChannel, NewEvent
from commlog_tui.contract.identity import id_of_attempt
from commlog_tui.contract.resend import ResendState
from commlog_tui.records.delivery_event import AppendEvent

LOST: Final = "answer-lost"
"""Code of an attempt whose answer was lost."""
_LONGEST: Final = 2_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an attempt."""

    step: ResendState
    kind: DeliveryKind
    detail: str
    code: str | None = None
    """Such as that of an SMTP reply."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to send an entry, by one worker."""

    entry_id: str
    number: int
    """From 1."""
    worker: str
    """What tells its reports from those of other workers."""

    def begun(self, at: datetime) -> AppendEvent:
        """Return that the message is about to be handed over.

        Refused with ``KeyReusedError`` if another worker has begun the attempt.
        """
        detail = f"Attempt {self.number} begins: the message is handed over."
        return self._event("begun", at, Outcome(ResendState.BEGUN, DeliveryKind.QUEUED, detail))

    def ended(self, at: datetime, outcome: Outcome) -> AppendEvent:
        """Return what became of it. Refused with ``KeyReusedError`` if that is on record already."""
        return self._event("ended", at, outcome)

    def late(self, at: datetime, outcome: Outcome) -> AppendEvent:
        """Return what became of it, where it was taken for lost meanwhile."""
        return self._event("late", at, outcome)

    def _event(self, part: str, at: datetime, outcome: Outcome) -> AppendEvent:
        event = NewEvent(
            kind=outcome.kind,
            at=at,
            detail=outcome.detail[:_LONGEST],
            code=outcome.code,
            event_id=f"{self.worker}-{self.number}-{part}",
        )
        return AppendEvent(
            id_of_attempt(self.entry_id, self.number, part),
            self.entry_id,
            event,
            channel=EventChannel.RESEND,
            attempt=self.number,
            step=outcome.step.value,
        )
