"""The layout number of the projections, and rebuilding those of an earlier version when a log is opened.

Besides ``user_version``, the layout of the records, a file has a number for what is derived from them: it grows when the
contents of an index or a column come to mean something else. Files made before there was a number count as 0.
"""

from collections.abc import Callable

import apsw

from commlog_tui.store.errors import StoreUnavailableError
from commlog_tui.store.sqlite.connection import number
from commlog_tui.store.sqlite.rebuild import rebuild
from commlog_tui.store.sqlite.schema import PROJECTION_LAYOUT, PROJECTION_TABLE

_EXISTS = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'projection'"


def layout_of(connection: apsw.Connection) -> int:
    """Return the layout of a file's projections."""
    return number(connection, "SELECT layout FROM projection", ()) if number(connection, _EXISTS, ()) else 0


def bring_up_to_date(connection: apsw.Connection, progress: Callable[[int, int], None]) -> None:
    """Rebuild projections of an earlier layout from the records, in one transaction.

    Raises:
        StoreUnavailableError: a newer version has made them.
    """
    if not _is_earlier(connection):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        if _is_earlier(connection):  # another process may have been first
            if not number(connection, _EXISTS, ()):
                connection.execute(PROJECTION_TABLE)
            rebuild(connection, progress)
            connection.execute("UPDATE projection SET layout = ?", (PROJECTION_LAYOUT,))
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _is_earlier(connection: apsw.Connection) -> bool:
    layout = layout_of(connection)
    if layout > PROJECTION_LAYOUT:
        raise StoreUnavailableError("This log was written by a newer commlog. It is untouched; update commlog.")
    return layout < PROJECTION_LAYOUT
