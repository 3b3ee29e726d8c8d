"""What is derived from resends and from the attempts to send."""

from typing import Final

import apsw

from commlog_tui.contract.resend import ResendState, Route
from commlog_tui.records.changes import Change, ResendAdded, ResendRemoved, ResendStepped
from commlog_tui.store.resends import due_after
from commlog_tui.store.sqlite.keys import key_of
from commlog_tui.store.sqlite.place import Place

_ADD: Final = "INSERT INTO resend VALUES (?, ?, ?, ?, ?, ?, 0, ?, 0)"
_STEP: Final = "UPDATE resend SET state = ?2, attempts = ?3, next_at = ?4, claimed_until = ?5 WHERE pk = ?1"
_BEGIN: Final = "UPDATE resend SET state = ?2, attempts = ?3, next_at = ?4 WHERE pk = ?1"
_REMOVE: Final = "DELETE FROM resend WHERE pk = ?"


class ResendProjections:
    """Applies changes to the projection about resends of one location."""

    def __init__(self, connection: apsw.Connection, place: Place) -> None:
        self._execute = connection.execute
        self._no = place.no

    def apply(self, change: Change) -> None:
        """Apply one change; those of other projections are a no-op."""
        no = self._no
        if isinstance(change, ResendAdded):
            state = ResendState.DONE if change.route == Route.BY_HAND else ResendState.WAITING
            keys = key_of(no, change.entry), no, key_of(no, change.record), key_of(no, change.root)
            self._execute(_ADD, (*keys, change.route, state.value, change.recorded_at))
        elif isinstance(change, ResendStepped):
            due = due_after(change.step, change.attempt, change.at)
            step = key_of(no, change.entry), change.step, change.attempt, due
            if change.step == ResendState.BEGUN:
                self._execute(_BEGIN, step)
            else:
                self._execute(_STEP, (*step, 0))
        elif isinstance(change, ResendRemoved):
            self._execute(_REMOVE, (key_of(no, change.entry),))
