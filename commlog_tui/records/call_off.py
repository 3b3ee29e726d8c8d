"""Kind ``call-off``: a message that waits to be sent again is not to be sent.

Its id is that of the beginning of the next attempt, so the record itself decides: either the
attempt was begun, or the message is called off, never both. This service records nothing of its
attempts afterwards.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from commlog_tui.contract.delivery import RANK, DeliveryKind, EventChannel
from commlog_tui.contract.identity import id_of_attempt
from commlog_tui.contract.resend import ResendState
from commlog_tui.records.changes import Change, ResendStepped, StatusRaised
from commlog_tui.records.errors import KeyReusedError, NotSendableError, RedactedError
from commlog_tui.records.instants import instant
from commlog_tui.records.kind import Kind, Lookup, root_id, stated
from commlog_tui.records.record import Record, Thread
from commlog_tui.records.rows import EventRow

_BEGUN: Final = "It is being sent just now, so it cannot be called off any more."


@dataclass(frozen=True, slots=True)
class AppendCallOff:
    """That a new message is not to be sent, to record about it."""

    kind: ClassVar[str] = "call-off"

    entry_id: str
    """Of the new message."""
    attempts: int
    """Made before, all of them ended."""
    why: str | None = None

    @property
    def id(self) -> str:
        """The id that the beginning of the next attempt would have."""
        return id_of_attempt(self.entry_id, self.attempts + 1, "begun")

    @property
    def about(self) -> str | None:
        """Id of the new message."""
        return self.entry_id


def call_off_row(record: Record) -> EventRow:
    """Return a call-off as the log answers it among the events of the message."""
    public, why = record.public, (record.fields() or {}).get("why")
    return EventRow(
        id=public.id,
        seq=public.seq,
        kind=DeliveryKind.CANCELED.value,
        at=instant(public.recorded_at),
        detail=f"Called off: {why}" if why else "Called off.",
        to=None,
        actor=public.actor,
        recorded_at=instant(public.recorded_at),
        channel=EventChannel.RESEND.value,
    )


def _split(item: AppendCallOff, thread: Thread | None) -> tuple[dict[str, Any], dict[str, Any]]:
    public = {"kind": "call-off", "about": root_id(item, thread), "attempt": item.attempts + 1}
    return public, stated(why=item.why)


def _next_end(item: AppendCallOff) -> str:
    return id_of_attempt(item.entry_id, item.attempts + 1, "ended")


def _find_root(item: AppendCallOff, log: Lookup) -> AppendCallOff:
    """Return the item. Raises ``KeyReusedError`` if an attempt was made meanwhile."""
    if log.record(_next_end(item)) is not None:
        raise KeyReusedError(_BEGUN)
    return item


def _refuse(item: AppendCallOff, thread: Thread) -> None:
    if thread.root.public.resend_of is None:
        raise NotSendableError("This message is not sent again, so there is nothing to call off.")
    for record in thread.of_kind("call-off"):
        if record.public.id != item.id:
            raise KeyReusedError("It was called off before.")
        return
    if thread.is_redacted:
        raise RedactedError("The message is redacted, and so is not sent.")


def _changes(record: Record, thread: Thread | None) -> tuple[Change, ...]:
    public, kind = record.public, DeliveryKind.CANCELED
    if thread is None or thread.is_redacted:
        return ()
    seq, made = thread.root.seq, (public.attempt or 1) - 1
    stepped = ResendStepped(seq, ResendState.CALLED_OFF.value, made, public.recorded_at)
    return stepped, StatusRaised(seq, kind.value, RANK[kind], public.recorded_at)


CALL_OFF: Final = Kind(
    "call-off",
    "message called off",
    _split,
    about=frozenset({"entry"}),
    reads=lambda item: (_next_end(item),),
    find_root=_find_root,
    is_manual=lambda _source: False,
    refuse=_refuse,
    changes=_changes,
)
