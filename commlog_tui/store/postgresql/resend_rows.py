"""Rows to write about messages that are sent again."""

from dataclasses import dataclass, field

from commlog_tui.contract.resend import ResendState, Route
from commlog_tui.records.changes import Change, ResendAdded, ResendRemoved, ResendStepped
from commlog_tui.store.resends import due_after

_Step = tuple[str, int, int]
"""State, attempts, and when something is to be done next."""


@dataclass(slots=True)
class ResendRows:
    """What changes to the projection about resends, each row once."""

    added: dict[int, ResendAdded] = field(default_factory=dict)
    steps: dict[int, _Step] = field(default_factory=dict)
    removed: list[int] = field(default_factory=list)
    """Those of the same changes included."""

    def apply(self, change: Change) -> None:
        """Apply one change; those of other projections are a no-op."""
        match change:
            case ResendAdded():
                state = ResendState.DONE if change.route == Route.BY_HAND else ResendState.WAITING
                self.added[change.entry] = change
                self.steps[change.entry] = state.value, 0, change.recorded_at
            case ResendStepped():
                due = due_after(change.step, change.attempt, change.at)
                self.steps[change.entry] = change.step, change.attempt, due
            case ResendRemoved():
                self.removed.append(change.entry)
            case _:
                pass
