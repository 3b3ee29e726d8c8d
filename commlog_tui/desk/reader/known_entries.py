"""The entries that a view has met, to answer from while the log cannot be asked."""

from collections import OrderedDict
from collections.abc import Iterable
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING, Final

from commlog_tui.desk.reader.matching import matches, reaches

if TYPE_CHECKING:
    from commlog_tui.contract.customer import Customer
    from commlog_tui.contract.entry import Entry
    from commlog_tui.contract.page import Page
    from commlog_tui.contract.query import EntryQuery

_MOST: Final = 1_000
GUEST_KINDS: Final = frozenset({"contact", "customer", "merge", "preference"})
"""Kinds of records about customers."""


class KnownEntries:
    """The entries met last, each as it was met last."""

    def __init__(self) -> None:
        self._entries: OrderedDict[str, Entry] = OrderedDict()
        self.guests: dict[str, Customer | None] = {}
        """Customers asked for, with the ids that they are merged with; None where the log did not say."""

    def recorded(self, kind: str) -> None:
        """Take over that a record of a kind was made which is about no entry."""
        if kind in GUEST_KINDS:
            self.guests.clear()

    def add(self, entries: "Iterable[Entry]") -> None:
        """Update or add entries. The least recently met ones are dropped."""
        for entry in entries:
            self._entries[entry.id] = entry
            self._entries.move_to_end(entry.id)
        while len(self._entries) > _MOST:
            self._entries.popitem(last=False)

    def get(self, entry_id: str) -> "Entry | None":
        """Return an entry, if it was met."""
        return self._entries.get(entry_id)

    def replace(self, entry: "Entry") -> "Entry | None":
        """Take over an entry, and return it as it was met before."""
        before = self._entries.get(entry.id)
        self.add((entry,))
        return before

    def matches(self, entry: "Entry", query: "EntryQuery", zone: tzinfo = UTC) -> bool:
        """Return whether an entry is known to match a query of a location in a zone."""
        contacts = reaches(self._entries.values(), query, self.guests)
        return matches(entry, query, contacts, zone)

    def page(self, query: "EntryQuery", limit: int, zone: tzinfo = UTC) -> "Page":
        """Return the newest entries that are known to match, as a page without neighbours."""
        from commlog_tui.contract.page import Page, Total

        contacts = reaches(self._entries.values(), query, self.guests)
        found = [
            entry.model_copy(update={"matched": ()}) if entry.matched else entry
            for entry in self._entries.values()
            if matches(entry, query, contacts, zone)
        ]
        newest = sorted(found, key=lambda entry: (entry.sent_at, entry.seq), reverse=True)[:limit]
        total = Total(count=len(found), exact=False)
        return Page(entries=tuple(newest), first=0, total=total, newer=None, older=None, oldest=None)
