"""What a delivery event and a match say alike."""

from typing import Any, Final

from commlog_tui.records.instants import instant
from commlog_tui.records.record import Record
from commlog_tui.records.rows import EventRow

NO_DETAIL: Final[dict[str, Any]] = {"detail": None, "to": None}
"""The personal part of an event whose entry has been redacted.

It must not bring back what the redaction removed.
"""


def event_row_of(record: Record, event_id: str, *, actor: str, recorded_at: int) -> EventRow:
    """Return what a record says of an event, as the log answers it."""
    public, personal = record.public, record.fields() or NO_DETAIL
    return EventRow(
        id=event_id,
        seq=public.seq,
        kind=public.event,
        at=instant(public.at),
        detail=personal["detail"],
        to=personal["to"],
        actor=actor,
        recorded_at=instant(recorded_at),
        reason=public.reason,
        code=personal.get("code"),
        event_id=personal.get("event_id"),
        channel=public.channel,
    )
