"""Compares the projections row by row with a rebuilt copy."""

from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import apsw

from commlog_tui.store.errors import StoreUnavailableError
from commlog_tui.store.sqlite.connection import connect, number, plain_errors
from commlog_tui.store.sqlite.copying import copy
from commlog_tui.store.sqlite.delivery_schema import DELIVERY_NAMES
from commlog_tui.store.sqlite.entry_schema import SEARCH_NAMES
from commlog_tui.store.sqlite.overview_schema import OVERVIEW_NAMES
from commlog_tui.store.sqlite.rebuild import rebuild
from commlog_tui.store.sqlite.schema import PROJECTION_LAYOUT
from commlog_tui.store.sqlite.schema_check import layout_of

_WORDS = {
    "entry": "the entries as they are shown",
    "facet": "the counts by channel, source, kind and status",
    "tally": "the counts by day and channel",
    "statistic": "the statistics",
    "worklist": "the list of what did not arrive",
    "person": "the directory's people",
    "title": "the titles",
    "body": "the words of texts",
    "word": "the words that are suggested",
    "contact": "the directory's addresses and numbers",
    "message": "the index of messages",
    "unmatched_event": "the list of events without an entry",
    "reported_hour": "the hours in which webhooks reported",
    "run": "the workflow runs",
    "resolution": "the resolutions",
    "node": "the tree over the records",
    "head": "the log's end",
    "customer_note": "what is recorded about customers",
    "resend": "the messages that were sent again",
    "alias_search": "the search index of people",
    "title_search": "the search index of titles",
    "body_search": "the search index of texts",
}
COMPARED: Final[Mapping[str, str]] = {
    "entry": """
    SELECT entry.pk, entry.sent_at, facet.via, source, kind, status, person.key, address, title.text, code, reference,
    has_body, corrected, starts_at FROM {0}.entry LEFT JOIN {0}.facet
    ON facet.location = entry.location AND facet.no = entry.facet
    LEFT JOIN {0}.contact ON contact.no = entry.location << 40 | entry.contact
    LEFT JOIN {0}.person ON person.no = entry.location << 40 | contact.person
    LEFT JOIN {0}.title ON title.no = entry.location << 40 | entry.title
    """,
    "facet": "SELECT location, via, source, kind, status, rank, entries FROM {0}.facet WHERE entries <> 0",
    "person": "SELECT location, key, customer, name, seen_at, haystack, is_wide FROM {0}.person",
    "contact": """
    SELECT contact.location, key, address, shown, contact.seen_at FROM {0}.contact
    LEFT JOIN {0}.person ON person.no = contact.location << 40 | contact.person
    """,
    "title": "SELECT location, text, haystack FROM {0}.title",
    "body": "SELECT * FROM {0}.body",
    "word": "SELECT * FROM {0}.word",
    "alias_search": """
    SELECT DISTINCT alias.location, key, term FROM {1} LEFT JOIN {0}.alias ON alias.no = doc
    LEFT JOIN {0}.person ON person.no = alias.location << 40 | alias.person WHERE instr(term, char(10)) = 0
    """,
    "title_search": "SELECT location, text, term FROM {1} LEFT JOIN {0}.title ON title.no = doc",
    "body_search": "SELECT doc, term FROM {1}",
    "resend": "SELECT pk, location, record, root, route, state, attempts FROM {0}.resend NOT INDEXED",
    **{table: f"SELECT * FROM {{0}}.{table} NOT INDEXED" for table in ("tally", *OVERVIEW_NAMES, *DELIVERY_NAMES)},
    **{table: f"SELECT * FROM {{0}}.{table} NOT INDEXED" for table in ("node", "head", "customer_note")},
}
"""What is compared of each projection, given the schema and a view of a search index.

Numbers of people, titles and facets are replaced by what they stand for, as they depend on what has
been redacted since.
"""


def view_terms(connection: apsw.Connection, schema: str) -> dict[str, str]:
    """Make a view of the terms of each search index of a schema; return its name by that of the index."""
    views = {}
    for name in SEARCH_NAMES:
        views[name] = f"temp.{schema}_{name}"
        connection.execute(f"CREATE VIRTUAL TABLE {views[name]} USING fts5vocab('{schema}', '{name}', 'instance')")
    return views


def is_comparable(original: apsw.Connection) -> bool:
    """Whether this version made the projections.

    Those of an earlier one are rebuilt when the log is next opened.

    Raises:
        StoreUnavailableError: a newer version has made them.
    """
    layout = layout_of(original)
    if layout > PROJECTION_LAYOUT:
        raise StoreUnavailableError(
            "What is derived was made by a newer commlog and cannot be compared. Update commlog."
        )
    return layout == PROJECTION_LAYOUT


def differing(
    original: apsw.Connection, progress: Callable[[int, int], None] = lambda _done, _total: None
) -> list[str]:
    """Return, in words, which projections differ from a rebuilt copy.

    The copy needs as much space as the log.

    Raises:
        StoreError: there is not enough room, or the copy cannot be worked on.
    """
    with TemporaryDirectory(prefix="commlog-", ignore_cleanup_errors=True) as folder, plain_errors():
        current, made = Path(folder) / "kept.db", Path(folder) / "made.db"
        for path in (current, made):
            copy(original, path)
        _rebuild(made, progress)
        both = connect(current)
        try:
            both.execute("ATTACH ? AS made", (str(made),))
            views = [(schema, view_terms(both, schema)) for schema in ("main", "made")]
            pairs = {
                table: tuple(sql.format(schema, terms.get(table)) for schema, terms in views)
                for table, sql in COMPARED.items()
            }
            return [_WORDS[table] for table, (one, other) in pairs.items() if _differ(both, one, other)]
        finally:
            both.close()


def _rebuild(path: Path, progress: Callable[[int, int], None]) -> None:
    connection = connect(path)
    connection.execute("BEGIN IMMEDIATE")
    rebuild(connection, progress)
    connection.execute("COMMIT")
    connection.close()


def _differ(connection: apsw.Connection, one: str, other: str) -> bool:
    sql = f"SELECT EXISTS (SELECT * FROM ({one}) EXCEPT SELECT * FROM ({other}))"
    back = f"SELECT EXISTS (SELECT * FROM ({other}) EXCEPT SELECT * FROM ({one}))"
    return bool(number(connection, sql, ()) or number(connection, back, ()))
