"""Kind ``resolution``: somebody dealt with a message that did not arrive, or was never sent.

It is about an entry; or about nothing, and names the booking and the kind of message expected.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from commlog_tui.contract.resolution import NewResolution
from commlog_tui.records.changes import Change, ResolutionAdded, ResolutionRedacted
from commlog_tui.records.instants import instant
from commlog_tui.records.kind import Kind, root_id, stated
from commlog_tui.records.record import Record, Thread
from commlog_tui.records.rows import ResolutionRow


@dataclass(frozen=True, slots=True)
class AppendResolution:
    """A resolution to record under this id."""

    kind: ClassVar[str] = "resolution"

    id: str
    resolution: NewResolution

    @property
    def about(self) -> str | None:
        """Id of the entry; None where it is about an expected message."""
        return self.resolution.entry


def resolution_row(record: Record) -> ResolutionRow:
    """Return a resolution as the log answers it."""
    public, personal = record.public, record.fields() or {}
    return ResolutionRow(
        id=public.id,
        seq=public.seq,
        entry=public.root,
        reference=personal.get("reference"),
        code=personal.get("code"),
        expected=public.expected,
        note=personal.get("note"),
        actor=public.actor,
        recorded_at=instant(public.recorded_at),
        person=public.person,
    )


def _split(item: AppendResolution, thread: Thread | None) -> tuple[dict[str, Any], dict[str, Any]]:
    resolution = item.resolution
    about = {} if item.about is None else {"about": root_id(item, thread)}
    public = {"kind": "resolution"} | about | stated(expected=resolution.expected)
    if thread is not None and thread.is_redacted:
        return public, {}
    return public, stated(reference=resolution.reference, code=resolution.code, note=resolution.note)


def _changes(record: Record, thread: Thread | None) -> tuple[Change, ...]:
    row = resolution_row(record)
    root = None if thread is None else thread.root.seq
    return (ResolutionAdded(row.seq, root, row.reference, row.code, row.expected),)


def _redacted(thread: Thread) -> tuple[Change, ...]:
    return (ResolutionRedacted(thread.root.seq),)


RESOLUTION: Final = Kind(
    "resolution",
    "resolution",
    _split,
    about=frozenset({"entry"}),
    is_loose=True,
    changes=_changes,
    redacted=_redacted,
)
