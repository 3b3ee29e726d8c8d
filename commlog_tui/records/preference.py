"""Kind ``preference``: whether somebody may be written to, by their own word or by a text like STOP.

A text that consists of a word of opting out is followed by one about its number. The words are
those that Twilio acts on by default (``https://help.twilio.com/articles/223134027``), without
``YES``, which answers other questions too.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from commlog_tui.contract.customer_record import NewPreference
from commlog_tui.contract.entry import Direction, NewEntry
from commlog_tui.contract.identity import id_of_opt_out
from commlog_tui.records.changes import Change, CustomerNoted, CustomerNoteRemoved
from commlog_tui.records.customer_rows import PreferenceRow
from commlog_tui.records.instants import instant, optional_instant, optional_micros
from commlog_tui.records.kind import Kind, stated
from commlog_tui.records.record import Record, Thread

REFUSED: Final = "refused"
ALLOWED: Final = "allowed"
_OPT_OUT: Final = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "OPTOUT", "REVOKE"})
_OPT_IN: Final = frozenset({"START", "UNSTOP"})
_TEXTS: Final = frozenset({"sms", "mms", "text"})
_LONGEST: Final = 20


@dataclass(frozen=True, slots=True)
class AppendPreference:
    """A preference to record under this id."""

    kind: ClassVar[str] = "preference"
    about: ClassVar[str | None] = None

    id: str
    preference: NewPreference


def opt_out_of(entry_id: str, entry: NewEntry) -> AppendPreference | None:
    """Return the preference that an inbound text states by a word such as STOP, if it is one."""
    if entry.direction is not Direction.INBOUND or entry.via not in _TEXTS or not entry.to.strip():
        return None
    text = entry.title if entry.body is None else entry.body
    if len(text) > _LONGEST:
        return None
    word = text.strip().strip(".!\"'").upper()
    if word not in _OPT_OUT and word not in _OPT_IN:
        return None
    allowed = word in _OPT_IN
    words = f"opted {'in' if allowed else 'out'} by {word}"
    preference = NewPreference(to=entry.to, via=entry.via, allowed=allowed, words=words, said_at=entry.sent_at)
    return AppendPreference(id_of_opt_out(entry_id), preference)


def preference_row(record: Record) -> PreferenceRow | None:
    """Return a preference; None if it is redacted."""
    public, fields = record.public, record.fields()
    if fields is None:
        return None
    return PreferenceRow(
        id=public.id,
        seq=public.seq,
        customer_id=fields.get("customer_id"),
        to=fields.get("to"),
        via=public.channel,
        allowed=public.status == ALLOWED,
        words=fields.get("words"),
        said_at=optional_instant(public.at or None),
        actor=public.actor,
        person=public.person,
        recorded_at=instant(public.recorded_at),
    )


def _split(item: AppendPreference, _thread: Thread | None) -> tuple[dict[str, Any], dict[str, Any]]:
    one = item.preference
    public = {"kind": "preference", "status": ALLOWED if one.allowed else REFUSED}
    public |= stated(channel=one.via, at=optional_micros(one.said_at))
    return public, stated(customer_id=one.customer_id, to=one.to, words=one.words)


def _changes(record: Record, _thread: Thread | None) -> tuple[Change, ...]:
    row = preference_row(record)
    if row is None:
        return ()
    at = record.public.recorded_at
    return (CustomerNoted(record.seq, "preference", record.public.status, at, customer=row.customer_id, to=row.to),)


def _redacted(thread: Thread) -> tuple[Change, ...]:
    return (CustomerNoteRemoved(thread.root.seq),)


PREFERENCE: Final = Kind("preference", "preference", _split, changes=_changes, redacted=_redacted)
