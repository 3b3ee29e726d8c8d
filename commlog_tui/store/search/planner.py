"""Which index leads to the entries that match, and what is checked on each of their rows.

Every term is looked up in every field, the longest first; one that is found nowhere ends the
search. Terms that only people can hold are intersected in the dictionary of people, likewise
titles and texts: "isla" and "bakker" are each frequent, "isla bakker" is rare. Of the indexes that
then lead to every match, the one with the fewest rows to visit is walked, newest entries first;
all other terms and filters are conditions on its rows. A few entries that filters leave are looked
at one by one, without a dictionary.

A store gives the lookups (``Dictionary``), walks the branches of the ``Plan`` and checks its
conditions (``Found``). How far a walk goes is bounded by the store: by a page, and by time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from math import inf
from typing import Final

from commlog_tui.contract.search_terms import Term
from commlog_tui.store.search.lookups import Dictionary, Found, Limits

LIMITS: Final = Limits()
_DENSE_PEOPLE, _DENSE_TITLES = 0.05, 0.3
"""Estimated shares of entries, where the dictionary found more than it counts."""
_VISIT, _STREAM, _TEXT = 2.0, 5.0, 8.0
"""Costs of a row that is looked up, of opening a range, of a text that is read; a step in an index costs 1."""
_NO_LIMIT: Final = 1 << 62


class Lead(Enum):
    """The index that a branch of a plan walks."""

    PEOPLE = auto()
    """Entries of these people, each in order of time."""
    TITLES = auto()
    """Entries with these titles, each in order of time."""
    CODES = auto()
    """Entries whose code has one of the first term's beginnings; not in order."""
    REFERENCES = auto()
    """Entries whose reference has one of the first term's beginnings; not in order."""
    TEXTS = auto()
    """Entries whose text has a group of words of every term; not in order."""
    WITH_TEXT = auto()
    """Entries that have a text, in order of time; the text is looked at."""
    ALL = auto()
    """What the filters leave, in order of time."""


@dataclass(frozen=True, slots=True)
class Branch:
    """One walk of an index."""

    lead: Lead
    numbers: tuple[int, ...] = ()
    """Of people or titles."""
    terms: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """Matches are the entries of all branches that meet all conditions."""

    branches: tuple[Branch, ...]
    conditions: tuple[Found, ...]
    found: tuple[Found, ...]
    """All terms, also those that the branches settle."""
    cost: float
    """Estimated steps to a page."""
    whole: "Plan | None" = None
    """How to find all matches, to count them or where a page takes long; None where that is the same plan."""

    @property
    def is_gathered(self) -> bool:
        """Whether every branch leads to matches of a term, however far back they are."""
        in_order = {Lead.ALL, Lead.WITH_TEXT, Lead.TITLES}
        return not any(branch.lead in in_order for branch in self.branches)


def plan(
    terms: Sequence[Term], dictionary: Dictionary, page: int, left: int | None = None, limits: Limits | None = None
) -> Plan | None:
    """Return how to find a page of matches; None where nothing can match.

    ``left`` is about how many entries the filters leave; None stands for all.
    """
    limits = limits or LIMITS
    if left is not None and left <= limits.few:
        unknown = tuple(map(_unknown, terms))
        return Plan((Branch(Lead.ALL),), unknown, unknown, left)
    found: list[Found] = []
    for term in sorted(terms, key=lambda term: -max(map(len, term.needles))):
        found.append(_look_up(term, dictionary, limits))
        if found[-1].is_nowhere():
            return None
    return _Planner(found, dictionary, page, left, limits).cheapest()


def _unknown(term: Term) -> Found:
    return Found(term, None, None, len(term.codes), len(term.references), len(term.words), dense_texts=True)


def _look_up(term: Term, dictionary: Dictionary, limits: Limits) -> Found:
    texts = dictionary.count_texts(term, limits.texts) if term.words else 0
    return Found(
        term,
        dictionary.people([term], limits.people),
        dictionary.titles([term], limits.titles),
        dictionary.count_codes(term, limits.gathered) if term.codes else 0,
        dictionary.count_references(term, limits.gathered) if term.references else 0,
        texts,
        dense_texts=texts > limits.texts,
    )


class _Planner:
    """Compares the ways to the matches of terms that were looked up."""

    def __init__(self, found: list[Found], dictionary: Dictionary, page: int, left: int | None, limits: Limits) -> None:
        self._found = found
        self._dictionary = dictionary
        self._page = page
        self._limits = limits
        self._sizes = dictionary.sizes()
        self._left = self._sizes.entries if left is None else min(left, self._sizes.entries)
        self._together: dict[tuple[Term, ...], tuple[int, ...] | None] = {}
        """The people who have all of some terms, once they were looked up."""
        self._of_person = self._sizes.entries / max(self._sizes.people, 1)
        self._of_title = self._sizes.entries / max(self._sizes.titles, 1)

    def cheapest(self) -> Plan | None:
        """Return the plan with the fewest steps to a page, and to all matches; None where nothing can match."""
        paged = self._cheapest()
        if paged is None:
            return None
        self._page = max(self._sizes.entries, 1)
        self._limits = replace(self._limits, gathered=_NO_LIMIT)
        whole = self._cheapest()
        is_other = whole is not None and whole.branches != paged.branches
        return replace(paged, whole=whole) if is_other else paged

    def _cheapest(self) -> Plan | None:
        plans = [self._plan((Branch(Lead.ALL),), (), min(self._steps(()), self._left) * _VISIT)]
        for terms in (self._people_together(), self._titles_together(), self._texts_together()):
            if terms is None:
                return None
            plans += terms
        plans += self._people_or_elsewhere()
        plans += [plan for one in self._found for plan in self._by_term(one)]
        return min(plans, key=lambda plan: plan.cost)

    def _people_together(self) -> list[Plan] | None:
        """Return the plan that begins with the people who have all terms that only people have."""
        only = [one for one in self._found if one.is_only_person()]
        if not only:
            return []
        people = only[0].people if len(only) == 1 else self._intersected(only)
        if people == ():
            return None
        if people is None:
            return []
        return [self._plan((Branch(Lead.PEOPLE, people),), only, self._gathered(len(people) * self._of_person))]

    def _intersected(self, only: list[Found]) -> tuple[int, ...] | None:
        terms = tuple(one.term for one in only)
        if terms not in self._together:
            self._together[terms] = self._dictionary.people(terms, self._limits.people)
        return self._together[terms]

    def _people_or_elsewhere(self) -> list[Plan]:
        """Return the plan that begins with the people who have all terms that people have, and what else has one.

        Of "tom adams", the first word may be in a text: "tomorrow".
        """
        some = [one for one in self._found if one.people != ()]
        if len(some) < 2 or all(one.is_only_person() for one in some):  # noqa: PLR2004 - of one, see by term
            return []
        people = self._intersected(some)
        if people is None:
            return []
        branches = [Branch(Lead.PEOPLE, people)] if people else []
        cost = self._gathered(len(people) * self._of_person)
        for one in some:
            elsewhere = self._elsewhere(one)
            if elsewhere is None:
                return []
            branches += elsewhere[0]
            cost += elsewhere[1]
        return [self._plan(tuple(branches), (), cost)]

    def _titles_together(self) -> list[Plan] | None:
        only = [one for one in self._found if one.is_only_title()]
        known = [set(one.titles) for one in only if one.titles is not None]
        if not known:
            return []
        titles = tuple(sorted(set.intersection(*known)))
        settled = [one for one in only if one.titles is not None]
        return [self._titles_plan(titles, settled)] if titles else None

    def _titles_plan(self, titles: tuple[int, ...], settled: list[Found]) -> Plan:
        return self._plan((Branch(Lead.TITLES, titles),), settled, self._titles_cost(titles, settled))

    def _titles_cost(self, titles: tuple[int, ...], settled: Sequence[Found]) -> float:
        entries = len(titles) * self._of_title
        if len(titles) > self._limits.streams:
            return self._gathered(entries)
        return min(self._steps(settled), entries) * _VISIT + len(titles) * _STREAM

    def _texts_together(self) -> list[Plan] | None:
        only = [one for one in self._found if one.is_only_text()]
        few = [one for one in only if not one.dense_texts]
        plans = []
        if few:
            cost = min(one.texts for one in few) * _VISIT
            plans.append(self._plan((Branch(Lead.TEXTS, terms=tuple(one.term for one in few)),), few, cost))
        elif only:
            first = min(only, key=lambda one: one.texts)
            plans.append(self._plan((Branch(Lead.WITH_TEXT, terms=(first.term,)),), [first], self._text_cost([first])))
        return plans

    def _by_term(self, one: Found) -> list[Plan]:
        """Return the plan that begins with everything that has one term, in whatever field."""
        elsewhere = self._elsewhere(one)
        if one.people is None or elsewhere is None:
            return []
        branches, cost = elsewhere
        if one.people:
            branches = [Branch(Lead.PEOPLE, one.people), *branches]
            cost += self._gathered(len(one.people) * self._of_person)
        return [self._plan(tuple(branches), [one], cost)]

    def _elsewhere(self, one: Found) -> tuple[list[Branch], float] | None:
        """Return the branches to everything but people that has a term, and their cost; None if it is too much."""
        if one.titles is None or max(one.codes, one.references) > self._limits.gathered:
            return None
        branches: list[Branch] = []
        cost = 0.0
        if one.titles:
            branches.append(Branch(Lead.TITLES, one.titles))
            cost += self._titles_cost(one.titles, [one])
        if one.codes:
            branches.append(Branch(Lead.CODES, terms=(one.term,)))
            cost += self._gathered(one.codes)
        if one.references:
            branches.append(Branch(Lead.REFERENCES, terms=(one.term,)))
            cost += self._gathered(one.references)
        if one.dense_texts:
            branches.append(Branch(Lead.WITH_TEXT, terms=(one.term,)))
            cost += self._text_cost([one])
        elif one.texts:
            branches.append(Branch(Lead.TEXTS, terms=(one.term,)))
            cost += one.texts * _VISIT
        return branches, cost

    def _plan(self, branches: tuple[Branch, ...], settled: Iterable[Found], cost: float) -> Plan:
        rest = tuple(one for one in self._found if not any(one is other for other in settled))
        return Plan(branches, rest, tuple(self._found), cost)

    def _gathered(self, entries: float) -> float:
        """Return the cost of collecting entries that are not in order."""
        return entries * _VISIT if entries <= self._limits.gathered else inf

    def _text_cost(self, settled: Sequence[Found]) -> float:
        return min(self._steps(settled) * _TEXT, self._left * _TEXT)

    def _steps(self, settled: Sequence[Found]) -> float:
        """Return how many entries are looked at for a page, where these terms hold for each of them."""
        share = self._left / max(self._sizes.entries, 1)
        for one in self._found:
            if not any(one is other for other in settled):
                share *= self._share(one)
        return self._page / max(share, 1e-9)

    def _share(self, one: Found) -> float:
        """Return about what share of the entries has a term."""
        entries = max(self._sizes.entries, 1)
        people = _DENSE_PEOPLE if one.people is None else len(one.people) / max(self._sizes.people, 1)
        titles = _DENSE_TITLES if one.titles is None else len(one.titles) / max(self._sizes.titles, 1)
        return min(max(people + titles + (one.codes + one.references + one.texts) / entries, 1e-6), 1.0)
