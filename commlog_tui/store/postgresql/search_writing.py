"""Writes the dictionaries that a search looks in."""

from collections.abc import Collection
from typing import Any, Final

from commlog_tui.store.location import Location
from commlog_tui.store.postgresql.database import View
from commlog_tui.store.postgresql.search_rows import SearchRows

_TITLE: Final = """
INSERT INTO title (location, no, folded) SELECT %s, * FROM unnest(%b::bigint[], %b::text[])
ON CONFLICT (location, no) DO NOTHING
"""
_RECIPIENT: Final = """
INSERT INTO recipient (location, address, haystack) SELECT %s, * FROM unnest(%b::text[], %b::text[])
ON CONFLICT (location, address) DO NOTHING
"""
_BODY: Final = """
INSERT INTO body (location, seq, words)
SELECT %s, seq, words::tsvector FROM unnest(%b::bigint[], %b::text[]) AS new (seq, words)
"""
_NO_BODY: Final = "DELETE FROM body WHERE location = %s AND seq = ANY(%b::bigint[])"
_NO_TITLE: Final = """
DELETE FROM title WHERE location = %s AND no = ANY(%b::bigint[])
AND NOT EXISTS (SELECT 1 FROM entry WHERE entry.location = %s AND entry.title = title.no)
"""
_NO_RECIPIENT: Final = """
DELETE FROM recipient WHERE location = %s AND address = ANY(%b::text[]) AND NOT EXISTS (
    SELECT 1 FROM entry WHERE entry.location = %s AND entry.address = recipient.address AND entry.customer IS NULL
)
"""


async def write_search(view: View, location: Location, rows: SearchRows, changed: Collection[int]) -> None:
    """Send the statements, within a pipeline and behind those of the entries.

    What is known of ``changed`` entries is written anew, and what only they had is deleted.
    """
    no = location.no

    async def insert(statement: str, new: dict[Any, str]) -> None:
        if new:
            await view.send(statement, (no, *map(list, zip(*sorted(new.items()), strict=True))))

    await insert(_TITLE, rows.titles)
    await insert(_RECIPIENT, rows.recipients)
    if changed:
        await view.send(_NO_BODY, (no, sorted(changed)))
    await insert(_BODY, {seq: words for seq, words in rows.texts.items() if words})
    if rows.left_titles:
        await view.send(_NO_TITLE, (no, sorted(rows.left_titles), no))
    if rows.left_recipients:
        await view.send(_NO_RECIPIENT, (no, sorted(rows.left_recipients), no))
