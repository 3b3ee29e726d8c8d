"""Compares the projections row by row with a rebuilt copy."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import apsw

from commlog_tui.store.errors import StoreUnavailableError
from commlog_tui.store.sqlite.connection import connect, number, plain_errors
from commlog_tui.store.sqlite.copying import copy
from commlog_tui.store.sqlite.rebuild import PROJECTIONS, rebuild
from commlog_tui.store.sqlite.schema import PROJECTION_LAYOUT
from commlog_tui.store.sqlite.schema_check import layout_of

_WORDS = {
    "entry": "the entries as they are shown",
    "tally": "the counts by day and channel",
    "statistic": "the statistics",
    "worklist": "the list of what did not arrive",
    "customer": "the directory's customers",
    "contact": "the directory's addresses and numbers",
    "message": "the index of messages",
    "unmatched_event": "the list of events without an entry",
    "reported_hour": "the hours in which webhooks reported",
    "run": "the workflow runs",
    "resolution": "the resolutions",
    "node": "the tree over the records",
    "head": "the log's end",
    "search": "the search index",
}


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
            for schema, name in (("main", "kept"), ("made", "anew")):
                both.execute(f"CREATE VIRTUAL TABLE temp.{name} USING fts5vocab('{schema}', 'search', 'instance')")
            pairs = {table: (f"main.{table} NOT INDEXED", f"made.{table} NOT INDEXED") for table in PROJECTIONS}
            pairs["search"] = "temp.kept", "temp.anew"
            return [_WORDS[table] for table, pair in pairs.items() if _differ(both, *pair)]
        finally:
            both.close()


def _rebuild(path: Path, progress: Callable[[int, int], None]) -> None:
    connection = connect(path)
    connection.execute("BEGIN IMMEDIATE")
    rebuild(connection, progress)
    connection.execute("COMMIT")
    connection.close()


def _differ(connection: apsw.Connection, one: str, other: str) -> bool:
    sql = f"SELECT EXISTS (SELECT * FROM {one} EXCEPT SELECT * FROM {other})"
    back = f"SELECT EXISTS (SELECT * FROM {other} EXCEPT SELECT * FROM {one})"
    return bool(number(connection, sql, ()) or number(connection, back, ()))
