"""State of an entry, folded from its thread for detail, bundles and proof sheets."""

from typing import Final

import msgspec

from commlog_tui.contract.delivery import status_of
from commlog_tui.ledger.record import PublicPart
from commlog_tui.records.call_off import call_off_row
from commlog_tui.records.correction import correction_row
from commlog_tui.records.delivery_event import event_row
from commlog_tui.records.entry_fields import EntryFields, Personal, history
from commlog_tui.records.instants import instant, optional_instant
from commlog_tui.records.match import match_row
from commlog_tui.records.record import Record, Thread
from commlog_tui.records.redaction import redaction_row
from commlog_tui.records.resend_row import resend_row
from commlog_tui.records.resolution import resolution_row
from commlog_tui.records.rows import AttachmentRow, DetailRow, EntryRow, OtherRow

REDACTED_TITLE: Final = "Redacted"
_OF_ENTRIES: Final = frozenset({"event", "match", "correction", "redaction", "resolution", "resend", "call-off"})


def entry_row(public: PublicPart, fields: Personal | None, status: str, *, corrected: bool) -> EntryRow:
    """Return an entry as the log answers it; without fields where a redaction removed them."""
    changeable = fields if isinstance(fields, EntryFields) else public
    attachments: tuple[AttachmentRow, ...] = ()
    if fields is None:
        to, title, reference, code, customer, body = "", REDACTED_TITLE, None, None, None, None
        message = None
    else:
        to, title, reference, code = fields.to, fields.title, fields.reference, fields.code
        customer, body = fields.customer, fields.body
        message = None if fields.message is msgspec.UNSET else fields.message
        attachments = () if fields.attachments is msgspec.UNSET else fields.attachments
    return EntryRow(  # by position, which takes a third of the time: pages are made of these
        public.id,
        public.location,
        public.seq,
        changeable.via,
        to,
        title,
        reference,
        code,
        customer,
        public.source,
        public.actor,
        changeable.direction,
        body,
        instant(changeable.sent_at),
        instant(public.recorded_at),
        status,
        corrected,
        fields is None,
        public.message_kind,
        optional_instant(public.starts_at),
        public.audience,
        message,
        attachments,
        (),
        public.person,
        public.resend_of,
    )


def detail_of(thread: Thread) -> DetailRow:
    """Return all that is known of an entry: its state, and the records about it."""
    root, had = thread.root, history(thread)
    reports = [*map(event_row, thread.of_kind("event")), *map(match_row, thread.of_kind("match"))]
    reports += map(call_off_row, thread.of_kind("call-off"))
    events = sorted(reports, key=lambda event: (event.at, event.seq))
    corrections = [row for row in map(correction_row, thread.of_kind("correction")) if row is not None] if had else []
    redactions = [redaction_row(record) for record in thread.of_kind("redaction")]
    status = status_of(event.kind for event in events).value
    is_corrected = len(had) > 1
    return DetailRow(
        entry=entry_row(root.public, had[-1][1] if had else None, status, corrected=is_corrected),
        original=entry_row(root.public, had[0][1], status, corrected=False) if is_corrected else None,
        events=tuple(events),
        corrections=tuple(corrections),
        receipt=root.receipt,
        redaction=redactions[0] if redactions else None,
        other=tuple(_other(record) for record in thread.later if record.public.kind not in _OF_ENTRIES),
        resolutions=tuple(map(resolution_row, thread.of_kind("resolution"))) or msgspec.UNSET,
        resends=tuple(map(resend_row, thread.of_kind("resend"))) or msgspec.UNSET,
    )


def _other(record: Record) -> OtherRow:
    public = record.public
    return OtherRow(public.id, public.seq, public.kind, public.actor, instant(public.recorded_at))
