"""Kind ``event``: what a delivery provider reported about an automated entry."""

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from commlog_tui.contract.delivery import RANK, DeliveryKind, NewEvent
from commlog_tui.contract.entry import Source
from commlog_tui.contract.identity import id_of_event
from commlog_tui.ledger.record import PublicPart
from commlog_tui.records.changes import Change, StatusRaised
from commlog_tui.records.errors import NotAutomatedError
from commlog_tui.records.instants import instant, micros
from commlog_tui.records.kind import Kind, root_id
from commlog_tui.records.record import Record, Thread
from commlog_tui.records.rows import EventRow

_NO_DETAIL: Final[dict[str, Any]] = {"detail": None, "to": None}
"""The personal part of an event whose entry has been redacted.

It must not bring back what the redaction removed.
"""


@dataclass(frozen=True, slots=True)
class AppendEvent:
    """A delivery event to record about an automated entry.

    Without an id, it is known by its content.
    """

    kind: ClassVar[str] = "event"

    id: str | None
    entry_id: str
    event: NewEvent

    @property
    def about(self) -> str | None:
        """Id of the entry."""
        return self.entry_id


def event_row(record: Record) -> EventRow:
    """Return a delivery event as the log answers it."""
    public, personal = record.public, record.fields() or _NO_DETAIL
    return EventRow(
        id=public.id,
        seq=public.seq,
        kind=public.event,
        at=instant(public.at),
        detail=personal["detail"],
        to=personal["to"],
        actor=public.actor,
        recorded_at=instant(public.recorded_at),
    )


def _split(item: AppendEvent, thread: Thread | None) -> tuple[dict[str, Any], dict[str, Any]]:
    event = item.event
    public = {"kind": "event", "entry": root_id(item, thread), "event": event.kind.value, "at": micros(event.at)}
    is_redacted = thread is not None and thread.is_redacted
    return public, _NO_DETAIL if is_redacted else {"detail": event.detail, "to": event.to}


def _id_by_content(item: AppendEvent, root: str) -> str:
    return id_of_event(root, item.event)


def _is_automated(root: PublicPart) -> bool:
    return root.source != Source.MANUAL.value


def _refuse(_item: AppendEvent, thread: Thread) -> None:
    if thread.root.public.source == Source.MANUAL.value:
        raise NotAutomatedError("A manual entry has no delivery events.")


def _changes(record: Record, thread: Thread | None) -> tuple[Change, ...]:
    rank = RANK[DeliveryKind(record.public.event)]
    return (StatusRaised(thread.root.seq, record.public.event, rank),) if thread is not None and rank else ()


DELIVERY_EVENT: Final = Kind(
    "event",
    "delivery event",
    _split,
    about=frozenset({"entry"}),
    id_by_content=_id_by_content,
    is_manual=lambda _source: False,
    prefers=_is_automated,
    refuse=_refuse,
    changes=_changes,
    is_decisive=False,
)
