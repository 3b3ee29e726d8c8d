"""Counts of matching entries: from counters where they exist, else to a cap and marked as such."""

from typing import Any, Final

from commlog_tui.contract.query import EntryQuery
from commlog_tui.records.instants import instant
from commlog_tui.store import totals
from commlog_tui.store.location import Location
from commlog_tui.store.postgresql.conditions import Conditions
from commlog_tui.store.postgresql.page_plan import Filters, Plan

_ALL: Final = "SELECT entries AS count, true AS exact FROM head WHERE location = %s"
_DAYS: Final = "SELECT coalesce(sum(entries), 0)::bigint AS count, true AS exact FROM tally WHERE {}"
_FACETS: Final = "SELECT coalesce(sum(entries), 0)::bigint AS count, true AS exact FROM facet WHERE {}"
_REST: Final = """
SELECT CASE WHEN %s {} (SELECT (min(day) + max(day)) / 2 FROM tally WHERE location = %s)
    THEN (SELECT count FROM ({}) AS all_days) - (SELECT count FROM ({}) AS other_days)
    ELSE (SELECT count FROM ({}) AS these_days)
END AS count, true AS exact
"""
"""Of a period with one end, the shorter side is counted; PostgreSQL reads only what a CASE comes to."""
_CAPPED: Final = "SELECT least(count, %s) AS count, count <= %s AS exact FROM ({}) AS counted"
_LESS: Final = """
SELECT sum(count)::bigint, bool_and(exact) FROM (SELECT count, exact FROM ({}) AS everything{}) AS counted
"""
_PARTS: Final = """
SELECT CASE WHEN part.exact THEN days.count + part.count ELSE %s END AS count, part.exact
FROM ({}) AS days CROSS JOIN (
    SELECT sum(count)::bigint AS count, bool_and(count <= %s) AS exact FROM ({}) AS parts
) AS part
"""
_OF_FACETS: Final = frozenset({"via", "source", "status", "kind", "not_via", "not_source", "not_status", "not_kind"})

Statement = tuple[str, list[Any]]


def from_counters(location: Location, query: EntryQuery, filters: Filters) -> Statement | None:
    """Return the statement for an exact total from counters, with its values; None where there are none."""
    given = {name for name in EntryQuery.model_fields if getattr(query, name)}
    if given <= _OF_FACETS:
        return _everything(location, filters)
    period = totals.whole_days(query, location)
    return None if period is None or period[1] else _of_days(location, period[0], filters)


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
    period = totals.whole_days(query, location)
    if period is not None:
        return _with_parts(location, query, filters, *period)
    sql, values = plan.count(totals.CAP + 1)
    return _CAPPED.format(sql), [totals.CAP, totals.CAP, *values]


def _total_of(location: Location, query: EntryQuery) -> Statement:
    filters = Filters(location, query)
    return total(location, query, filters, Plan(filters.branches()))


def _with_parts(
    location: Location, query: EntryQuery, filters: Filters, days: totals.Counters, parts: tuple[totals.Span, ...]
) -> Statement:
    """Return the statement that adds the parts of days around whole ones, counted one by one."""
    sql, values = _of_days(location, days, filters)
    counts, counted = [], list[Any]()
    for since, until in parts:
        part = query.model_copy(update={"since": instant(since), "until": instant(until)})
        count, its_values = Plan(Filters(location, part).branches()).count(totals.CAP + 1)
        counts.append(count)
        counted += its_values
    return _PARTS.format(sql, " UNION ALL ".join(counts)), [totals.CAP, *values, totals.CAP, *counted]


def _everything(location: Location, filters: Filters) -> Statement:
    """Return the statement for all entries that have the channel, source, status and kind."""
    if not filters.facets.texts:
        return _ALL, [location.no]
    found = Conditions().add("location = %s", location.no).also(filters.facets)
    return _FACETS.format(found.sql), found.values


def _of_days(location: Location, days: totals.Counters, filters: Filters) -> Statement:
    sql, values = _sum(location, days.first, days.last, filters)
    if (days.first is None) is (days.last is None):
        return sql, values
    edge, beyond = (days.first, "<") if days.last is None else (days.last, ">")
    everything, all_values = _everything(location, filters)
    rest, rest_values = _sum(location, days.last, days.first, filters)
    statement = _REST.format(beyond, everything, rest, sql)
    return statement, [edge, location.no, *all_values, *rest_values, *values]


def _sum(location: Location, first: int | None, last: int | None, filters: Filters) -> Statement:
    found = Conditions().add("location = %s", location.no)
    if first is not None:
        found.add("day >= %s", first)
    if last is not None:
        found.add("day < %s", last)
    found = found.also(filters.facets)
    return _DAYS.format(found.sql), found.values
