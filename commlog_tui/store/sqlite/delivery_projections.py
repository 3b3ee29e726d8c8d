"""What is derived from events by message, runs and resolutions."""

import apsw

from commlog_tui.contract.booking import code_form
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
from commlog_tui.store.sqlite.keys import id_bytes, key_of
from commlog_tui.store.sqlite.place import Place

_RUN = """
INSERT INTO run VALUES (?, ?, ?, ?, ?)
ON CONFLICT (pk) DO UPDATE SET status = excluded.status, reference = excluded.reference, code = excluded.code
"""
_UNLISTED = """
DELETE FROM unmatched_event WHERE pk = (SELECT pk FROM record WHERE location = ? AND id = ?)
"""
_REPORTED = """
INSERT INTO reported_hour VALUES (?, ?, ?, ?, ?)
ON CONFLICT (location, reporter, hour) DO UPDATE SET first = min(first, excluded.first), last = max(last, excluded.last)
"""
_HOUR = 3_600_000_000
_REDACTED = "UPDATE resolution SET reference = NULL, code = NULL WHERE pk = ?"


class DeliveryProjections:
    """Applies changes to the projections about delivery of one location."""

    def __init__(self, connection: apsw.Connection, place: Place) -> None:
        self._execute = connection.execute
        self._no = place.no

    def apply(self, change: Change) -> None:
        """Apply one change; those of other projections are a no-op."""
        no = self._no
        if isinstance(change, MessageNamed):
            self._execute(
                "INSERT INTO message VALUES (?, ?, ?)", (no, bytes.fromhex(change.key), key_of(no, change.root))
            )
        elif isinstance(change, EventUnmatched):
            self._execute("INSERT INTO unmatched_event VALUES (?)", (key_of(no, change.root),))
        elif isinstance(change, EventUnlisted):
            self._execute(_UNLISTED, (no, id_bytes(change.event_id)))
        elif isinstance(change, WebhookReported):
            self._execute(_REPORTED, (no, change.reporter, change.at // _HOUR, change.at, change.at))
        elif isinstance(change, RunChanged):
            self._execute(_RUN, (key_of(no, change.root), no, change.status, change.reference, code_form(change.code)))
        elif isinstance(change, ResolutionAdded):
            entry = None if change.root is None else key_of(no, change.root)
            code = code_form(change.code)
            values = (key_of(no, change.seq), no, entry, change.reference, code, change.expected)
            self._execute("INSERT INTO resolution VALUES (?, ?, ?, ?, ?, ?)", values)
        elif isinstance(change, ResolutionRedacted):
            self._execute(_REDACTED, (key_of(no, change.seq),))
