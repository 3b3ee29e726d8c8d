"""Rows to write about messages, unmatched events, webhooks, runs and resolutions."""

from dataclasses import dataclass, field
from typing import Final

from commlog_tui.records.changes import (
    Change,
    EventUnlisted,
    EventUnmatched,
    MessageNamed,
    ResolutionAdded,
    ResolutionRedacted,
    RunChanged,
    WebhookReported,
)

_HOUR: Final = 3_600_000_000


@dataclass(slots=True)
class DeliveryRows:
    """What changes to the projections about delivery, each row once."""

    messages: list[tuple[bytes, int]] = field(default_factory=list)
    """Key of a message, and seq of the root about it."""
    unmatched: list[int] = field(default_factory=list)
    unlisted: list[str] = field(default_factory=list)
    """Ids of events that are no longer listed, those of the same changes included."""
    hours: dict[tuple[str, int], tuple[int, int]] = field(default_factory=dict)
    """First and last report by webhook and hour."""
    runs: dict[int, RunChanged] = field(default_factory=dict)
    resolutions: dict[int, ResolutionAdded] = field(default_factory=dict)
    redacted: list[int] = field(default_factory=list)
    """Resolutions that are no longer found by their booking, those of the same changes included."""

    def apply(self, change: Change) -> None:
        """Apply one change; those of other projections are a no-op."""
        match change:
            case MessageNamed():
                self.messages.append((bytes.fromhex(change.key), change.root))
            case EventUnmatched():
                self.unmatched.append(change.root)
            case EventUnlisted():
                self.unlisted.append(change.event_id)
            case WebhookReported():
                hour = change.reporter, change.at // _HOUR
                first, last = self.hours.get(hour, (change.at, change.at))
                self.hours[hour] = min(first, change.at), max(last, change.at)
            case RunChanged():
                self.runs[change.root] = change
            case ResolutionAdded():
                self.resolutions[change.seq] = change
            case ResolutionRedacted():
                self.redacted.append(change.seq)
            case _:
                pass
