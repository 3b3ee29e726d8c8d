"""The walk of a search: the branches of its plan, merged, within a time limit."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from time import monotonic
from typing import Final, cast

import apsw

from commlog_tui.store.search.planner import Branch, Lead, Plan
from commlog_tui.store.sqlite.dictionary import SqliteDictionary, code_ranges, reference_ranges
from commlog_tui.store.sqlite.filters import Condition, Filters
from commlog_tui.store.sqlite.keys import range_of
from commlog_tui.store.sqlite.period import Period, Position
from commlog_tui.store.sqlite.person_checks import CheckedWalk, PersonChecks, Row, checked_walk
from commlog_tui.store.sqlite.place import Place
from commlog_tui.store.sqlite.walks import Walk, Walker, scan_of

SECONDS: Final = 0.15
"""How long a plan may take before the log is looked at piece by piece, and how long that may take."""
TRIED_SECONDS: Final = 0.005
"""How long matches are looked for among the newest entries, before all of them are gathered and sorted."""
STEPS_BETWEEN_LOOKS: Final = 2_000
_FIRST_PIECE, _LARGEST_PIECE = 2_000, 64_000
"""Entries that are looked at between two looks at the clock."""
_PIECE: Final = """
SELECT sent_at FROM entry INDEXED BY entry_by_time WHERE location = ? AND sent_at {} ? ORDER BY sent_at {}
LIMIT 1 OFFSET ?
"""


class SearchWalk:
    """Finds the matches of a query behind a position, in either direction."""

    def __init__(self, connection: apsw.Connection, place: Place, filters: Filters, plan: Plan) -> None:
        self._connection = connection
        self._place = place
        self._filters = filters
        self._plan = plan
        self._dictionary = SqliteDictionary(connection, place)
        self._walker = Walker(connection, place)
        self._walks = self._walks_of(plan)
        self.looked_to: Position | None = None
        """Where the last search stopped, if its time was over."""

    def first(self, behind: Position | None, limit: int, *, rising: bool) -> list[Position]:
        """Return the first matches behind a position; fewer where the time limit is reached."""
        self.looked_to = None
        for walks, seconds in self._tries():
            try:
                with time_limit(self._connection, seconds):
                    return self._merged(walks, behind, limit, rising=rising)
            except apsw.InterruptError:
                continue
        return self._piece_by_piece(behind, limit, rising=rising)

    def count(self, most: int) -> Iterator[Position]:
        """Yield matches, each once, in no order."""
        seen: set[Position] = set()
        walks = self._walks_of(self._plan.whole) if self._plan.whole else self._walks
        for walk in walks:
            for position in self._in_any_order(walk, most):
                if len(walks) == 1:
                    yield position
                elif position not in seen:
                    seen.add(position)
                    yield position

    def _in_any_order(self, walk: CheckedWalk, most: int) -> Iterator[Position]:
        if not walk.terms:
            return self._walker.in_any_order(walk.walk, most)
        return self._checks(walk).all(self._rows(walk, None, rising=False))

    def _checks(self, walk: CheckedWalk) -> PersonChecks:
        return PersonChecks(self._connection, self._place, self._dictionary, walk.terms)

    def _tries(self) -> Iterator[tuple[list[CheckedWalk], float]]:
        """Yield the walks to try one after the other, each with its time limit.

        The plan takes it that matches are spread over time. Where they lie far back, gathering all
        of them takes less time than walking there.
        """
        whole = self._plan.whole
        if whole is not None and whole.is_gathered:
            yield self._walks, TRIED_SECONDS
            yield self._walks_of(whole), SECONDS
        else:
            yield self._walks, SECONDS

    def _merged(
        self, walks: Sequence[CheckedWalk], behind: Position | None, limit: int, *, rising: bool
    ) -> list[Position]:
        found = [self._first(walk, behind, limit, rising=rising) for walk in walks]
        if len(found) == 1:
            return found[0]
        return sorted({position for one in found for position in one}, reverse=not rising)[:limit]

    def _first(self, walk: CheckedWalk, behind: Position | None, limit: int, *, rising: bool) -> list[Position]:
        if not walk.terms:
            return self._walker.first(walk.walk, behind, limit, rising=rising)
        return self._checks(walk).first(self._rows(walk, behind, rising=rising), limit)

    def _rows(self, walk: CheckedWalk, behind: Position | None, *, rising: bool) -> Iterator[Row]:
        return cast("Iterator[Row]", self._walker.rows(walk.walk, behind, rising=rising))

    def _piece_by_piece(self, behind: Position | None, limit: int, *, rising: bool) -> list[Position]:
        """Look at one piece of the log after the other until a page is full or the time is over."""
        walk = checked_walk(scan_of(self._filters), self._plan.found, self._dictionary)
        deadline = monotonic() + SECONDS
        found: list[Position] = []
        size = _FIRST_PIECE
        while True:
            end = self._end_of_piece(behind, size, rising=rising)
            piece = walk
            if end is not None:
                piece = walk.within(until=end[0] + 1) if rising else walk.within(since=end[0])
            found += self._first(piece, behind, limit - len(found), rising=rising)
            if end is None or len(found) == limit:
                return found
            behind = end
            if monotonic() > deadline:
                self.looked_to = end
                return found
            size = min(2 * size, _LARGEST_PIECE)

    def _end_of_piece(self, behind: Position | None, size: int, *, rising: bool) -> Position | None:
        """Return a position some entries further; None where the log ends before."""
        start = behind[0] if behind is not None else (0 if rising else 1 << 62)
        sql = _PIECE.format(*((">", "ASC") if rising else ("<", "DESC")))
        row = self._connection.execute(sql, (self._place.no, start, size)).fetchone()
        if row is None:
            return None
        first, last = range_of(self._place.no)
        return int(row[0]), last if rising else first  # all entries of that instant belong to it

    def _walks_of(self, plan: Plan) -> list[CheckedWalk]:
        """Return the walks of a plan's branches, with the conditions that are left to check."""
        return [checked_walk(self._walk(branch), plan.conditions, self._dictionary) for branch in plan.branches]

    def _walk(self, branch: Branch) -> Walk:
        """Return the walk of a branch with the filters."""
        filters = self._filters
        if branch.lead is Lead.ALL:
            return scan_of(filters)
        if branch.lead is Lead.PEOPLE:
            contacts = self._dictionary.contacts(branch.numbers)
            wanted = contacts if filters.contacts is None else tuple(sorted({*contacts} & {*filters.contacts}))
            return self._leading("entry_by_contact", "contact", wanted)
        if branch.lead is Lead.TITLES:
            return self._leading("entry_by_title", "title", branch.numbers)
        if branch.lead is Lead.WITH_TEXT:
            text = self._dictionary.text_on_row(branch.terms[0], has_text=True)
            return self._leading("entry_with_body", None, (), text, Condition("entry.has_body"))
        if branch.lead is Lead.TEXTS:
            return self._leading(None, None, (), self._dictionary.text_rows(branch.terms))
        is_code = branch.lead is Lead.CODES
        ranges = code_ranges(branch.terms[0]) if is_code else reference_ranges(branch.terms[0])
        name = "code" if is_code else "reference"
        return replace(self._leading(f"entry_by_{name}", None, ()), ranges=tuple(ranges), ranged_by=name)

    def _leading(self, index: str | None, column: str | None, numbers: tuple[int, ...], *also: Condition) -> Walk:
        conditions = *also, *self._filters.conditions(led_by=column or "")
        period = Period(self._filters.since, self._filters.until)
        return Walk(index, column, numbers, conditions=conditions, period=period, is_small=True)


@contextmanager
def time_limit(connection: apsw.Connection, seconds: float) -> Iterator[None]:
    """Interrupt statements that take longer. They raise ``apsw.InterruptError``."""
    deadline = monotonic() + seconds
    connection.set_progress_handler(lambda: monotonic() > deadline, STEPS_BETWEEN_LOOKS)
    try:
        yield
    finally:
        connection.set_progress_handler(None)
