"""Counts of matching entries: from counters where they exist, else to a cap and marked as such."""

from typing import Any, Final

from commlog_tui.contract.query import EntryQuery
from commlog_tui.store import totals
from commlog_tui.store.location import Location
from commlog_tui.store.postgresql.conditions import Conditions
from commlog_tui.store.postgresql.page_plan import Filters, Plan

_ALL: Final = "SELECT entries AS count, true AS exact FROM head WHERE location = %s"
_DAYS: Final = "SELECT coalesce(sum(entries), 0)::bigint AS count, true AS exact FROM tally WHERE {}"
_FACETS: Final = "SELECT coalesce(sum(entries), 0)::bigint AS count, true AS exact FROM facet WHERE {}"
_CAPPED: Final = "SELECT least(count, %s) AS count, count <= %s AS exact FROM ({}) AS counted"
_LESS: Final = """
SELECT sum(count)::bigint, bool_and(exact) FROM (SELECT count, exact FROM ({}) AS everything{}) AS counted
"""
_OF_FACETS: Final = frozenset({"via", "source", "status", "kind", "not_via", "not_source", "not_status", "not_kind"})

Statement = tuple[str, list[Any]]


def from_counters(location: Location, query: EntryQuery, filters: Filters) -> Statement | None:
    """Return the statement for an exact total from counters, with its values; None where there are none."""
    of_location = Conditions().add("location = %s", location.no)
    given = {name for name in EntryQuery.model_fields if getattr(query, name)}
    if not given:
        return _ALL, [location.no]
    if given <= _OF_FACETS:
        found = of_location.also(filters.facets)
        return _FACETS.format(found.sql), found.values
    period = totals.whole_days(query, location)
    if period is None or period[1]:  # parts of days are counted one by one
        return None
    counters = period[0]
    if counters.first is not None:
        of_location.add("day >= %s", counters.first)
    if counters.last is not None:
        of_location.add("day < %s", counters.last)
    found = of_location.also(filters.facets)
    return _DAYS.format(found.sql), found.values


def without_excluded(location: Location, query: EntryQuery) -> Statement | None:
    """Return the statement for the total of a query with exclusions: that without them, less what they take away.

    None where nothing can be said before rows are looked at.
    """
    found = totals.taken_away(query, location)
    if found is None:
        return None
    rest, parts = found
    (everything, values), *less = (_total_of(location, one) for one in (rest, *parts))
    parts_sql = "".join(f" UNION ALL SELECT -count, exact FROM ({sql}) AS part" for sql, _ in less)
    return _LESS.format(everything, parts_sql), [*values, *(value for _, part in less for value in part)]


def total(location: Location, query: EntryQuery, filters: Filters, plan: Plan) -> Statement:
    """Return the statement for the total of a query, and whether it is exact, with its values."""
    exact = from_counters(location, query, filters)
    if exact is not None:
        return exact
    sql, values = plan.count(totals.CAP + 1)
    return _CAPPED.format(sql), [totals.CAP, totals.CAP, *values]


def _total_of(location: Location, query: EntryQuery) -> Statement:
    filters = Filters(location, query)
    return total(location, query, filters, Plan(filters.branches()))
