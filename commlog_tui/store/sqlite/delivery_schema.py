"""Tables of projections about delivery: messages, unmatched events, webhooks, runs and resolutions."""

from typing import Final

DELIVERY_TABLES: Final = """
CREATE TABLE message (
    location INTEGER NOT NULL,
    key BLOB NOT NULL,
    pk INTEGER NOT NULL,
    PRIMARY KEY (location, key, pk)
) STRICT, WITHOUT ROWID;

CREATE TABLE unmatched_event (pk INTEGER PRIMARY KEY) STRICT;

CREATE TABLE reported_hour (
    location INTEGER NOT NULL,
    reporter TEXT NOT NULL,
    hour INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (location, reporter, hour)
) STRICT, WITHOUT ROWID;

CREATE TABLE run (
    pk INTEGER PRIMARY KEY,
    location INTEGER NOT NULL,
    status TEXT NOT NULL,
    reference TEXT,
    code TEXT
) STRICT;
CREATE INDEX run_by_status ON run (location, status, pk);
CREATE INDEX run_by_reference ON run (location, reference, pk) WHERE reference IS NOT NULL;
CREATE INDEX run_by_code ON run (location, code, pk) WHERE code IS NOT NULL;

CREATE TABLE resolution (
    pk INTEGER PRIMARY KEY,
    location INTEGER NOT NULL,
    entry INTEGER,
    reference TEXT,
    code TEXT,
    expected TEXT
) STRICT;
CREATE INDEX resolution_by_entry ON resolution (entry, pk) WHERE entry IS NOT NULL;
CREATE INDEX resolution_by_reference ON resolution (location, reference, pk) WHERE reference IS NOT NULL;
CREATE INDEX resolution_by_code ON resolution (location, code, pk) WHERE code IS NOT NULL;
"""

DELIVERY_NAMES: Final = ("message", "unmatched_event", "reported_hour", "run", "resolution")
"""Its tables."""
