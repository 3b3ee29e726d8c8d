"""Checklists as the API answers them, and back."""

from commlog_tui.contract.booking import BookingChecklist, BookingLine, LineResolution
from commlog_tui.expectations.booking import Checklist, Line
from commlog_tui.expectations.facts import Resolution


def answer_of(found: Checklist, rules: int) -> BookingChecklist:
    """Return the answer that carries a checklist."""
    return BookingChecklist(
        reference=found.reference,
        code=found.code,
        booked_at=found.booked_at,
        starts_at=found.starts_at,
        canceled_at=found.canceled_at,
        rules=rules,
        lines=tuple(_answered(line) for line in found.lines),
    )


def checklist_of(answer: BookingChecklist) -> Checklist:
    """Return the checklist that an answer carries."""
    return Checklist(
        answer.reference,
        answer.code,
        answer.booked_at,
        answer.starts_at,
        answer.canceled_at,
        tuple(_line(line) for line in answer.lines),
    )


def _answered(line: Line) -> BookingLine:
    resolved = line.resolved
    return BookingLine(
        title=line.title,
        state=line.state,
        at=line.at,
        open=line.is_open,
        kind=line.kind,
        via=line.via,
        status=line.status,
        reason=line.reason,
        advice=line.advice,
        due_at=line.due_at,
        is_late=line.is_late,
        entry=line.entry,
        run=line.run,
        resolved=None if resolved is None else LineResolution(actor=resolved.actor, at=resolved.at, note=resolved.note),
        settled_at=line.settled_at,
    )


def _line(line: BookingLine) -> Line:
    resolved = line.resolved
    return Line(
        title=line.title,
        state=line.state,
        at=line.at,
        kind=line.kind,
        via=line.via,
        status=line.status,
        reason=line.reason,
        due_at=line.due_at,
        entry=line.entry,
        run=line.run,
        resolved=None
        if resolved is None
        else Resolution(resolved.actor, resolved.at, resolved.note, line.entry, None if line.entry else line.kind),
        settled_at=line.settled_at,
        is_late=line.is_late,
        advice=line.advice,
    )
