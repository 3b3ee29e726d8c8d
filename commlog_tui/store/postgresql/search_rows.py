"""What entries bring to the dictionaries that a search looks in: titles, recipients, words of texts."""

from dataclasses import dataclass, field

from commlog_tui.contract.addresses import match_form
from commlog_tui.contract.folding import fold
from commlog_tui.contract.search_terms import entry_words, known_lines
from commlog_tui.records.entry_fields import EntryFields
from commlog_tui.store.location import Location
from commlog_tui.store.postgresql.numbers import number_of
from commlog_tui.store.postgresql.search_conditions import tagged


@dataclass(slots=True)
class SearchRows:
    """Rows to write to the dictionaries of one location."""

    location: Location
    titles: dict[int, str] = field(default_factory=dict)
    """Folded titles by their number."""
    recipients: dict[str, str] = field(default_factory=dict)
    """Lines to find a recipient by, of entries that name no customer, by address."""
    texts: dict[int, str] = field(default_factory=dict)
    """Words of a text with their location, as a text search vector, by seq; empty for none."""
    left_titles: set[int] = field(default_factory=set)
    left_contacts: set[int] = field(default_factory=set)
    """What entries had before they were corrected or redacted, and nothing may have now."""

    def leave(self, title: int | None, contact: int | None) -> None:
        """Take notice that an entry no longer has a title and a contact."""
        if title is not None:
            self.left_titles.add(title)
        if contact is not None:
            self.left_contacts.add(contact)

    def add(self, seq: int, fields: EntryFields | None) -> tuple[int | None, bool]:
        """Learn an entry; return the number of its title, and whether it has a text.

        A redacted one has no fields.
        """
        words = entry_words(fields.body, fields.code) if fields is not None else ()
        self.texts[seq] = " ".join(f"'{tagged(self.location.no, word)}'" for word in sorted(words))
        if fields is None:
            return None, False
        folded = " ".join(fold(fields.title).split())
        title = number_of(self.location.no, folded)
        self.titles[title] = folded
        if fields.customer is None and (address := match_form(fields.to, self.location.region)):
            self.recipients[address] = "\n".join(known_lines(None, fields.to, self.location.region))
        return title, bool(words)
