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

_NAMED = "INSERT INTO message VALUES (?, ?, ?)"
_UNMATCHED = "INSERT INTO unmatched_event VALUES (?)"
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
    """Applies changes to the projections about delivery of one location.

    Those that events bring come in large numbers: they are gathered until another change, or
    ``flush``, writes them.
    """

    def __init__(self, connection: apsw.Connection, place: Place) -> None:
        self._execute, self._executemany = connection.execute, connection.executemany
        self._no = place.no
        self._named: list[tuple[int, bytes, int]] = []
        self._unmatched: list[tuple[int]] = []
        self._reported: dict[tuple[str, int], tuple[int, int]] = {}

    def apply(self, change: Change) -> None:
        """Apply one change; those of other projections are a no-op."""
        no = self._no
        if isinstance(change, MessageNamed):
            self._named.append((no, bytes.fromhex(change.key), key_of(no, change.root)))
        elif isinstance(change, EventUnmatched):
            self._unmatched.append((key_of(no, change.root),))
        elif isinstance(change, WebhookReported):
            hour = change.reporter, change.at // _HOUR
            first, last = self._reported.get(hour, (change.at, change.at))
            self._reported[hour] = min(first, change.at), max(last, change.at)
        elif isinstance(change, EventUnlisted):
            self.flush()
            self._execute(_UNLISTED, (no, id_bytes(change.event_id)))
        elif isinstance(change, RunChanged):
            self._execute(_RUN, (key_of(no, change.root), no, change.status, change.reference, code_form(change.code)))
        elif isinstance(change, ResolutionAdded):
            entry = None if change.root is None else key_of(no, change.root)
            code = code_form(change.code)
            values = (key_of(no, change.seq), no, entry, change.reference, code, change.expected)
            self._execute("INSERT INTO resolution VALUES (?, ?, ?, ?, ?, ?)", values)
        elif isinstance(change, ResolutionRedacted):
            self._execute(_REDACTED, (key_of(no, change.seq),))

    def flush(self) -> None:
        """Write what was gathered, in the order of its keys."""
        if not (self._named or self._unmatched or self._reported):
            return
        reported = [(self._no, *hour, *span) for hour, span in sorted(self._reported.items())]
        for statement, rows in ((_NAMED, sorted(self._named)), (_UNMATCHED, self._unmatched), (_REPORTED, reported)):
            if rows:
                self._executemany(statement, rows)
        self._named.clear()
        self._unmatched.clear()
        self._reported.clear()
