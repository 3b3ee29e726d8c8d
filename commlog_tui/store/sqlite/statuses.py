"""Statuses of entries, raised in the order of the events.

Each step from one status to another is known, however many events are recorded together: so the
counters and the worklist come out the same in one batch, in many, and in a rebuild.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import apsw
import msgspec

from commlog_tui.contract.delivery import Status
from commlog_tui.store.sqlite.keys import Row

LOGGED: Final = Status.LOGGED.value
_CURRENT: Final = """
SELECT entry.pk, status, rank, sent_at, via, message_kind
FROM json_each(?) AS wanted CROSS JOIN entry ON entry.pk = wanted.value
"""
_SET: Final = "UPDATE entry SET status = ?, rank = ? WHERE pk = ?"


@dataclass(frozen=True, slots=True)
class Step:
    """An entry whose status went up."""

    pk: int
    before: str
    after: str
    at: int
    """When the event happened that raised it."""


@dataclass(frozen=True, slots=True)
class Moved:
    """An entry that was counted with one status and is now counted with another."""

    sent_at: int
    via: str
    kind: str
    before: str
    after: str


class Statuses:
    """Gathers the events of one transaction, and raises the statuses that they raise."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._raised: list[tuple[int, str, int, int]] = []

    def add(self, pk: int, status: str, rank: int, at: int) -> None:
        """Take an event: the status and rank it stands for, and when it happened."""
        self._raised.append((pk, status, rank, at))

    def raise_new(self, new: Mapping[int, list[Any]], status_at: int) -> tuple[list[Step], list[Moved]]:
        """Raise what was gathered; return each step in order, and what is to be counted elsewhere.

        Rows of new entries, which are not written yet, get theirs in place, with the rank behind
        it; they are not counted yet.
        """
        if not self._raised:
            return [], []
        known = {one[0]: one for one in self._current({pk for pk, *_ in self._raised} - new.keys())}
        current = {pk: (str(one[1]), int(one[2])) for pk, one in known.items()}
        current |= dict.fromkeys(new, (LOGGED, 0))
        steps = []
        for pk, status, rank, at in self._raised:
            before = current.get(pk)
            if before is not None and rank > before[1]:
                current[pk] = status, rank
                steps.append(Step(pk, before[0], status, at))
        self._raised.clear()
        changed = sorted({step.pk for step in steps})
        for pk in changed:
            if pk in new:
                new[pk][status_at : status_at + 2] = current[pk]
        older = [pk for pk in changed if pk in known]
        if older:
            self._connection.executemany(_SET, [(*current[pk], pk) for pk in older])
        moved = [
            Moved(sent_at, via, kind, before, current[pk][0])
            for pk, before, _, sent_at, via, kind in (known[one] for one in older)
        ]
        return steps, moved

    def _current(self, pks: set[int]) -> list[Row]:
        return self._connection.execute(_CURRENT, (msgspec.json.encode(list(pks)).decode(),)).fetchall() if pks else []
