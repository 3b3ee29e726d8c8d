"""The tables of a log file.

``record`` and ``personal`` are what was accepted, and never change, but that a redaction on record
lets the personal part of its entry be deleted. A record lies in narrow columns, from which its
bytes are made again (``record_rows``), with the words that many share in ``kind`` and ``form``.
All others beside ``log``, ``location`` and ``token`` are projections: they can be made again from
the records. A record's key is one integer,
``location << 40 | seq``, which keeps a location's records together and lets the search index be
asked for one location by a range of rowids.
"""

from typing import Final

from commlog_tui.store.sqlite.customer_schema import CUSTOMER_NAMES, CUSTOMER_TABLES
from commlog_tui.store.sqlite.delivery_schema import DELIVERY_NAMES, DELIVERY_TABLES
from commlog_tui.store.sqlite.entry_schema import EARLIER_NAMES, ENTRY_NAMES, ENTRY_TABLES, SEARCH_NAMES
from commlog_tui.store.sqlite.overview_schema import OVERVIEW_NAMES, OVERVIEW_TABLES
from commlog_tui.store.sqlite.resend_schema import RESEND_NAMES, RESEND_TABLES
from commlog_tui.store.sqlite.task_schema import TASK_NAMES, TASK_TABLES

VERSION: Final = 3
SEQ_BITS: Final = 40
APPLICATION_ID: Final = 0x434F4D4C
"""Marks a file as a log (https://sqlite.org/fileformat2.html#application_id): COML.

Files of 0.1.0 have none.
"""

PROJECTION_LAYOUT: Final = 6
"""Of what is derived from the records.

Earlier projections are created anew when the log is opened; 1 reads numbers and names anew, 2 has tables about
delivery, statistics and a worklist, 3 finds entries by their booking's code and by the kind of message and has
tables of tasks and handovers, 4 counts whole weeks, 5 has dictionaries of people, titles and words to search in, and
one number for channel, source, kind and status, 6 writes when somebody was seen once in each 30 days from 1970.
"""

RECORD_TABLES: Final = """
CREATE TABLE log (
    id TEXT PRIMARY KEY,
    scrub INTEGER NOT NULL
) STRICT;
INSERT INTO log VALUES (lower(hex(randomblob(16))), 0);

CREATE TABLE location (
    no INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    zone TEXT NOT NULL,
    region TEXT,
    retention INTEGER
) STRICT;

CREATE TABLE token (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    locations TEXT,
    digest BLOB NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT;

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

_TREE_TABLES: Final = f"""
CREATE TABLE projection (layout INTEGER NOT NULL) STRICT;
INSERT INTO projection VALUES ({PROJECTION_LAYOUT});

CREATE TABLE head (
    location INTEGER PRIMARY KEY REFERENCES location (no),
    seq INTEGER NOT NULL,
    entries INTEGER NOT NULL,
    frontier BLOB NOT NULL
) STRICT;

CREATE TABLE node (
    location INTEGER NOT NULL,
    level INTEGER NOT NULL,
    place INTEGER NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (location, level, place)
) STRICT, WITHOUT ROWID;
"""

PROJECTION_TABLES: Final = (
    _TREE_TABLES + ENTRY_TABLES + DELIVERY_TABLES + OVERVIEW_TABLES + TASK_TABLES + CUSTOMER_TABLES + RESEND_TABLES
)

PROJECTION_NAMES: Final = (
    *SEARCH_NAMES, "projection", "head", "node", *ENTRY_NAMES, *DELIVERY_NAMES, *OVERVIEW_NAMES,
    *TASK_NAMES, *CUSTOMER_NAMES, *RESEND_NAMES, *EARLIER_NAMES,
)  # fmt: skip
"""Every table of projections that any version has created, what depends on others first."""

_SAME: Final = {
    "kind": "no = new.no OR name = new.name",
    "form": "no = new.no OR text = new.text",
    "record": "(location, id) = (new.location, new.id) UNION ALL SELECT 1 FROM record WHERE pk = new.pk",
    "personal": "pk = new.pk",
}

_FORGETTABLE: Final = """
    (SELECT kind FROM record WHERE pk = old.pk) <> (SELECT no FROM kind WHERE name = 'redaction') AND EXISTS (
        SELECT 1 FROM record WHERE root = (SELECT coalesce(root, pk) FROM record WHERE pk = old.pk)
        AND kind = (SELECT no FROM kind WHERE name = 'redaction')
    )
"""
_DELETABLE: Final = {"personal": _FORGETTABLE}

GUARDS: Final = "".join(
    f"""
CREATE TRIGGER {table}_is_never_updated BEFORE UPDATE ON {table}
BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END;
CREATE TRIGGER {table}_is_never_deleted BEFORE DELETE ON {table} WHEN NOT ({_DELETABLE.get(table, "0")})
BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END;
CREATE TRIGGER {table}_is_never_replaced BEFORE INSERT ON {table}
WHEN EXISTS (SELECT 1 FROM {table} WHERE {same})
BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END;
"""
    for table, same in _SAME.items()
)

SCHEMA: Final = RECORD_TABLES + GUARDS + PROJECTION_TABLES
"""All that a new file is made of."""
