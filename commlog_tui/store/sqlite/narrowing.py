"""From record layout 2 to 3: records become narrow columns."""

from collections.abc import Callable
from typing import Final

import apsw

from commlog_tui.records.personal_codec import to_packed
from commlog_tui.store.sqlite.connection import number
from commlog_tui.store.sqlite.keys import Row
from commlog_tui.store.sqlite.record_rows import NewRow, write_records

TO_3: Final = """
ALTER TABLE record RENAME TO record_2;
ALTER TABLE personal RENAME TO personal_2;
DROP INDEX record_by_entry;

CREATE TABLE kind (
    no INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE form (
    no INTEGER PRIMARY KEY,
    text TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE record (
    pk INTEGER PRIMARY KEY,
    location INTEGER NOT NULL REFERENCES location (no),
    id BLOB NOT NULL,
    kind INTEGER NOT NULL REFERENCES kind (no),
    root INTEGER,
    form INTEGER REFERENCES form (no),
    recorded_at INTEGER,
    lag INTEGER,
    commitment BLOB,
    rest BLOB,
    leaf_start INTEGER NOT NULL,
    UNIQUE (location, id)
) STRICT;
CREATE INDEX record_by_root ON record (root) WHERE root IS NOT NULL;

CREATE TABLE personal (
    pk INTEGER PRIMARY KEY REFERENCES record (pk),
    salt BLOB NOT NULL,
    data BLOB NOT NULL
) STRICT;
"""

_AT_ONCE: Final = 5_000
_BEFORE: Final = """
SELECT record.pk, record.location, record.id, record.kind, nullif(record.entry, record.pk),
(SELECT root.id FROM record_2 AS root WHERE root.pk = record.entry AND record.entry <> record.pk),
record.public, record.leaf, salt, data, location.id
FROM record_2 AS record LEFT JOIN personal_2 AS personal ON personal.pk = record.pk
LEFT JOIN location ON location.no = record.location
WHERE record.pk > ? ORDER BY record.pk LIMIT ?
"""
_ORPHANS: Final = "SELECT pk, salt, data FROM personal_2 WHERE pk NOT IN (SELECT pk FROM record)"


def narrow_records(connection: apsw.Connection, progress: Callable[[int, int], None]) -> None:
    """Write every record of layout 2 as columns; the tables have been created."""
    total, done, after = number(connection, "SELECT count(*) FROM record_2", ()), 0, -1
    rows: list[Row]
    while rows := connection.execute(_BEFORE, (after, _AT_ONCE)).fetchall():
        by_location: dict[str | None, list[NewRow]] = {}
        for pk, no, record_id, kind, root, root_id, public, leaf, salt, data, location in rows:
            personal = None if salt is None else (salt, data)
            new = NewRow(pk, no, record_id, kind, root, root_id, public, leaf, personal)
            by_location.setdefault(location, []).append(new)
        for location, of_one in by_location.items():
            write_records(connection, location or "", of_one)
        done, after = done + len(rows), rows[-1][0]
        progress(done, total)
    orphans = [(pk, salt, to_packed(data)) for pk, salt, data in connection.execute(_ORPHANS)]
    connection.executemany("INSERT INTO personal VALUES (?, ?, ?)", orphans)  # their records were removed
    connection.execute("DROP TABLE personal_2; DROP TABLE record_2")
