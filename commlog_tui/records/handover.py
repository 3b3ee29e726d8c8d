"""Kinds ``handover`` and ``handover-taken``: a shift that was signed off, and who took it over."""

from dataclasses import dataclass
from typing import Any, ClassVar, Final

import msgspec

from commlog_tui.contract.handover import NewHandover, NewTaking
from commlog_tui.records.changes import Change, HandoverSigned
from commlog_tui.records.instants import instant, micros
from commlog_tui.records.kind import Kind, root_id, stated
from commlog_tui.records.record import Record, Thread
from commlog_tui.records.rows import HandoverCountsRow, HandoverRow, TakingRow


@dataclass(frozen=True, slots=True)
class AppendHandover:
    """A handover to record under this id."""

    kind: ClassVar[str] = "handover"
    about: ClassVar[str | None] = None

    id: str
    handover: NewHandover


@dataclass(frozen=True, slots=True)
class AppendTaking:
    """That somebody takes a handover over, to record under this id."""

    kind: ClassVar[str] = "handover-taken"

    id: str
    handover_id: str
    taking: NewTaking

    @property
    def about(self) -> str | None:
        """Id of the handover."""
        return self.handover_id


def handover_row(thread: Thread) -> HandoverRow:
    """Return a handover as the log answers it."""
    public, fields = thread.root.public, thread.root.fields()
    return HandoverRow(
        id=public.id,
        location=public.location,
        seq=public.seq,
        since=instant(public.since),
        until=instant(public.until),
        words=(fields or {}).get("words"),
        counts=msgspec.convert((fields or {}).get("counts", {}), HandoverCountsRow),
        unknown=tuple((fields or {}).get("unknown", ())),
        actor=public.actor,
        person=public.person,
        recorded_at=instant(public.recorded_at),
        taken=tuple(map(_taking_row, thread.of_kind("handover-taken"))),
        redacted=fields is None,
    )


def _taking_row(record: Record) -> TakingRow:
    public, personal = record.public, record.fields() or {}
    return TakingRow(
        id=public.id,
        seq=public.seq,
        name=personal.get("name"),
        words=personal.get("words"),
        actor=public.actor,
        person=public.person,
        recorded_at=instant(public.recorded_at),
    )


def _split(item: AppendHandover, _thread: Thread | None) -> tuple[dict[str, Any], dict[str, Any]]:
    handover = item.handover
    counts = {name: count for name, count in handover.counts.model_dump().items() if count}
    public = {"kind": "handover", "since": micros(handover.since), "until": micros(handover.until)}
    personal: dict[str, Any] = {"counts": counts} if counts else {}
    personal |= {"unknown": list(handover.unknown)} if handover.unknown else {}
    return public, stated(words=handover.words) | personal


def _split_taking(item: AppendTaking, thread: Thread | None) -> tuple[dict[str, Any], dict[str, Any]]:
    public = {"kind": "handover-taken", "about": root_id(item, thread)}
    if thread is not None and thread.is_redacted:
        return public, {}
    return public, {"name": item.taking.name} | stated(words=item.taking.words)


def _changes(record: Record, _thread: Thread | None) -> tuple[Change, ...]:
    return (HandoverSigned(record.seq, record.public.recorded_at),)


HANDOVER: Final = Kind("handover", "handover", _split, changes=_changes)
HANDOVER_TAKEN: Final = Kind(
    "handover-taken", "taking over of a handover", _split_taking, about=frozenset({"handover"})
)
