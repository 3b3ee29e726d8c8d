"""Which indexes a page is walked by: every branch is led by one and limited, newest or oldest first."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from commlog_tui.contract.addresses import match_form
from commlog_tui.contract.query import EntryQuery
from commlog_tui.contract.search_terms import folded_code
from commlog_tui.records.instants import micros
from commlog_tui.store.location import Location
from commlog_tui.store.paging import Position
from commlog_tui.store.postgresql.conditions import Conditions
from commlog_tui.store.postgresql.numbers import number_of

_MOST_CONTACTS: Final = 100
GATHERED: Final = "(SELECT * FROM entry WHERE location = %s AND {} OFFSET 0) AS entry"
"""Rows to be sorted. ``OFFSET 0`` keeps the planner from walking another index in the hope of a few matches."""
_FACETS: Final = "(SELECT no FROM facet WHERE {}) AS lead"
_STRETCH: Final = 500
_DENSE: Final = 8
_NEAR: Final = """
WITH near AS MATERIALIZED (
    SELECT sent_at, seq FROM (
        SELECT entry.sent_at, entry.seq, entry.facet FROM entry WHERE {common} AND (
            SELECT sum(entries) * %s > (SELECT entries FROM head WHERE location = %s) FROM facet WHERE {facets}
        ) {end}
    ) AS stretch WHERE facet = ANY (ARRAY(SELECT no FROM facet WHERE {facets}))
)
SELECT sent_at, seq FROM near WHERE (SELECT count(*) FROM near) >= %s
UNION ALL SELECT sent_at, seq FROM ({merged}) AS merged WHERE (SELECT count(*) FROM near) < %s
"""
"""Where every eighth entry or more has the facets, a page of them is mostly among the next 500 entries, which
are read faster than 50 of each of a hundred facets; where it is not, PostgreSQL merges those as it does else."""
_TO: Final = "SELECT no FROM contact WHERE location = %s AND address = %s"
_OF_CUSTOMER: Final = """
SELECT no FROM contact WHERE location = %s AND customer = ANY (%s::text[]) UNION SELECT other.no FROM (
    SELECT address FROM contact WHERE location = %s AND customer = ANY (%s::text[]) AND shown <> ''
    GROUP BY address ORDER BY max(last_seen) DESC LIMIT %s
) AS known JOIN contact AS other ON other.location = %s AND other.address = known.address
"""
"""Those that entries name the customer with, and those of all entries to an address known for them."""


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
    facets: Conditions | None = None
    """Of a walk by facets: what they must meet, their location first; then ``common`` is set."""
    common: Conditions = field(default_factory=Conditions)
    """What else entries must meet."""
    checks: Conditions = field(default_factory=Conditions)
    """What is looked up for each entry that meets all of that."""


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
        by_index = f"ORDER BY entry.sent_at {order} FETCH FIRST %s ROWS WITH TIES"
        sql, values = self._parts(beyond, by_index, limit)
        (first, *others) = self._branches
        if first.facets is not None and not others:
            sql, values = _near(
                first.facets, first.common.also(first.checks).also(beyond), by_index, limit, (sql, values)
            )
        return f"SELECT sent_at, seq FROM ({sql}) AS walks {end}", [*values, limit]

    def count(self, most: int) -> tuple[str, list[Any]]:
        """Return the statement that counts to a limit, and its values."""
        sql, values = self._parts(Conditions(), "LIMIT %s", most)
        return f"SELECT count(*) AS count FROM (SELECT 1 FROM ({sql}) AS walks LIMIT %s) AS rows", [*values, most]

    def count_looked(self, most: int, looks: int) -> tuple[str, list[Any]]:
        """Return the statement that counts to a limit, and whether there may be more, with its values.

        Of entries for which something is looked up it looks at so many, the newest of each walk.
        """
        looked, limited, values = [], [], list[Any]()
        for no, branch in enumerate(self._branches):
            limit = looks if branch.checks.texts else most
            order = "ORDER BY entry.sent_at DESC " if branch.rows == "entry" else ""
            part = f"SELECT entry.* FROM {branch.rows} WHERE {branch.conditions.sql} {order}LIMIT %s"
            if branch.lead:
                part = f"SELECT walk.* FROM {branch.lead} CROSS JOIN LATERAL ({part}) AS walk LIMIT %s"
            looked.append(
                f"looked{no} AS MATERIALIZED (SELECT seq, {branch.checks.sql} AS holds FROM ({part}) AS entry)"
            )
            limited.append(f"(SELECT count(*) FROM looked{no}) >= {limit}")
            values += [
                *branch.checks.values,
                *branch.lead_values,
                *branch.rows_values,
                *branch.conditions.values,
                limit,
            ]
            values += [limit] if branch.lead else []
        found = self._union.join(f"SELECT seq FROM looked{no} WHERE holds" for no in range(len(looked)))
        sql = f"WITH {', '.join(looked)} SELECT (SELECT count(*) FROM ({found}) AS found), {' OR '.join(limited)}"
        return sql, values

    def _parts(self, beyond: Conditions, end: str, limit: int) -> tuple[str, list[Any]]:
        parts, values = [], list[Any]()
        for branch in self._branches:
            conditions = branch.conditions.also(branch.checks).also(beyond)
            part = f"SELECT entry.sent_at, entry.seq FROM {branch.rows} WHERE {conditions.sql} {end}"
            if branch.lead:
                part = f"SELECT walk.* FROM {branch.lead} CROSS JOIN LATERAL ({part}) AS walk"
            parts.append(f"({part})" if len(self._branches) > 1 else part)
            values += [*branch.lead_values, *branch.rows_values, *conditions.values, limit]
        return self._union.join(parts), values


def _near(
    facets: Conditions, common: Conditions, end: str, limit: int, merged: tuple[str, list[Any]]
) -> tuple[str, list[Any]]:
    """Return the walk by facets that looks at the next entries first, where most have the facets."""
    sql = _NEAR.format(common=common.sql, facets=facets.sql, end=end, merged=merged[0])
    near = [*common.values, _DENSE, facets.values[0], *facets.values, _STRETCH, *facets.values]
    return sql, [*near, limit, *merged[1], limit]


class Filters:
    """The filters of a query other than its text, as conditions on an entry."""

    def __init__(self, location: Location, query: EntryQuery, customers: Sequence[str] = ()) -> None:
        """Set the filters; ``customers`` are all ids of the query's customer, where there are several."""
        self._location = location
        named = () if query.customer_id is None else (query.customer_id,)
        self._contacts = self._named(query, list(customers or named))
        self.facets: Final = _facets(query)
        """Those by channel, source, status and kind, which counters exist for."""
        self._common = Conditions().add("entry.location = %s", location.no)
        if query.since is not None:
            self._common.add("entry.sent_at >= %s", micros(query.since))
        if query.until is not None:
            self._common.add("entry.sent_at < %s", micros(query.until))
        self._reference = query.reference
        self._whole = Conditions()
        """Those on a whole title and code."""
        self._code = None if query.code is None else folded_code(query.code)
        if query.title is not None:
            self._whole.add("entry.title = %s", number_of(location.no, folded_code(query.title)))
        if self._code is not None:
            self._whole.add("entry.code = %s", self._code)
        self._common = self._common.also(_excluded(location, query))

    def branches(self, also: Conditions | None = None, checks: Conditions | None = None) -> list[Branch]:
        """Return the walks of what the filters leave, and of it what meets further conditions and checks."""
        return [replace(one, checks=checks or Conditions()) for one in self._walks(also or Conditions())]

    def _walks(self, also: Conditions) -> list[Branch]:
        common = self._common.also(self._whole).also(also)
        if self._reference is not None:
            found = common.also(self._facets_on_row()).also(self._contact_on_row())
            rows = GATHERED.format("reference = %s::uuid")
            return [Branch(found, rows=rows, rows_values=(self._location.no, self._reference))]
        if self._contacts is not None:
            sql, values = self._contacts
            found = common.also(self._facets_on_row()).also(Conditions(["entry.contact = lead.no"]))
            return [Branch(found, f"({sql}) AS lead", tuple(values))]
        if self._code is not None:
            rows = GATHERED.format("code = %s")
            return [Branch(common.also(self._facets_on_row()), rows=rows, rows_values=(self._location.no, self._code))]
        if self._whole.texts:
            return [Branch(common.also(self._facets_on_row()))]
        if self.facets.texts:
            lead = Conditions().add("location = %s", self._location.no).add("entries > 0").also(self.facets)
            own = common.also(Conditions(["entry.facet = lead.no"]))
            return [Branch(own, _FACETS.format(lead.sql), (*lead.values,), facets=lead, common=common)]
        return [Branch(common)]

    def on_row(self) -> Conditions:
        """Return all filters as conditions on a row that another index leads to."""
        found = self._common.also(self._whole).also(self._facets_on_row()).also(self._contact_on_row())
        return found if self._reference is None else found.add("entry.reference = %s::uuid", self._reference)

    def _contact_on_row(self) -> Conditions:
        """Return the condition on an entry that it went to one of the contacts that are asked for."""
        if self._contacts is None:
            return Conditions()
        sql, values = self._contacts
        return Conditions([f"entry.contact = ANY (ARRAY({sql}))"], values)

    def _named(self, query: EntryQuery, customers: list[str]) -> tuple[str, list[Any]] | None:
        """Return the statement for the contacts of a customer, or to an address, with its values."""
        no = self._location.no
        of_customer = _OF_CUSTOMER, [no, customers, no, customers, _MOST_CONTACTS, no]
        if query.to is None:
            return of_customer if customers else None
        to = _TO, [no, match_form(query.to, self._location.region) or query.to]
        if not customers:
            return to
        return f"({to[0]}) INTERSECT ({of_customer[0]})", [*to[1], *of_customer[1]]

    def _facets_on_row(self) -> Conditions:
        """Return the condition on an entry that it has the channel, source, status and kind."""
        if not self.facets.texts:
            return Conditions()
        known = Conditions().add("location = %s", self._location.no).also(self.facets)
        return Conditions([f"entry.facet = ANY (ARRAY(SELECT no FROM facet WHERE {known.sql}))"], known.values)


def _excluded(location: Location, query: EntryQuery) -> Conditions:
    """Return what is checked on each row, as no index leads to what is left."""
    found = Conditions()
    for to in query.not_to:
        contacts = location.no, match_form(to, location.region) or to
        found.add(f"coalesce(entry.contact <> ALL (ARRAY({_TO})), true)", *contacts)
    for one in query.not_customer_id:
        no, ids = location.no, [one]
        values = no, ids, no, ids, _MOST_CONTACTS, no
        found.add(f"coalesce(entry.contact <> ALL (ARRAY({_OF_CUSTOMER})), true)", *values)
    if query.not_title:
        titles = [number_of(location.no, folded_code(title)) for title in query.not_title]
        found.add("coalesce(entry.title <> ALL (%s::bigint[]), true)", titles)
    if query.not_code:
        found.add("coalesce(entry.code <> ALL (%s::text[]), true)", [folded_code(code) for code in query.not_code])
    if query.not_reference:
        found.add("coalesce(entry.reference <> ALL (%s::uuid[]), true)", list(query.not_reference))
    for day in query.not_day:
        found.add("NOT (entry.sent_at >= %s AND entry.sent_at < %s)", *location.span_of(day))
    return found


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
    for name, values in (
        ("via", query.not_via),
        ("status", tuple(status.value for status in query.not_status)),
        ("source", tuple(source.value for source in query.not_source)),
        ("message_kind", query.not_kind),
    ):
        if values:
            found.add(f"{name} <> ALL (%s::text[])", list(values))
    return found
