"""Forward migrations of the record layout, one for each layout that ever landed.

Add the next one at the end of ``MIGRATIONS``. A new record layout is made in four steps: change
``RECORD_TABLES`` or ``GUARDS`` and raise ``VERSION`` in ``schema``; freeze here what a file of the
layout before looks like; write the statements that lead from there to the new one, with the new
text of every table (not a reference to ``RECORD_TABLES``, which goes on changing); and put a small
file of the new layout into ``tests/store/files``. ``migrate`` runs them, and takes care of guards,
projections, backup and numbers.
"""

from dataclasses import dataclass
from typing import Final

_LAYOUT_1: Final = """
CREATE TABLE location (
    no INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    zone TEXT NOT NULL,
    region TEXT
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

CREATE TABLE record (
    pk INTEGER PRIMARY KEY,
    location INTEGER NOT NULL REFERENCES location (no),
    id BLOB NOT NULL,
    kind TEXT NOT NULL,
    entry INTEGER NOT NULL,
    public BLOB NOT NULL,
    leaf BLOB NOT NULL,
    UNIQUE (location, id)
) STRICT;
CREATE INDEX record_by_entry ON record (entry, pk) WHERE kind <> 'entry';

CREATE TABLE personal (
    pk INTEGER PRIMARY KEY REFERENCES record (pk),
    salt BLOB NOT NULL,
    data BLOB NOT NULL
) STRICT;

CREATE TRIGGER record_is_never_updated BEFORE UPDATE ON record
BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END;
CREATE TRIGGER record_is_never_deleted BEFORE DELETE ON record
BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END;
CREATE TRIGGER record_is_never_replaced BEFORE INSERT ON record
WHEN EXISTS (
    SELECT 1 FROM record WHERE (location, id) = (new.location, new.id) UNION ALL SELECT 1 FROM record WHERE pk = new.pk)
BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END;

CREATE TRIGGER personal_is_never_updated BEFORE UPDATE ON personal
BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END;
CREATE TRIGGER personal_is_never_deleted BEFORE DELETE ON personal
BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END;
CREATE TRIGGER personal_is_never_replaced BEFORE INSERT ON personal
WHEN EXISTS (SELECT 1 FROM personal WHERE pk = new.pk)
BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END;
""".replace("EXISTS (\n    SELECT", "EXISTS (SELECT")

_TO_2: Final = """
CREATE TABLE log (
    id TEXT PRIMARY KEY,
    scrub INTEGER NOT NULL
) STRICT;
INSERT INTO log VALUES (lower(hex(randomblob(16))), 0);

ALTER TABLE location RENAME TO location_1;
CREATE TABLE location (
    no INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    zone TEXT NOT NULL,
    region TEXT,
    retention INTEGER
) STRICT;
INSERT INTO location SELECT no, id, name, zone, region, NULL FROM location_1;
DROP TABLE location_1;
"""


@dataclass(frozen=True, slots=True)
class Migration:
    """The way from one record layout to the next."""

    before: str
    """What a file of the earlier layout is made of, projections left out."""
    statements: str
    """Statements that change the tables.

    Guards and foreign keys are off meanwhile: a table that is to change is renamed, created with
    its new text, filled, and dropped under its old name.
    """


MIGRATIONS: Final = (Migration(_LAYOUT_1, _TO_2),)
"""From layout 1 to 2, from 2 to 3, and so on, without a gap."""
