"""A cache of entry details that selects which to prefetch next."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from commlog_tui.contract.entry import Entry, EntryDetail

_MOST: Final = 200
_AHEAD: Final = 4
_BEHIND: Final = 1


class DetailCache:
    """A cache of details by entry id. A detail is valid until the row of its entry changes."""

    def __init__(self, ask: "Callable[[str], Awaitable[EntryDetail]]") -> None:
        self._ask = ask
        self._details: OrderedDict[str, tuple[Entry | None, EntryDetail]] = OrderedDict()
        """Each with the row that it is of; None once something else was recorded."""
        self._asked: dict[str, object] = {}
        self._direction = 1
        self._last = 0

    def get(self, entry: "Entry") -> "EntryDetail | None":
        """Return the detail of an entry, if it is here and the row has not changed since."""
        row, detail = self._details.get(entry.id, (None, None))
        return detail if row == entry else None

    def latest(self, entry: "Entry") -> "EntryDetail | None":
        """Return the detail of an entry, if need be with the events known before its row changed.

        Nothing of what a redaction has removed since.
        """
        _, detail = self._details.get(entry.id, (None, None))
        if detail is None or entry.redacted != detail.entry.redacted:
            return None
        return detail if detail.entry == entry else detail.model_copy(update={"entry": entry})

    def forget(self, *entry_ids: str | None) -> None:
        """Ask again for details: something was recorded of their entries."""
        for entry_id in filter(None, entry_ids):
            if entry_id in self._details:
                self._details[entry_id] = None, self._details[entry_id][1]
            self._asked.pop(entry_id, None)

    async def load(self, entry: "Entry") -> "EntryDetail":
        """Return the detail as the log now has it. Raises what ``ask`` raises."""
        mark = self._asked[entry.id] = object()
        detail = await self._ask(entry.id)
        if self._asked.get(entry.id) is not mark:
            return detail  # asked again since, or something was recorded meanwhile
        del self._asked[entry.id]
        self._details[entry.id] = entry, detail
        self._details.move_to_end(entry.id)
        while len(self._details) > _MOST:
            self._details.popitem(last=False)
        return detail

    def next_wanted(self, entries: "Sequence[Entry]", here: int) -> "Entry | None":
        """Return the nearest entry without a detail: current, then ahead, then behind."""
        if here != self._last:
            self._direction, self._last = (1 if here > self._last else -1), here
        steps = [*range(_AHEAD + 1), *range(-1, -_BEHIND - 1, -1)]
        rows = (here + step * self._direction for step in steps)
        return next((entries[row] for row in rows if 0 <= row < len(entries) and self.get(entries[row]) is None), None)
