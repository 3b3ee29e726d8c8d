"""What files of earlier record layouts are made of, projections left out. Never changed."""

from typing import Final

LAYOUT_1: Final = """
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

LAYOUT_2: Final = """
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
CREATE TRIGGER record_is_never_deleted BEFORE DELETE ON record WHEN NOT (0)
BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END;
CREATE TRIGGER record_is_never_replaced BEFORE INSERT ON record
WHEN EXISTS (
    SELECT 1 FROM record WHERE (location, id) = (new.location, new.id) UNION ALL SELECT 1 FROM record WHERE pk = new.pk)
BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END;

CREATE TRIGGER personal_is_never_updated BEFORE UPDATE ON personal
BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END;
CREATE TRIGGER personal_is_never_deleted BEFORE DELETE ON personal WHEN NOT (
    (SELECT kind FROM record WHERE pk = old.pk) <> 'redaction' AND EXISTS (
        SELECT 1 FROM record WHERE kind = 'redaction' AND kind <> 'entry' AND entry = (
            SELECT entry FROM record WHERE pk = old.pk)
    )
)
BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END;
CREATE TRIGGER personal_is_never_replaced BEFORE INSERT ON personal
WHEN EXISTS (SELECT 1 FROM personal WHERE pk = new.pk)
BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END;
""".replace("EXISTS (\n    SELECT", "EXISTS (SELECT").replace("(\n            SELECT", "(SELECT")
