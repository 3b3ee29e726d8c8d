"""Projections of an earlier layout, created anew from the records when a log is opened.

Besides ``user_version``, the layout of the records, a file has a number for what is derived from
them: it grows when a table of projections changes, or its contents come to mean something else.
"""

from collections.abc import Callable

import apsw

from commlog_tui.records.kinds import KINDS, Kinds
from commlog_tui.store.sqlite.rebuild import create_anew, rebuild
from commlog_tui.store.sqlite.schema import PROJECTION_LAYOUT
from commlog_tui.store.sqlite.schema_check import layout_of, require_layout


def bring_up_to_date(connection: apsw.Connection, progress: Callable[[int, int], None], kinds: Kinds = KINDS) -> None:
    """Drop projections of an earlier layout, and create and rebuild them, in one transaction.

    Raises:
        NewerLayoutError: a newer version has made them meanwhile.
    """
    if not _is_earlier(connection):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        if _is_earlier(connection):  # another process may have been first
            create_anew(connection)
            rebuild(connection, progress, kinds)
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _is_earlier(connection: apsw.Connection) -> bool:
    require_layout(connection)
    return layout_of(connection) < PROJECTION_LAYOUT
