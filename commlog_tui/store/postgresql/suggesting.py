"""Queries to offer where nothing matches: with words of names and titles at one edit of those that were typed."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from commlog_tui.contract.search_terms import Term, text_words
from commlog_tui.store.location import Location
from commlog_tui.store.postgresql.connection import Row
from commlog_tui.store.postgresql.database import Database, View
from commlog_tui.store.search.spelling import (
    MOST_SUGGESTIONS,
    Neighborhood,
    is_remembered,
    nearest,
    replaced_words,
)

_MOST_TRIED: Final = 12
_MOST_LOOKED_AT: Final = 500
_TITLES: Final = "(SELECT folded FROM title WHERE location = %s AND folded LIKE ANY (%s::text[]) LIMIT %s)"
_NEAR: Final = f"""
(SELECT haystack FROM customer WHERE location = %s AND id = ANY (ARRAY(
    SELECT customer FROM unnest(%s::text[]) AS part
    CROSS JOIN LATERAL people_with(jsonb_build_array(jsonb_build_array(part)), %s::integer) WHERE customer IS NOT NULL
))) UNION ALL {_TITLES}
"""
_NEAR_ON_CLUSTER: Final = f"""
(SELECT haystack FROM customer WHERE location = %s AND haystack LIKE ANY (%s::text[]) LIMIT %s) UNION ALL {_TITLES}
"""


async def suggested(
    database: Database, location: Location, terms: Sequence[Term], finds: Callable[[str], Awaitable[bool]]
) -> tuple[str, ...]:
    """Return similar queries that find something, one word replaced, or all that have a neighbor."""
    near = {at: await _near(database, location, term.needles[0]) for at, term in enumerate(terms)}
    known = {at: words for at, words in near.items() if words}
    words = [term.text for term in terms]
    tried = [query for at, choices in known.items() for query in replaced_words(words, {at: choices})]
    if len(known) > 1:
        tried += replaced_words(words, known)
    found: list[str] = []
    for query in tried[:_MOST_TRIED]:
        if query not in found and await finds(query):
            found.append(query)
    return tuple(found[:MOST_SUGGESTIONS])


async def _near(database: Database, location: Location, word: str) -> list[str]:
    """Return words of names and titles at one edit, the most similar first."""
    where = Neighborhood.of(word)
    if where is None or not word.isalnum():
        return []
    begins, ends = where.begins, where.ends_reversed[::-1]
    starts = [f"{begins}%", f"% {begins}%", f"%\n{begins}%"]
    patterns = [*starts, f"%{ends}", f"%{ends} %", f"%{ends}\n%", f"%{where.swapped}%"]
    no = location.no
    values = (no, patterns, _MOST_LOOKED_AT, no, patterns, _MOST_LOOKED_AT)

    async def find(view: View) -> list[Row]:
        return await view.rows(_NEAR_ON_CLUSTER if view.connection.is_distributed else _NEAR, values)

    lines = {line for (text,) in await database.once(find, location) for line in text.split("\n")}
    words = {one for line in lines if "@" not in line for one in text_words(line) if is_remembered(one)}
    return nearest(word, words)
