"""A shift in words: what was logged, what did not arrive, what is left to do, for screen, paper and pipe."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from commlog_tui.text.authors import author
from commlog_tui.text.hygiene import safe, safe_lines
from commlog_tui.text.lines import Line, wrapped
from commlog_tui.text.moments import brief_moment, local
from commlog_tui.text.privacy import masked
from commlog_tui.text.tasks import masked_task, task_row

if TYPE_CHECKING:
    from commlog_tui.contract.entry import Entry
    from commlog_tui.contract.handover import Handover, Taking
    from commlog_tui.contract.task import Task
    from commlog_tui.contract.worklist import OverdueMessage, WorkItem

_HIDDEN = "•••"
_UNKNOWN = "Not known now."


@dataclass(frozen=True, slots=True)
class Shift:
    """What a shift is: all that the next one should know."""

    name: str
    """Name of the location."""
    since: datetime
    until: datetime
    last: "Handover | None" = None
    """The last handover."""
    logged: "Sequence[Entry]" = ()
    """Entries written by hand during the shift, oldest first."""
    failed: "Sequence[WorkItem]" = ()
    overdue: "Sequence[OverdueMessage]" = ()
    tasks: "Sequence[Task]" = ()
    """Open tasks, soonest due first."""
    waiting: Sequence[str] = ()
    """Titles of what waits in the outbox of this desk."""
    notes: Sequence[str] = ()
    """What is missing above, in sentences."""
    unknown: frozenset[str] = frozenset()
    """Names of the parts that could not be read: ``logged``, ``failed``, ``overdue``, ``tasks``."""

    @property
    def counts(self) -> dict[str, int]:
        """How much of each there is, as a handover records it."""
        parts = {"logged": self.logged, "failed": self.failed, "overdue": self.overdue, "tasks": self.tasks}
        return {name: len(part) for name, part in (parts | {"waiting": self.waiting}).items()}


@dataclass(frozen=True, slots=True)
class Item:
    """One thing in a section: a line, and what belongs to it."""

    words: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a handover under its heading."""

    title: str
    items: tuple[Item, ...]
    nothing: str
    """The words shown where there are none."""


def heading(shift: Shift, zone: ZoneInfo) -> str:
    """Return what a shift is called: from when to when, with the zone."""
    since, until = brief_moment(shift.since, zone), brief_moment(shift.until, zone)
    return f"Shift at {safe(shift.name)}, {since} to {until} ({zone.key})"


def sections(shift: Shift, zone: ZoneInfo, *, private: bool = False) -> list[Section]:
    """Return the parts of a handover. What could not be read is never shown as nothing."""

    def nothing(part: str, words: str) -> str:
        return _UNKNOWN if part in shift.unknown else words

    waiting = [_HIDDEN if private else safe(title) for title in shift.waiting]
    tasks = [masked_task(task) if private else task for task in shift.tasks]
    overdue = [_overdue(one, zone) for one in shift.overdue]
    parts = [
        Section("Tasks", tuple(Item(task_row(task, zone)) for task in tasks), nothing("tasks", "No open tasks.")),
        Section(
            "Did not arrive",
            tuple(_failed(one, zone, private=private) for one in shift.failed),
            nothing("failed", "Everything arrived."),
        ),
        Section("Overdue", tuple(overdue), nothing("overdue", "Nothing is overdue.")),
        Section(
            "Logged by hand",
            tuple(_logged(one, zone, private=private) for one in shift.logged),
            nothing("logged", "Nothing was logged."),
        ),
        Section("Waiting on this desk", tuple(map(Item, waiting)), "Everything was sent."),
    ]
    if shift.last is not None:
        parts.insert(0, Section("Last handover", (_last(shift.last, zone, private=private),), ""))
    return parts


def _last(handover: "Handover", zone: ZoneInfo, *, private: bool) -> Item:
    by = f"{author(handover)}, {local(handover.recorded_at, zone)}"
    words = handover.words or ""
    notes = [_HIDDEN] if private and words else safe_lines(words) if words else []
    taken = [_taken(one, zone) for one in handover.taken]
    notes += [f"not known when it was signed: {', '.join(map(safe, handover.unknown))}"] if handover.unknown else []
    return Item(by, (*notes, *(taken or ("nobody has taken it over yet",))))


def _taken(taking: "Taking", zone: ZoneInfo) -> str:
    return f"taken over by {safe(taking.name or taking.actor)}, {brief_moment(taking.recorded_at, zone)}"


def _logged(entry: "Entry", zone: ZoneInfo, *, private: bool) -> Item:
    shown = masked(entry) if private else entry
    who = (shown.customer.name if shown.customer is not None else None) or shown.to
    parts = (shown.title, who, shown.code or "", f"by {entry.actor}")
    words = f"{brief_moment(entry.sent_at, zone)}  {safe(entry.via)}  {'  ·  '.join(safe(one) for one in parts if one)}"
    return Item(words, tuple(safe_lines(shown.body)) if shown.body else ())


def _failed(item: "WorkItem", zone: ZoneInfo, *, private: bool) -> Item:
    shown = masked(item.entry) if private else item.entry
    who = (shown.customer.name if shown.customer is not None else None) or shown.to
    starts = f"starts {brief_moment(item.starts_at, zone)}" if item.starts_at is not None else ""
    parts = (shown.title, who, item.entry.status.value, starts)
    return Item("  ·  ".join(safe(one) for one in parts if one))


def _overdue(one: "OverdueMessage", zone: ZoneInfo) -> Item:
    what = f"{one.expected} for {one.code or one.reference or ''}"
    return Item(f"{safe(what)}  ·  was due {brief_moment(one.due_at, zone)}")


def handover_lines(shift: Shift, zone: ZoneInfo, width: int, *, private: bool = False) -> list[Line]:
    """Return a shift as lines for a pane of so many cells."""
    return list(_lines(shift, zone, width, private=private))


def _lines(shift: Shift, zone: ZoneInfo, width: int, *, private: bool) -> Iterator[Line]:
    for note in shift.notes:
        yield from wrapped(safe(note), width, "muted")
    for section in sections(shift, zone, private=private):
        count = f" ({len(section.items)})" if len(section.items) > 1 else ""
        yield Line(f"{section.title}{count}", "label")
        if not section.items:
            yield from wrapped(section.nothing, width, "muted", indent="  ")
        for item in section.items:
            yield from wrapped(item.words, width, indent="  ")
            for note in item.notes:
                yield from wrapped(note, width, "muted", indent="    ")


def handover_text(shift: Shift, zone: ZoneInfo) -> str:
    """Return a shift as plain text, to be copied or printed."""
    lines = (line.text for line in handover_lines(shift, zone, 100))
    return "\n".join([heading(shift, zone), "", *lines])
