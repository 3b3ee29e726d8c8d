"""Kind ``merge``: two ids are of one customer, or are not after all. The last record of a pair holds."""

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from commlog_tui.contract.customer_record import NewMerge
from commlog_tui.records.changes import Change, CustomerNoted, CustomerNoteRemoved
from commlog_tui.records.customer_rows import MergeRow
from commlog_tui.records.instants import instant
from commlog_tui.records.kind import Kind, stated
from commlog_tui.records.record import Record, Thread


@dataclass(frozen=True, slots=True)
class AppendMerge:
    """A merge of two customers, or its end, to record under this id."""

    kind: ClassVar[str] = "merge"
    about: ClassVar[str | None] = None

    id: str
    merge: NewMerge


def merge_row(record: Record) -> MergeRow | None:
    """Return what a record says of two customers; None if it is redacted."""
    public, fields = record.public, record.fields()
    if fields is None:
        return None
    return MergeRow(
        id=public.id,
        seq=public.seq,
        customer_id=fields["customer_id"],
        into=fields["into"],
        step=public.status,
        reason=fields.get("reason"),
        actor=public.actor,
        person=public.person,
        recorded_at=instant(public.recorded_at),
    )


def _split(item: AppendMerge, _thread: Thread | None) -> tuple[dict[str, Any], dict[str, Any]]:
    merge = item.merge
    personal: dict[str, Any] = {"customer_id": merge.customer_id, "into": merge.into}
    return {"kind": "merge", "status": merge.step.value}, personal | stated(reason=merge.reason)


def _changes(record: Record, _thread: Thread | None) -> tuple[Change, ...]:
    row = merge_row(record)
    if row is None:
        return ()
    at = record.public.recorded_at
    return (CustomerNoted(record.seq, "merge", row.step, at, customer=row.customer_id, other=row.into),)


def _redacted(thread: Thread) -> tuple[Change, ...]:
    return (CustomerNoteRemoved(thread.root.seq),)


MERGE: Final = Kind("merge", "merge of customers", _split, changes=_changes, redacted=_redacted)
