"""The entries that are selected in a view: they stay so when the page is turned or rows arrive."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from commlog_tui.contract.entry import Entry

MOST: Final = 500
"""Entries that may be selected at once."""


class Selection:
    """Selected entries by id. ``changed`` is called after every change."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._entries: dict[str, Entry] = {}
        self.anchor: str | None = None
        """Id of the entry that a range begins with, while one is being marked."""

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, entry: "Entry") -> bool:
        return entry.id in self._entries

    @property
    def ids(self) -> frozenset[str]:
        """The ids of all."""
        return frozenset(self._entries)

    @property
    def entries(self) -> "tuple[Entry, ...]":
        """All, the oldest first."""
        return tuple(sorted(self._entries.values(), key=lambda entry: (entry.sent_at, entry.seq)))

    @property
    def words(self) -> str:
        """How many they are; "" for none."""
        words = f"{len(self._entries)} selected; Esc clears" if self._entries else ""
        return f"Range: move, then V   {words}".rstrip() if self.anchor else words

    def toggle(self, entry: "Entry") -> None:
        """Select an entry, or no longer."""
        if self._entries.pop(entry.id, None) is None:
            self._add([entry])
        self._end()

    def add(self, entries: "Iterable[Entry]") -> None:
        """Select entries, as many as there is room for."""
        self._add(entries)
        self._end()

    def remove(self, ids: Iterable[str]) -> None:
        """Select entries no longer."""
        for one in ids:
            self._entries.pop(one, None)
        self._end()

    def begin(self, entry: "Entry") -> None:
        """Begin a range at an entry."""
        self.anchor = entry.id
        self._changed()

    def clear(self) -> None:
        """Select nothing."""
        if self._entries or self.anchor:
            self._entries.clear()
            self._end()

    def _add(self, entries: "Iterable[Entry]") -> None:
        for entry in entries:
            if len(self._entries) < MOST or entry.id in self._entries:
                self._entries[entry.id] = entry

    def _end(self) -> None:
        self.anchor = None
        self._changed()
