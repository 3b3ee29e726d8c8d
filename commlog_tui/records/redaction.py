"""Kind ``redaction``: removes the personal data of a root and of the records about it.

Position and proof remain.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from commlog_tui.contract.entry import NewRedaction
from commlog_tui.records.correction import refuse_redacted
from commlog_tui.records.instants import instant
from commlog_tui.records.kind import ANY_ROOT, Kind, root_id
from commlog_tui.records.record import Record, Thread
from commlog_tui.records.rows import RedactionRow


@dataclass(frozen=True, slots=True)
class AppendRedaction:
    """A redaction to record about an entry or another root."""

    kind: ClassVar[str] = "redaction"

    id: str
    entry_id: str
    redaction: NewRedaction

    @property
    def about(self) -> str | None:
        """Id of the root."""
        return self.entry_id


def redaction_row(record: Record) -> RedactionRow:
    """Return a redaction as the log answers it."""
    public, personal = record.public, record.fields() or {}
    return RedactionRow(public.id, public.seq, personal.get("reason", ""), public.actor, instant(public.recorded_at))


def _split(item: AppendRedaction, thread: Thread | None) -> tuple[dict[str, Any], dict[str, Any]]:
    is_entry = thread is None or thread.root.public.kind == "entry"
    return {"kind": "redaction", "entry" if is_entry else "about": root_id(item, thread)}, {
        "reason": item.redaction.reason
    }


def _refuse(item: AppendRedaction, thread: Thread) -> None:
    refuse_redacted(item.id, thread)


REDACTION: Final = Kind("redaction", "redaction", _split, about=ANY_ROOT, refuse=_refuse, survives_redaction=True)
"""Its changes are those that the kind of its root declares, see ``decide.changes_of``."""
