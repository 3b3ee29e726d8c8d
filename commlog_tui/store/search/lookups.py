"""What a store can look up, and what a term was found in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from commlog_tui.contract.search_terms import Term

MOST_PEOPLE: Final = 2_200
MOST_TITLES: Final = 5_000
MOST_GATHERED: Final = 20_000
"""Entries that are collected from an index and sorted, rather than walked in order."""
MOST_TEXTS: Final = 2_000
MOST_STREAMS: Final = 64
"""Ranges of an index that are merged in order."""
FEW: Final = 500
"""So many entries that filters leave are looked at one by one."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Most matches that each dictionary lists; beyond, a term is dense and checked on rows."""

    people: int = MOST_PEOPLE
    titles: int = MOST_TITLES
    gathered: int = MOST_GATHERED
    texts: int = MOST_TEXTS
    streams: int = MOST_STREAMS
    few: int = FEW


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much a location has."""

    entries: int
    people: int
    titles: int


class Dictionary(Protocol):
    """The lookups of one location, within one read transaction. None stands for more than the limit."""

    def sizes(self) -> Sizes:
        """Return how much there is; estimates will do."""
        ...

    def people(self, terms: Sequence[Term], limit: int) -> tuple[int, ...] | None:
        """Return the people who have a needle of every term in their lines."""
        ...

    def titles(self, terms: Sequence[Term], limit: int) -> tuple[int, ...] | None:
        """Return the titles that have a needle of every term."""
        ...

    def count_codes(self, term: Term, limit: int) -> int:
        """Count entries whose code has one of the term's beginnings, to just beyond the limit."""
        ...

    def count_references(self, term: Term, limit: int) -> int:
        """Count entries whose reference has one of the term's beginnings, to just beyond the limit."""
        ...

    def count_texts(self, term: Term, limit: int) -> int:
        """Count entries whose text has one of the term's groups of words, to just beyond the limit."""
        ...


@dataclass(frozen=True, slots=True)
class Found:
    """Where a term holds: the condition on a row is that one of these fields has it."""

    term: Term
    people: tuple[int, ...] | None
    """None: too many, the row's person is looked at."""
    titles: tuple[int, ...] | None
    codes: int
    references: int
    texts: int
    dense_texts: bool
    """Whether the row's text is looked at, as too many have the words."""

    def is_nowhere(self) -> bool:
        """Whether no entry can match."""
        return self.people == () and self.is_only_person()

    def is_only_person(self) -> bool:
        """Whether only people can have the term."""
        return self.titles == () and not (self.codes or self.references or self.texts)

    def is_only_title(self) -> bool:
        """Whether only titles can have the term."""
        return self.people == () and not (self.codes or self.references or self.texts)

    def is_only_text(self) -> bool:
        """Whether only texts can have the term."""
        return self.people == () and self.titles == () and not (self.codes or self.references)
