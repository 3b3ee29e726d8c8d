"""Counts of matching entries: from counters where they exist, else to a cap and marked as such."""

from typing import Any, Final

from commlog_tui.contract.query import EntryQuery
from commlog_tui.store import totals
from commlog_tui.store.location import Location
from commlog_tui.store.postgresql.page_plan import Conditions, Plan

_ALL: Final = "SELECT entries AS count, true AS exact FROM head WHERE location = %s"
_DAYS: Final = "SELECT coalesce(sum(entries), 0)::bigint AS count, true AS exact FROM tally WHERE {}"
_FACETS: Final = "SELECT coalesce(sum(entries), 0)::bigint AS count, true AS exact FROM facet WHERE {}"
_CAPPED: Final = "SELECT least(count, %s) AS count, count <= %s AS exact FROM ({}) AS counted"
_OF_FACETS: Final = frozenset({"via", "source", "status"})


def total(location: Location, query: EntryQuery, plan: Plan) -> tuple[str, list[Any]]:
    """Return the statement for the total of a query, and whether it is exact, with its values."""
    counters = totals.counters_of(query, location)
    of_location = Conditions().add("location = %s", location.no)
    if counters is not None and counters.is_everything:
        return _ALL, [location.no]
    filters = {name for name in EntryQuery.model_fields if getattr(query, name)}
    if filters <= _OF_FACETS:
        found = of_location.also(plan.facets)
        return _FACETS.format(found.sql), found.values
    if counters is not None:
        if counters.first is not None:
            of_location.add("day >= %s", counters.first)
        if counters.last is not None:
            of_location.add("day < %s", counters.last)
        found = of_location.also(plan.facets)
        return _DAYS.format(found.sql), found.values
    sql, values = plan.count(totals.CAP + 1)
    return _CAPPED.format(sql), [totals.CAP, totals.CAP, *values]
