"""The lines of a checklist in words."""

from datetime import datetime
from zoneinfo import ZoneInfo

from commlog_tui.contract.booking import LineState as State
from commlog_tui.expectations.booking import Checklist, Line
from commlog_tui.expectations.wording import when
from commlog_tui.text.hygiene import safe


def checklist_words(found: Checklist, zone: ZoneInfo, now: datetime) -> tuple[str, ...]:
    """Return each line of a checklist in words.

    Times are local; whoever shows them names the zone in the same place. The channel is named
    where lines of the same title have different ones.
    """
    channels: dict[str, set[str | None]] = {}
    for line in found.lines:
        channels.setdefault(line.title, set()).add(line.via)
    return tuple(line_words(line, zone, now, with_via=len(channels[line.title]) > 1) for line in found.lines)


def line_words(line: Line, zone: ZoneInfo, now: datetime, *, with_via: bool = False) -> str:
    """Return a line in words: ``Survey skipped: no e-mail address``."""
    title = f"{safe(line.title)} by {safe(line.via)}" if with_via and line.via else safe(line.title)
    words = f"{title} {_state(line, zone, now)}"
    if line.reason:
        words += f": {safe(line.reason)}"
    if line.settled_at is not None:
        done = "completed by a later run" if line.run else "delivered by a later message"
        words += f" · {done} {when(line.settled_at, zone, now)}"
    return f"{words} · {resolved_words(line, zone, now)}" if line.resolved is not None else words


def resolved_words(line: Line, zone: ZoneInfo, now: datetime) -> str:
    """Return who ticked a line off, when and why."""
    if line.resolved is None:
        return ""
    note = f": {safe(line.resolved.note)}" if line.resolved.note else ""
    return f"ticked off by {safe(line.resolved.actor)} {when(line.resolved.at, zone, now)}{note}"


def _state(line: Line, zone: ZoneInfo, now: datetime) -> str:
    at = when(line.at, zone, now) if line.at is not None else ""
    due = when(line.due_at, zone, now) if line.due_at is not None else ""
    late = f", late (due {due})" if line.is_late and due else ""
    words = {
        State.DELIVERED: f"delivered {at}{late}"
        if line.status == "delivered"
        else f"delivered, then {line.status} {at}",
        State.SENT: f"{_sent(line, at)}{late}",
        State.DUE: _due(line, at, due, is_past=line.at is not None and line.at < now),
        State.OVERDUE: f"overdue since {due}" + (f", {line.status} and not sent" if line.status else ""),
        State.LOGGED: f"{at}, recorded by hand" + (f" ({safe(line.via)})" if line.via else ""),
        State.NOT_EXPECTED: "not expected",
        State.SKIPPED: safe(line.status or "skipped"),
        State.FAILED: f"failed {at}" if line.run is not None else safe(line.status or "failed"),
        State.UNKNOWN: "unknown" if line.status is None else f"{safe(line.status)} {at}",
    }
    return words.get(line.state, "unknown")


def _sent(line: Line, at: str) -> str:
    if line.status == "deferred":
        return f"put off {at} by the receiving server, to be tried again"
    return f"{'recorded as ' if line.status == 'logged' else ''}sent {at}, no delivery report"


def _due(line: Line, at: str, due: str, *, is_past: bool) -> str:
    if line.status is None:
        return f"due {due}"
    if due:
        return f"{line.status}, due {due}"
    return f"{line.status} {at}, not sent yet" if is_past else f"{line.status} for {at}"
