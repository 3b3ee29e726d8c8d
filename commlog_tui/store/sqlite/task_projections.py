"""What is derived from tasks and handovers."""

from typing import Final

import apsw

from commlog_tui.records.changes import Change, HandoverSigned, TaskChanged, TaskRemoved
from commlog_tui.store.sqlite.keys import key_of
from commlog_tui.store.sqlite.place import Place

_TASK: Final = """
INSERT INTO task VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (pk) DO UPDATE SET is_done = excluded.is_done, due_at = excluded.due_at
"""
_REMOVED: Final = "DELETE FROM task WHERE pk = ?"
_HANDOVER: Final = "INSERT INTO handover VALUES (?, ?, ?)"


class TaskProjections:
    """Applies changes to the projections about work of one location."""

    def __init__(self, connection: apsw.Connection, place: Place) -> None:
        self._execute = connection.execute
        self._no = place.no

    def apply(self, change: Change) -> None:
        """Apply one change; those of other projections are a no-op."""
        no = self._no
        if isinstance(change, TaskChanged):
            about = change.entry, change.reference, change.code, change.customer
            state = int(change.is_done), change.due_at, change.recorded_at
            self._execute(_TASK, (key_of(no, change.root), no, *state, *about))
        elif isinstance(change, TaskRemoved):
            self._execute(_REMOVED, (key_of(no, change.root),))
        elif isinstance(change, HandoverSigned):
            self._execute(_HANDOVER, (key_of(no, change.root), no, change.recorded_at))
