"""Statuses of entries, raised in the order of the events.

Each step from one status to another is known, however many events are recorded together: so the
counters and the worklist come out the same in one batch, in many, and in a rebuild.
"""

from collections.abc import Mapping
from typing import Final

import apsw
import msgspec
from msgspec.structs import replace

from commlog_tui.contract.delivery import Status
from commlog_tui.store.sqlite.facets import FACET_OF_ENTRY, Facets
from commlog_tui.store.sqlite.keys import Row

LOGGED: Final = Status.LOGGED.value
_CURRENT: Final = f"""
SELECT entry.pk, sent_at, via, source, kind, status, rank FROM json_each(?) AS wanted
CROSS JOIN entry ON entry.pk = wanted.value JOIN facet ON {FACET_OF_ENTRY}
"""
_SET: Final = "UPDATE entry SET facet = ? WHERE pk = ?"


class Counted(msgspec.Struct, gc=False):
    """What an entry is counted by."""

    sent_at: int
    via: str
    source: str
    kind: str
    """Empty where it is not known."""
    status: str
    rank: int

    @property
    def facet(self) -> tuple[str, str, str, str, int]:
        """What has a number, and the rank of its status."""
        return self.via, self.source, self.kind, self.status, self.rank


class Step(msgspec.Struct, frozen=True, gc=False):
    """An entry whose status went up."""

    pk: int
    before: str
    after: str
    at: int
    """When the event happened that raised it."""


class Statuses:
    """Gathers the events of one transaction, and raises the statuses that they raise."""

    def __init__(self, connection: apsw.Connection, facets: Facets) -> None:
        self._connection = connection
        self._facets = facets
        self._raised: list[tuple[int, str, int, int]] = []

    def add(self, pk: int, status: str, rank: int, at: int) -> None:
        """Take an event: the status and rank it stands for, and when it happened."""
        self._raised.append((pk, status, rank, at))

    def raise_new(self, new: Mapping[int, Counted]) -> tuple[list[Step], list[tuple[Counted, Counted]]]:
        """Raise what was gathered; return each step in order, and what is to be counted elsewhere.

        New entries, which are not written yet, get theirs in place; they are not counted yet.
        """
        if not self._raised:
            return [], []
        before = self._current({pk for pk, *_ in self._raised} - new.keys())
        current = {pk: replace(one) for pk, one in before.items()} | dict(new)
        steps = []
        for pk, status, rank, at in self._raised:
            one = current.get(pk)
            if one is not None and rank > one.rank:
                steps.append(Step(pk, one.status, status, at))
                one.status, one.rank = status, rank
        self._raised.clear()
        older = sorted({step.pk for step in steps} & before.keys())
        rows = []
        for pk in older:
            no = self._facets.number(*current[pk].facet)
            self._facets.count(self._facets.number(*before[pk].facet), -1)
            self._facets.count(no)
            rows.append((no, pk))
        if rows:
            self._connection.executemany(_SET, rows)
        return steps, [(before[pk], current[pk]) for pk in older]

    def _current(self, pks: set[int]) -> dict[int, Counted]:
        if not pks:
            return {}
        rows: list[Row] = self._connection.execute(_CURRENT, (msgspec.json.encode(list(pks)).decode(),)).fetchall()
        return {pk: Counted(*row) for pk, *row in rows}
