"""Kind ``redaction``: removes the personal data of a thread. Position and proof remain."""

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from commlog_tui.contract.entry import NewRedaction
from commlog_tui.contract.identity import id_of_joined_redaction, task_key
from commlog_tui.records.correction import refuse_redacted
from commlog_tui.records.errors import MatchedError
from commlog_tui.records.instants import instant
from commlog_tui.records.kind import ANY_ROOT, Item, Kind, Lookup, root_id
from commlog_tui.records.record import Record, Thread
from commlog_tui.records.resend_row import resent_ids
from commlog_tui.records.rows import RedactionRow


@dataclass(frozen=True, slots=True)
class AppendRedaction:
    """A redaction to record about an entry or another root."""

    kind: ClassVar[str] = "redaction"

    id: str
    entry_id: str
    redaction: NewRedaction
    is_joined: bool = False
    """Whether it goes with the redaction of the entry that an event has matched, or a task is about."""

    @property
    def about(self) -> str | None:
        """Id of the root."""
        return self.entry_id


def redaction_row(record: Record) -> RedactionRow:
    """Return a redaction as the log answers it."""
    public, personal = record.public, record.fields() or {}
    return RedactionRow(
        public.id, public.seq, personal.get("reason", ""), public.actor, instant(public.recorded_at), public.person
    )


def _split(item: AppendRedaction, thread: Thread | None) -> tuple[dict[str, Any], dict[str, Any]]:
    is_entry = thread is None or thread.root.public.kind == "entry"
    return {"kind": "redaction", "entry" if is_entry else "about": root_id(item, thread)}, {
        "reason": item.redaction.reason
    }


def _refuse(item: AppendRedaction, thread: Thread) -> None:
    refuse_redacted(item.id, thread)


def _check_matches(item: AppendRedaction, log: Lookup) -> AppendRedaction:
    """Refuse an event that an entry repeats: its text would stay there."""
    thread = log.thread(item.entry_id)
    if item.is_joined or thread is None or thread.is_redacted:
        return item
    for key in _message_keys(thread):
        for entry in log.of_message(key):
            if not entry.is_redacted and thread.root.public.id in _matched_events(entry):
                words = (
                    f"This event is part of entry {entry.root.public.id}. Redact the entry, and the event goes with it."
                )
                raise MatchedError(f"{words} Nothing was changed.")
    return item


def _message_keys(thread: Thread) -> tuple[str, ...]:
    public = thread.root.public
    return (public.message_key,) if public.kind == "event" and public.message_key is not None else ()


def _matched_events(thread: Thread) -> tuple[str, ...]:
    return tuple(match.public.matches for match in thread.of_kind("match"))


def _related_roots(thread: Thread) -> tuple[str, ...]:
    return *_matched_events(thread), *resent_ids(thread)


def _related_keys(thread: Thread) -> tuple[str, ...]:
    return *_message_keys(thread), *_task_keys(thread)


def _task_keys(thread: Thread) -> tuple[str, ...]:
    return (task_key(thread.root.public.id),)


def _redact_related(item: AppendRedaction, record: Record, thread: Thread | None, log: Lookup) -> tuple[Item, ...]:
    """Redact the events before the entry, the tasks about it, and what sent it again: each is a root of its own."""
    if thread is None:
        return ()
    events = [event for one in _related_roots(thread) if (event := log.thread(one)) is not None]
    tasks = [one for key in _task_keys(thread) for one in log.of_message(key) if one.root.public.kind == "task"]
    return tuple(
        AppendRedaction(
            id_of_joined_redaction(record.public.id, one.root.public.id),
            one.root.public.id,
            item.redaction,
            is_joined=True,
        )
        for one in (*events, *tasks)
        if not one.is_redacted
    )


REDACTION: Final = Kind(
    "redaction",
    "redaction",
    _split,
    about=ANY_ROOT,
    refuse=_refuse,
    find_root=_check_matches,
    related=_related_roots,
    related_messages=_related_keys,
    follows=_redact_related,
    survives_redaction=True,
)
"""Its changes are those that the kind of its root declares, see ``decide.changes_of``."""
