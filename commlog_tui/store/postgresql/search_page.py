"""A page of search results: its rows within a time limit, why they matched, a count, and suggestions."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from psycopg import errors

from commlog_tui.contract.addresses import match_form
from commlog_tui.contract.query import PageRequest
from commlog_tui.contract.search_terms import Term, parse
from commlog_tui.records.rows import EntryRow
from commlog_tui.store import totals
from commlog_tui.store.location import Location
from commlog_tui.store.paging import Position
from commlog_tui.store.postgresql.conditions import Conditions
from commlog_tui.store.postgresql.connection import Row
from commlog_tui.store.postgresql.database import Database, View
from commlog_tui.store.postgresql.page_plan import Filters, Plan
from commlog_tui.store.postgresql.search_plan import Search
from commlog_tui.store.postgresql.suggesting import suggested
from commlog_tui.store.postgresql.totals import from_counters, without_excluded
from commlog_tui.store.rows import TotalRow
from commlog_tui.store.search.explaining import KnownPerson, explain

CAP: Final = 1_000
"""How many matches are counted."""
MILLISECONDS: Final = 150
"""How long a walk may take before a piece of the log is looked at."""
COUNT_MILLISECONDS: Final = 50
"""How long matches are counted."""
LOOKS: Final = 500
"""Entries that are looked at to count matches, where the walk has others, too."""
PIECE: Final = 20_000
"""Entries that are looked at one by one."""
_IN_ORDER: Final = """
SELECT set_config('statement_timeout', %s, true), set_config('enable_bitmapscan', 'off', true),
set_config('enable_sort', 'off', true)
"""
"""PostgreSQL cannot know how many rows meet the conditions of a search, and would collect and sort them all."""
_END: Final = """
SELECT sent_at FROM entry WHERE location = %s AND sent_at {} %s ORDER BY sent_at {}, seq {} LIMIT 1 OFFSET %s
"""
_PEOPLE: Final = """
SELECT id, NULL, name, haystack, ARRAY(
    SELECT shown FROM contact WHERE contact.location = customer.location AND contact.customer = customer.id
    AND shown <> '' ORDER BY last_seen DESC, address LIMIT 200
) FROM customer WHERE location = %s AND id = ANY (%s::text[])
UNION ALL
SELECT NULL, address, NULL, haystack, ARRAY[]::text[] FROM recipient WHERE location = %s AND address = ANY (%s::text[])
"""
_NEWEST: Final = (1 << 63) - 1
Statement = tuple[str, Sequence[Any]]


class SearchPage:
    """The search of a page request at one location."""

    def __init__(
        self,
        database: Database,
        location: Location,
        request: PageRequest,
        terms: Sequence[Term],
        customers: Sequence[str] = (),
    ) -> None:
        """Set what to search for; ``customers`` are all ids of the request's customer."""
        self._database = database
        self._customers = customers
        self._location = location
        self._request = request
        self.terms = terms
        self.looked_to: Position | None = None
        """Where the last walk stopped, if its time was over."""
        self._plan: Plan | None = None
        self._filters = Filters(location, request, customers)
        self._conditions = Conditions()

    async def prepare(self) -> None:
        """Look the terms up and plan the walks."""
        self._plan, search = await self._planned(self._request, self.terms)
        self._conditions = search.conditions

    async def rows(self, statement: str, order: str, limit: int, most: int, behind: Position | None) -> list[Row]:
        """Return rows of the statement around a walk, newest or oldest first; fewer where the time is over."""
        self.looked_to = None
        if self._plan is None:
            return []
        rising = order == "ASC"

        def around(plan: Plan) -> Statement:
            walk, walked = plan.walk(limit + 1, rising=rising, behind=behind)
            return statement.format(walk=walk, order=order), (limit, most, *walked, self._location.no)

        found = await self._in_time(*around(self._plan))
        if found is not None:
            return found
        end = await self._end_of_piece(behind, rising=rising)
        until = Conditions() if end is None else Conditions([f"entry.sent_at {'<=' if rising else '>='} %s"], [end[0]])
        piece = Plan(self._filters.branches(self._conditions.also(until)))
        found = await self._database.rows(*around(piece), self._location)
        if end is not None and len(found) <= limit:
            self.looked_to = end
        return found

    async def has_newer(self, behind: Position) -> bool:
        """Whether there are newer matches than a position."""
        if self._plan is None:
            return False
        found = await self._in_time(*self._plan.walk(1, rising=True, behind=behind))
        return found is None or bool(found)

    async def total(self, known: int) -> TotalRow:
        """Return how many entries match, counted no further than is cheap; at least so many are known."""
        most = min(CAP, totals.CAP)
        if self._plan is None:
            return TotalRow(0, exact=True)
        less = without_excluded(self._location, self._request)
        if less is not None:
            found = await self._in_time(*less, milliseconds=COUNT_MILLISECONDS)
            if found is not None and found[0][1]:
                return TotalRow(int(found[0][0]), exact=True)
        counted = await self._in_time(*self._plan.count_looked(most + 1, LOOKS), milliseconds=COUNT_MILLISECONDS)
        if counted is None:
            return TotalRow(min(known, most), exact=False)
        ((count, is_limited),) = counted
        if count <= most and not is_limited:
            return TotalRow(int(count), exact=True)
        return TotalRow(max(min(int(count), most), known), exact=False)

    async def explained(self, entries: Sequence[EntryRow]) -> tuple[EntryRow, ...]:
        """Return entries with why they matched."""
        asked: set[int] = set()

        def why(entry: EntryRow, people: dict[tuple[str | None, str | None], KnownPerson] | None) -> EntryRow:
            def person() -> KnownPerson:
                asked.add(entry.seq)
                return KnownPerson() if people is None else people.get(self._person(entry), KnownPerson())

            return msgspec.structs.replace(entry, matched=explain(self.terms, entry, person, self._location.region))

        first = {entry.seq: why(entry, None) for entry in entries}
        if asked:
            known = await self._people([entry for entry in entries if entry.seq in asked])
            first |= {entry.seq: why(entry, known) for entry in entries if entry.seq in asked}
        return tuple(first[entry.seq] for entry in entries)

    async def suggestions(self) -> tuple[str, ...]:
        """Return similar queries that find something: one letter differs in words that nothing has."""
        return await suggested(self._database, self._location, self.terms, self._finds)

    async def _finds(self, query: str) -> bool:
        plan, _ = await self._planned(self._request, parse(query, self._location.region))
        return plan is not None and bool(await self._in_time(*plan.walk(1)))

    async def _planned(self, request: PageRequest, terms: Sequence[Term]) -> tuple[Plan | None, Search]:
        filters = Filters(self._location, request, self._customers)
        search = Search(self._location, terms, filters)
        counted = from_counters(self._location, request.model_copy(update={"q": None}), filters)

        async def plan(view: View) -> Plan | None:
            left = None if counted is None else await view.row(*counted)
            return await search.plan(view, request.limit + 1, None if left is None else int(left[0]))

        return await self._database.read(plan, self._location), search

    async def _in_time(
        self, statement: str, values: Sequence[Any], milliseconds: int = MILLISECONDS
    ) -> list[Row] | None:
        """Return the rows of a statement; None where it takes too long."""

        async def read(view: View) -> list[Row] | None:
            try:
                async with view.connection.pipeline():
                    await view.send(_IN_ORDER, (str(milliseconds),))
                    cursor = await view.send(statement, values)
                return await cursor.fetchall()
            except errors.QueryCanceled:
                return None

        return await self._database.read(read, self._location)

    async def _end_of_piece(self, behind: Position | None, *, rising: bool) -> Position | None:
        """Return a position some entries further; None where the log ends before."""
        start = behind[0] if behind is not None else (-1 if rising else _NEWEST)
        sql = _END.format(*((">", "ASC", "ASC") if rising else ("<", "DESC", "DESC")))
        row = await self._database.row(sql, (self._location.no, start, PIECE), self._location)
        return None if row is None else (int(row[0]), _NEWEST if rising else 0)  # all entries of that instant are in it

    async def _people(self, entries: Sequence[EntryRow]) -> dict[tuple[str | None, str | None], KnownPerson]:
        persons = [self._person(entry) for entry in entries]
        customers = [customer for customer, _ in persons if customer is not None]
        addresses = [address for _, address in persons if address is not None]
        no = self._location.no
        rows = await self._database.rows(_PEOPLE, (no, customers, no, addresses), self._location)
        return {
            (customer, address): KnownPerson(tuple(haystack.split("\n")), tuple(contacts), name)
            for customer, address, name, haystack, contacts in rows
        }

    def _person(self, entry: EntryRow) -> tuple[str | None, str | None]:
        if entry.customer is not None:
            return entry.customer.id, None
        return None, match_form(entry.to, self._location.region)
