"""A search as branches to walk: the planner's decision in SQL."""

from collections.abc import Sequence
from typing import Final

from commlog_tui.contract.search_terms import Term
from commlog_tui.store.location import Location
from commlog_tui.store.postgresql.conditions import Conditions
from commlog_tui.store.postgresql.database import View
from commlog_tui.store.postgresql.dictionary import FurtherLookupError, Lookups
from commlog_tui.store.postgresql.page_plan import GATHERED, Branch, Filters, Plan
from commlog_tui.store.postgresql.search_conditions import (
    IN_TEXT,
    contacts_of,
    has_code,
    has_reference,
    holds,
    text_query,
    texts_found,
)
from commlog_tui.store.search import planner
from commlog_tui.store.search.lookups import Found, Limits
from commlog_tui.store.search.planner import Lead

_TEXTS: Final = """
(SELECT entry.* FROM {} AS text (seq) JOIN entry ON entry.location = %s AND entry.seq = text.seq OFFSET 0) AS entry
"""
_ALL: Final = 1 << 30
_FREQUENT: Final = 0.1
"""Share of the titles from which entries are walked by time, where the rows are checked for more than the title."""


class Search:
    """A search of one location."""

    def __init__(
        self, location: Location, terms: Sequence[Term], filters: Filters, limits: Limits | None = None
    ) -> None:
        self._location = location
        self._terms = terms
        self._filters = filters
        self._limits = limits or planner.LIMITS
        self._lookups = Lookups(location, self._limits)
        self._is_distributed = False
        self.conditions = Conditions()
        """What holds on the row of a match, whatever leads to it."""

    async def plan(self, view: View, page: int, left: int | None) -> Plan | None:
        """Return the walks to a page of matches; None where nothing can match.

        ``left`` is about how many entries the filters leave, None if it is not known.
        """
        if not self._terms:
            return Plan(self._filters.branches())
        self._is_distributed = view.connection.is_distributed
        await self._lookups.load(view, self._terms)
        while True:
            try:
                found = planner.plan(self._terms, self._lookups, page, left, self._limits)
            except FurtherLookupError as error:
                await self._lookups.load_together(view, error.terms)
            else:
                return None if found is None else self._walks(found)

    def _walks(self, plan: planner.Plan) -> Plan:
        conditions = Conditions()
        for found in plan.conditions:
            conditions = conditions.also(self._holds(found))
        for found in plan.found:
            self.conditions = self.conditions.also(self._holds(found))
        branches = [walk for branch in plan.branches for walk in self._branches(branch, conditions)]
        return Plan(branches, may_overlap=len(plan.branches) > 1)

    def _holds(self, found: Found) -> Conditions:
        people = None if found.people is None else self._lookups.persons(found.people)
        return holds(found, people, found.titles, self._location.no)

    def _branches(self, branch: planner.Branch, conditions: Conditions) -> list[Branch]:
        on_row, no = self._filters.on_row(), self._location.no
        match branch.lead:
            case Lead.ALL:
                return self._filters.branches(checks=conditions)
            case Lead.PEOPLE:
                return self._of_people(branch.numbers, on_row, conditions)
            case Lead.TITLES:
                return self._with_titles(branch.numbers, on_row, conditions)
            case Lead.CODES | Lead.REFERENCES:
                (term,) = branch.terms
                has = (has_code if branch.lead is Lead.CODES else has_reference)(term)
                rows = GATHERED.format(has.sql)
                return [Branch(on_row, rows=rows, rows_values=(no, *has.values), checks=conditions)]
            case Lead.TEXTS:
                found, values = texts_found(no, branch.terms, _ALL, is_distributed=self._is_distributed)
                return [Branch(on_row, rows=_TEXTS.format(found), rows_values=(*values, no), checks=conditions)]
            case Lead.WITH_TEXT:
                in_text = Conditions([IN_TEXT], [text_query(no, branch.terms)])
                return [Branch(on_row.add("entry.has_body"), checks=in_text.also(conditions))]

    def _of_people(self, numbers: Sequence[int], on_row: Conditions, conditions: Conditions) -> list[Branch]:
        contacts = contacts_of(self._lookups.persons(numbers), self._location.no)
        is_one = on_row.also(Conditions(["entry.contact = lead.no"]))
        return [Branch(is_one, f"({contacts.sql}) AS lead", tuple(contacts.values), checks=conditions)]

    def _with_titles(self, titles: Sequence[int], on_row: Conditions, conditions: Conditions) -> list[Branch]:
        if conditions.texts and len(titles) > _FREQUENT * self._lookups.sizes().titles:
            has_title = Conditions(["entry.title = ANY (%s::bigint[])"], [list(titles)])
            return self._filters.branches(has_title, conditions)
        lead, is_one = "unnest(%s::bigint[]) AS lead (no)", on_row.also(Conditions(["entry.title = lead.no"]))
        return [Branch(is_one, lead, (list(titles),), checks=conditions)]
