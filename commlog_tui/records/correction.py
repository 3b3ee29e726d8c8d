"""Kind ``correction``: supersedes fields of a manual entry; the original stays readable."""

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from commlog_tui.contract.entry import NewCorrection, Source
from commlog_tui.contract.identity import namespaced_id
from commlog_tui.records.changes import Change, EntryChanged
from commlog_tui.records.entry_fields import changes_of, corrected, history
from commlog_tui.records.errors import NotManualError, RedactedError
from commlog_tui.records.instants import instant
from commlog_tui.records.kind import Kind, root_id
from commlog_tui.records.record import Record, Thread
from commlog_tui.records.rows import CorrectionRow


@dataclass(frozen=True, slots=True)
class AppendCorrection:
    """A correction to record about a manual entry."""

    kind: ClassVar[str] = "correction"

    id: str
    entry_id: str
    correction: NewCorrection

    @property
    def about(self) -> str | None:
        """Id of the entry."""
        return self.entry_id


def correction_row(record: Record) -> CorrectionRow | None:
    """Return a correction as the log answers it; None after a redaction removed it."""
    public, personal = record.public, record.fields()
    if personal is None:
        return None
    recorded_at = instant(public.recorded_at)
    return CorrectionRow(
        public.id, public.seq, personal["changes"], personal["reason"], public.actor, recorded_at, public.person
    )


def _split(item: AppendCorrection, thread: Thread | None) -> tuple[dict[str, Any], dict[str, Any]]:
    given = item.correction.changes
    changes = given.model_dump(mode="json", include=given.model_fields_set)
    return {"kind": "correction", "entry": root_id(item, thread)}, {
        "changes": changes,
        "reason": item.correction.reason,
    }


def _refuse(item: AppendCorrection, thread: Thread) -> None:
    if thread.root.public.source != Source.MANUAL.value:
        raise NotManualError("Automated entries cannot be corrected by anyone; only manual ones can.")
    refuse_redacted(item.id, thread)


def refuse_redacted(key_id: str, thread: Thread) -> None:
    """Raise ``RedactedError`` if the root has been redacted and the record of a key is not there already."""
    if thread.is_redacted and {key_id, namespaced_id(key_id, manual=True)}.isdisjoint(
        record.public.id for record in thread.later
    ):
        raise RedactedError("The entry has been redacted: nothing is left to change. Nothing was changed.")


def _changes(record: Record, thread: Thread | None) -> tuple[Change, ...]:
    had = [] if thread is None or record.personal is None else history(thread)
    if not had:
        return ()
    before = had[-1][1]
    return (EntryChanged(had[0][0], before, corrected(before, changes_of(record))),)


CORRECTION: Final = Kind(
    "correction",
    "correction",
    _split,
    about=frozenset({"entry"}),
    refuse=_refuse,
    changes=_changes,
)
