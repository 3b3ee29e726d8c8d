"""Which indexes a page is walked by: every branch is led by one and limited, newest or oldest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from commlog_tui.contract.addresses import match_form
from commlog_tui.contract.query import EntryQuery
from commlog_tui.records.instants import micros
from commlog_tui.store.location import Location
from commlog_tui.store.paging import Position
from commlog_tui.store.postgresql.conditions import Conditions

_MOST_CONTACTS: Final = 100
_FACETS: Final = "(SELECT no FROM facet WHERE {}) AS lead"
_CONTACTS: Final = """
(
    SELECT address FROM contact WHERE location = %s AND customer = ANY (%s::text[])
    GROUP BY address ORDER BY max(last_seen) DESC LIMIT %s
) AS lead
"""


@dataclass(frozen=True, slots=True)
class Branch:
    """One walk of an index for each row that leads it; without such rows, one walk."""

    conditions: Conditions
    lead: str = ""
    """A table expression named ``lead``."""
    lead_values: tuple[Any, ...] = ()
    rows: str = "entry"
    """The table to walk, or an expression named ``entry`` of rows that are gathered, whose values come first."""
    rows_values: tuple[Any, ...] = ()


class Plan:
    """The branches of a query at one location."""

    def __init__(self, branches: Sequence[Branch], *, may_overlap: bool = False) -> None:
        """Unless branches ``may_overlap``, every entry that matches is in exactly one."""
        self._branches = branches
        self._union = " UNION " if may_overlap else " UNION ALL "

    def walk(self, limit: int, *, rising: bool = False, behind: Position | None = None) -> tuple[str, list[Any]]:
        """Return the statement for the positions of so many entries, and its values."""
        order = "ASC" if rising else "DESC"
        end = f"ORDER BY sent_at {order}, seq {order} LIMIT %s"
        beyond = Conditions()
        if behind is not None:
            beyond.add(f"(entry.sent_at, entry.seq) {'>' if rising else '<'} (%s, %s)", *behind)
        sql, values = self._parts(beyond, end, limit)
        if len(self._branches) == 1 and not self._branches[0].lead:
            return sql, values
        return f"SELECT sent_at, seq FROM ({sql}) AS walks {end}", [*values, limit]

    def count(self, most: int) -> tuple[str, list[Any]]:
        """Return the statement that counts to a limit, and its values."""
        sql, values = self._parts(Conditions(), "LIMIT %s", most)
        return f"SELECT count(*) AS count FROM (SELECT 1 FROM ({sql}) AS walks LIMIT %s) AS rows", [*values, most]

    def _parts(self, beyond: Conditions, end: str, limit: int) -> tuple[str, list[Any]]:
        parts, values = [], list[Any]()
        for branch in self._branches:
            conditions = branch.conditions.also(beyond)
            part = f"SELECT entry.sent_at, entry.seq FROM {branch.rows} WHERE {conditions.sql} {end}"
            if branch.lead:
                part = f"SELECT walk.* FROM {branch.lead} CROSS JOIN LATERAL ({part}) AS walk"
            parts.append(f"({part})" if len(self._branches) > 1 else part)
            values += [*branch.lead_values, *branch.rows_values, *conditions.values, limit]
        return self._union.join(parts), values


class Filters:
    """The filters of a query other than its text, as conditions on an entry."""

    def __init__(self, location: Location, query: EntryQuery, customers: Sequence[str] = ()) -> None:
        """Set the filters; ``customers`` are all ids of the query's customer, where there are several."""
        self._location = location
        named = () if query.customer_id is None else (query.customer_id,)
        self._customers = list(customers or named)
        self.facets: Final = _facets(query)
        """Those by channel, source, status and kind, which counters exist for."""
        self._common = Conditions().add("entry.location = %s", location.no)
        if query.since is not None:
            self._common.add("entry.sent_at >= %s", micros(query.since))
        if query.until is not None:
            self._common.add("entry.sent_at < %s", micros(query.until))
        self._rest = Conditions()
        if query.to is not None:
            self._rest.add("entry.address = %s", match_form(query.to, location.region) or query.to)
        if query.reference is not None:
            self._rest.add("entry.reference = %s", query.reference)

    def branches(self, also: Conditions | None = None) -> list[Branch]:
        """Return the walks of what the filters leave, and of it what meets further conditions."""
        common = self._common.also(also or Conditions())
        if self._customers:
            return self._by_customer(common.also(self._rest).also(self.facets))
        if self._rest.texts:
            return [Branch(common.also(self._rest).also(self.facets))]
        if self.facets.texts:
            lead = Conditions().add("location = %s", self._location.no).add("entries > 0").also(self.facets)
            return [
                Branch(common.also(Conditions(["entry.facet = lead.no"])), _FACETS.format(lead.sql), (*lead.values,))
            ]
        return [Branch(common)]

    def on_row(self) -> Conditions:
        """Return all filters as conditions on a row that another index leads to."""
        found = self._common.also(self._rest).also(self.facets)
        if self._customers:
            values = self._customers, self._location.no, self._customers, _MOST_CONTACTS
            known = f"SELECT address FROM {_CONTACTS}"
            found.add(f"(entry.customer = ANY (%s::text[]) OR entry.address IN ({known}))", *values)
        return found

    def _by_customer(self, conditions: Conditions) -> list[Branch]:
        """Return what names the customer, and what went to an address known for them."""
        ids = self._customers
        known = Conditions(["entry.address = lead.address"])
        known.add("(entry.customer IS NULL OR entry.customer <> ALL (%s::text[]))", ids)
        contacts = Branch(conditions.also(known), _CONTACTS, (self._location.no, ids, _MOST_CONTACTS))
        if len(ids) == 1:
            return [Branch(conditions.also(Conditions().add("entry.customer = %s", ids[0]))), contacts]
        named = Conditions(["entry.customer = lead.id"])
        return [Branch(conditions.also(named), "unnest(%s::text[]) AS lead (id)", (ids,)), contacts]


def _facets(query: EntryQuery) -> Conditions:
    """Return the conditions on channel, source, status and kind, of an entry or a facet."""
    found = Conditions()
    for name, values in (("via", query.via), ("status", tuple(status.value for status in query.status))):
        if values:
            found.add(f"{name} = ANY (%s::text[])", list(dict.fromkeys(values)))
    if query.source is not None:
        found.add("source = %s", query.source.value)
    if query.kind is not None:
        found.add("message_kind = %s", query.kind)
    return found
