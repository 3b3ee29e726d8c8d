"""From records to the facts of a booking.

The rows that a store folds and the models that the API answers have the same fields, so both do.
"""

from collections.abc import Iterable

from msgspec import UnsetType

from commlog_tui.contract.entry import Entry, EntryDetail
from commlog_tui.contract.resolution import Resolution as ResolutionModel
from commlog_tui.contract.run import Run as RunModel
from commlog_tui.expectations.facts import Booking, Event, Message, Resolution, Run
from commlog_tui.records.rows import DetailRow, EntryRow, ResolutionRow, RunRow

_DONE_STEPS = frozenset({"completed", "succeeded", "skipped", "done", "ok"})


def booking_of(
    reference: str | None,
    code: str | None,
    details: Iterable[DetailRow | EntryDetail],
    runs: Iterable[RunRow | RunModel] = (),
    resolutions: Iterable[ResolutionRow | ResolutionModel] = (),
) -> Booking:
    """Return the facts of a booking.

    The resolutions about its entries are in their details.
    """
    found = list(details)
    dealt_with = [*resolutions]
    for detail in found:
        dealt_with += () if isinstance(detail.resolutions, UnsetType) else detail.resolutions
    return Booking(
        reference,
        code,
        tuple(message_of(detail) for detail in found),
        tuple(_run(run) for run in runs if not run.redacted),
        tuple(_resolution(resolution) for resolution in dealt_with),
    )


def message_of(detail: DetailRow | EntryDetail) -> Message:
    """Return the facts of an entry."""
    entry: Entry | EntryRow = detail.entry
    return Message(
        id=entry.id,
        via=entry.via,
        title=entry.title,
        status=str(entry.status),
        sent_at=entry.sent_at,
        to=entry.to,
        kind=entry.kind,
        starts_at=entry.starts_at,
        audience=None if entry.audience is None else str(entry.audience),
        source=str(entry.source),
        direction=str(entry.direction),
        provider=None if entry.message is None else entry.message.provider,
        events=tuple(
            Event(
                kind=str(event.kind),
                at=event.at,
                detail=event.detail,
                reason=None if event.reason is None else str(event.reason),
                code=event.code,
            )
            for event in detail.events
        ),
    )


def _run(run: RunRow | RunModel) -> Run:
    """Return the facts of a run, with the first step that is not done."""
    step = next((step.name for step in run.steps if step.status not in _DONE_STEPS), None)
    return Run(
        id=run.id,
        workflow=run.workflow,
        status=str(run.status),
        at=run.at,
        began_at=run.began_at,
        error=run.error,
        step=step,
        starts_at=run.starts_at,
    )


def _resolution(resolution: ResolutionRow | ResolutionModel) -> Resolution:
    return Resolution(
        actor=resolution.actor,
        at=resolution.recorded_at,
        note=resolution.note,
        entry=resolution.entry,
        expected=resolution.expected,
    )
