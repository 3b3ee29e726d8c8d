"""SQLite's integrity check: pages, indexes, the search index and foreign keys."""

from typing import Final

import apsw

from commlog_tui.store.sqlite.connection import plain_errors

_MOST: Final = 20


def integrity_faults(connection: apsw.Connection) -> list[str]:
    """Return, in words, what SQLite finds wrong. Reads every page and every index.

    Raises ``StoreUnavailableError``.
    """
    with plain_errors():
        found = [str(row[0]) for row in connection.execute(f"PRAGMA integrity_check({_MOST})")]
        references = connection.execute("PRAGMA foreign_key_check").fetchall()
    faults = [f"SQLite finds: {words}" for words in found if words != "ok"]
    missing = [
        f"row {row} of {table} belongs to a row of {parent} that is not there" for table, row, parent, _ in references
    ]
    return faults + missing[:_MOST]
