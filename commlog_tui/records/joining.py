"""Which entries an event is about that names a provider's message."""

from collections.abc import Mapping
from typing import Any, Final

from commlog_tui.contract.addresses import match_form
from commlog_tui.contract.entry import Source
from commlog_tui.ledger.record import PublicPart
from commlog_tui.records.entry_fields import personal_of
from commlog_tui.records.kind import Lookup
from commlog_tui.records.record import Thread

_MANUAL: Final = Source.MANUAL.value


def is_automated(entry: PublicPart) -> bool:
    """Whether an entry comes from a sending system."""
    return entry.source != _MANUAL


def entries_for(key: str, to: str | None, log: Lookup) -> list[Thread]:
    """Return the entries about a message that an event to a recipient is about.

    One message may have an entry for each recipient; an event without a recipient is about all of
    them. If only a redacted entry is left it is that one, so that the event is recorded without
    personal data.
    """
    entries = [
        thread
        for thread in log.of_message(key)
        if thread.root.public.kind == "entry" and is_automated(thread.root.public)
    ]
    live = [thread for thread in entries if not thread.is_redacted and applies({"to": to}, thread, log)]
    return live or [thread for thread in entries if thread.is_redacted][:1]


def applies(event: Mapping[str, Any] | None, entry: Thread, log: Lookup) -> bool:
    """Whether an event with this personal part, about the message of an entry, is about that entry."""
    personal, to = personal_of(entry.root), (event or {}).get("to")
    return personal is not None and (not to or match_form(to, log.region) == match_form(personal.to, log.region))
