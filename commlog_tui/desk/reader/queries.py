"""The query that a view asks for: its filters, within what it is fixed on."""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from commlog_tui.desk.filters import Filters, chips, query_of

if TYPE_CHECKING:
    from commlog_tui.contract.query import EntryQuery
    from commlog_tui.desk.session import Session


def query_within(fixed: "EntryQuery | None", filters: Filters, zone: ZoneInfo, today: date) -> "EntryQuery":
    """Return the query of the filters within a view's scope. Raises ``FiltersError``."""
    query = query_of(filters, zone, today)
    given = fixed.model_dump(exclude_defaults=True) if fixed is not None else {}
    if "q" in given and query.q:
        given["q"] = f"{given['q']} {query.q}"
    return query.model_copy(update=given)


async def counts_without(
    session: "Session", filters: Filters, today: date, question: "Callable[[Filters], EntryQuery]"
) -> tuple[str, ...]:
    """Return in words how many entries there are without each filter. Raises ``ClientError``."""
    given = chips(filters, today)
    if len(given) < 2:  # noqa: PLR2004 - of one filter there is nothing to tell
        return ()
    words = []
    for chip in given:
        query = question(filters.without(chip.name))
        total = (await session.client.page(session.location, query, limit=1)).total
        if total.count:
            words.append(f"without {chip.words}: {'' if total.exact else 'over '}{total.count:,}")
    return tuple(words)
