"""Rows to write about customers, beside the directory."""

from dataclasses import dataclass, field

from commlog_tui.records.changes import Change, CustomerNoted, CustomerNoteRemoved
from commlog_tui.store.customer_notes import keys_of


@dataclass(slots=True)
class NoteRows:
    """What changes to the list of records about customers, of one location."""

    region: str | None
    added: list[tuple[int, str, str, int, str, str | None]] = field(default_factory=list)
    removed: list[int] = field(default_factory=list)

    def apply(self, change: Change) -> None:
        """Apply one change; those of other projections are a no-op."""
        if isinstance(change, CustomerNoted):
            state = change.kind, change.state, change.recorded_at
            self.added.append((change.root, *state, *keys_of(change, self.region)))
        elif isinstance(change, CustomerNoteRemoved):
            self.removed.append(change.root)
