"""Kind ``match``: joins an event that came before its entry to that entry, and repeats the event.

The state of an entry thus needs no records but those about the entry itself.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from commlog_tui.contract.delivery import RANK, DeliveryKind
from commlog_tui.contract.identity import id_of_match
from commlog_tui.records.changes import Change, EventUnlisted, StatusRaised
from commlog_tui.records.event_fields import NO_DETAIL, event_row_of
from commlog_tui.records.joining import applies, is_automated
from commlog_tui.records.kind import Item, Kind, Lookup, root_id, stated
from commlog_tui.records.record import Record, Thread
from commlog_tui.records.rows import EventRow


@dataclass(frozen=True, slots=True)
class AppendMatch:
    """A match to record about an entry. The log makes it by itself."""

    kind: ClassVar[str] = "match"

    entry_id: str
    event: Record
    """The event, which is a root of its own."""

    @property
    def id(self) -> str | None:
        """Id that its content stands for."""
        return id_of_match(self.entry_id, self.event.public.id)

    @property
    def about(self) -> str | None:
        """Id of the entry."""
        return self.entry_id


def matches_of(entry: Record, log: Lookup) -> tuple[Item, ...]:
    """Return the matches of an entry with the events that came before it and are not matched with it yet."""
    if entry.public.message_key is None:
        return ()
    thread = log.thread(entry.public.id)
    if thread is None or thread.is_redacted or not is_automated(entry.public):
        return ()
    return tuple(
        match
        for event in log.of_message(entry.public.message_key)
        if event.root.public.kind == "event" and not event.is_redacted and applies(event.root.fields(), thread, log)
        for match in matches_with(event.root, [thread])
    )


def matches_with(event: Record, entries: list[Thread]) -> tuple[Item, ...]:
    """Return the matches of an event that is a root of its own with entries that do not have it yet.

    Redacted entries get none: the event has personal data, and they must not.
    """
    return tuple(
        AppendMatch(entry.root.public.id, event)
        for entry in entries
        if not entry.is_redacted and all(match.public.matches != event.public.id for match in entry.of_kind("match"))
    )


def match_row(record: Record) -> EventRow:
    """Return the event of a match as the log answers it: with its own id, and the position of the match."""
    public = record.public
    return event_row_of(record, public.matches, actor=public.reporter, recorded_at=public.reported_at)


def _split(item: AppendMatch, thread: Thread | None) -> tuple[dict[str, Any], dict[str, Any]]:
    event, fields = item.event.public, item.event.fields()
    public = {
        "kind": "match",
        "about": root_id(item, thread),
        "matches": event.id,
        "event": event.event,
        "at": event.at,
        "reporter": event.actor,
        "reported_at": event.recorded_at,
    } | stated(reason=event.reason, channel=event.channel)
    if fields is None or (thread is not None and thread.is_redacted):
        return public, NO_DETAIL
    return public, {name: value for name, value in fields.items() if name != "message"}


def _changes(record: Record, thread: Thread | None) -> tuple[Change, ...]:
    public, unlisted = record.public, EventUnlisted(record.public.matches)
    rank = RANK[DeliveryKind(public.event)]
    if thread is None or not rank:
        return (unlisted,)
    return unlisted, StatusRaised(thread.root.seq, public.event, rank, public.at)


MATCH: Final = Kind(
    "match",
    "matched delivery event",
    _split,
    about=frozenset({"entry"}),
    is_manual=lambda _source: False,
    prefers=is_automated,
    changes=_changes,
)
