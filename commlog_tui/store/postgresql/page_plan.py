"""Which indexes a page is walked by: every branch is led by one and limited, newest or oldest first."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Self

from commlog_tui.contract.addresses import match_form
from commlog_tui.contract.query import EntryQuery
from commlog_tui.records.instants import micros
from commlog_tui.store.location import Location
from commlog_tui.store.paging import Position

_MOST_CONTACTS: Final = 100
Value = str | int | list[str]
_FACETS: Final = "(SELECT via, source, status FROM facet WHERE {}) AS lead"
_LED_BY_FACET: Final = "entry.via = lead.via AND entry.source = lead.source AND entry.status = lead.status"
_CONTACTS: Final = """
(SELECT address FROM contact WHERE location = %s AND customer = %s ORDER BY last_seen DESC LIMIT %s) AS lead
"""


@dataclass(slots=True)
class Conditions:
    """Conditions that must all hold, with their values in order."""

    texts: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)

    def add(self, text: str, *values: Value) -> Self:
        """Add a condition."""
        self.texts.append(text)
        self.values += values
        return self

    def also(self, other: "Conditions") -> "Conditions":
        """Return these conditions and others."""
        return Conditions([*self.texts, *other.texts], [*self.values, *other.values])

    @property
    def sql(self) -> str:
        """The conditions as one."""
        return " AND ".join(self.texts) or "true"


@dataclass(frozen=True, slots=True)
class Branch:
    """One walk of an index for each row that leads it; without such rows, one walk."""

    conditions: Conditions
    lead: str = ""
    """A table expression named ``lead``."""
    lead_values: tuple[Any, ...] = ()


class Plan:
    """The branches of a query at one location; every entry that matches is in exactly one."""

    def __init__(self, location: Location, query: EntryQuery) -> None:
        self._location = location
        self._query = query
        self.facets: Final = _facets(query)
        """Filters by channel, source and status, which counters exist for."""
        self._branches = self._plan()

    def walk(self, limit: int, *, rising: bool = False, behind: Position | None = None) -> tuple[str, list[Any]]:
        """Return the statement for the positions of so many entries, and its values."""
        order = "ASC" if rising else "DESC"
        end = f"ORDER BY sent_at {order}, seq {order} LIMIT %s"
        beyond = Conditions()
        if behind is not None:
            beyond.add(f"(entry.sent_at, entry.seq) {'>' if rising else '<'} (%s, %s)", *behind)
        sql, values = self._union("entry.sent_at, entry.seq", beyond, end, limit)
        return (
            (f"SELECT sent_at, seq FROM ({sql}) AS walks {end}", [*values, limit]) if self._is_merged else (sql, values)
        )

    def count(self, most: int) -> tuple[str, list[Any]]:
        """Return the statement that counts to a limit, and its values."""
        sql, values = self._union("entry.seq", Conditions(), "LIMIT %s", most)
        return f"SELECT count(*) AS count FROM (SELECT 1 FROM ({sql}) AS walks LIMIT %s) AS rows", [*values, most]

    @property
    def _is_merged(self) -> bool:
        return len(self._branches) > 1 or any(branch.lead for branch in self._branches)

    def _union(self, columns: str, beyond: Conditions, end: str, limit: int) -> tuple[str, list[Any]]:
        parts, values = [], list[Any]()
        for branch in self._branches:
            conditions = branch.conditions.also(beyond)
            part = f"SELECT {columns} FROM entry WHERE {conditions.sql} {end}"
            if branch.lead:
                part = f"SELECT walk.* FROM {branch.lead} CROSS JOIN LATERAL ({part}) AS walk"
            parts.append(f"({part})" if len(self._branches) > 1 else part)
            values += [*branch.lead_values, *conditions.values, limit]
        return " UNION ALL ".join(parts), values

    def _plan(self) -> list[Branch]:
        query, location = self._query, self._location
        common = Conditions().add("entry.location = %s", location.no)
        if query.since is not None:
            common.add("entry.sent_at >= %s", micros(query.since))
        if query.until is not None:
            common.add("entry.sent_at < %s", micros(query.until))
        rest = Conditions()
        if query.to is not None:
            rest.add("entry.address = %s", match_form(query.to, location.region) or query.to)
        if query.reference is not None:
            rest.add("entry.reference = %s", query.reference)
        if query.customer_id is not None:
            return self._by_customer(query.customer_id, common.also(rest).also(self.facets))
        if rest.texts:
            return [Branch(common.also(rest).also(self.facets))]
        if self.facets.texts:
            lead = Conditions().add("location = %s", location.no).add("entries > 0").also(self.facets)
            return [Branch(common.also(Conditions([_LED_BY_FACET])), _FACETS.format(lead.sql), tuple(lead.values))]
        return [Branch(common)]

    def _by_customer(self, customer: str, conditions: Conditions) -> list[Branch]:
        """Return what names the customer, and what went to an address known for them."""
        named = Conditions().add("entry.customer = %s", customer)
        known = Conditions(["entry.address = lead.address"]).add("entry.customer IS DISTINCT FROM %s", customer)
        contacts = (self._location.no, customer, _MOST_CONTACTS)
        return [Branch(conditions.also(named)), Branch(conditions.also(known), _CONTACTS, contacts)]


def _facets(query: EntryQuery) -> Conditions:
    """Return the conditions on channel, source and status."""
    found = Conditions()
    for name, values in (("via", query.via), ("status", tuple(status.value for status in query.status))):
        if values:
            found.add(f"{name} = ANY (%s::text[])", _distinct(values))
    if query.source is not None:
        found.add("source = %s", query.source.value)
    return found


def _distinct(values: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(values))
