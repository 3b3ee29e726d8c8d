"""What is hashed of every record of a file, whatever its record layout."""

from contextlib import closing
from pathlib import Path
from typing import Any

import apsw

from commlog_tui.store.sqlite import auditing

LAST_AS_BYTES = 2
"""The last record layout whose records lay in the file as they are hashed."""


def hashed(path: Path) -> list[Any]:
    """Return key, public part, salt and personal part of every record, by key."""
    with closing(apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)) as connection:
        if connection.pragma("user_version") <= LAST_AS_BYTES:
            sql = "SELECT pk, public, salt, data FROM record LEFT JOIN personal USING (pk) ORDER BY pk"
            return connection.execute(sql).fetchall()
        places = [int(no or 0) for (no,) in connection.execute("SELECT no FROM location ORDER BY no").fetchall()]
        return [
            (no << 40 | row[0], *row[1:4]) for no in places for rows in auditing.batches(connection, no) for row in rows
        ]
