"""Rows to write about work: tasks and handovers."""

from dataclasses import dataclass, field

from commlog_tui.records.changes import Change, HandoverSigned, TaskChanged, TaskRemoved


@dataclass(slots=True)
class WorkRows:
    """What changes to the projections about work, each row once."""

    tasks: dict[int, TaskChanged] = field(default_factory=dict)
    removed: list[int] = field(default_factory=list)
    """Tasks that are no longer listed, those of the same changes included."""
    handovers: list[tuple[int, int]] = field(default_factory=list)
    """Seq of a handover, and when it was recorded."""

    def apply(self, change: Change) -> None:
        """Apply one change; those of other projections are a no-op."""
        match change:
            case TaskChanged():
                self.tasks[change.root] = change
            case TaskRemoved():
                self.removed.append(change.root)
            case HandoverSigned():
                self.handovers.append((change.root, change.recorded_at))
            case _:
                pass
