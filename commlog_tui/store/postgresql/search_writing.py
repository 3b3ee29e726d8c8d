"""Writes the dictionaries that a search looks in."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from commlog_tui.store.location import Location
from commlog_tui.store.postgresql.search_rows import SearchRows
from commlog_tui.store.postgresql.writing import Writing

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
_NO_CONTACT: Final = """
DELETE FROM contact WHERE location = %s AND no = ANY(%b::bigint[]) AND customer = ''
AND NOT EXISTS (SELECT 1 FROM entry WHERE entry.location = %s AND entry.contact = contact.no)
"""
_NO_RECIPIENT: Final = f"""
WITH gone AS ({_NO_CONTACT} RETURNING address)
DELETE FROM recipient USING gone WHERE recipient.location = %s AND recipient.address = gone.address
"""


def write_search(writing: Writing, location: Location, rows: SearchRows, changed: Collection[int]) -> None:
    """Add the statements to those that write the entries.

    What is known of ``changed`` entries is written anew, and what only they had is deleted.
    """
    no = location.no
    for statement, new in ((_TITLE, rows.titles), (_RECIPIENT, rows.recipients)):
        writing.insert(statement, *_columns(new))
    texts = _columns({seq: words for seq, words in rows.texts.items() if words})
    if changed:
        writing.after(_NO_BODY, (no, sorted(changed)))
        if texts:
            writing.after(_BODY, (no, *texts))
    else:
        writing.insert(_BODY, *texts)
    if rows.left_titles:
        writing.after(_NO_TITLE, (no, sorted(rows.left_titles), no))
    if rows.left_contacts:
        writing.after(_NO_RECIPIENT, (no, sorted(rows.left_contacts), no, no))


def _columns(new: Mapping[Any, str]) -> list[list[Any]]:
    """Return keys and values, in the order of the keys; nothing for no rows."""
    return [list(column) for column in zip(*sorted(new.items()), strict=True)]
