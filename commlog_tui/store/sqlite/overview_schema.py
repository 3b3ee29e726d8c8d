"""Tables of projections that sum up or list entries: statistics and the worklist."""

from typing import Final

OVERVIEW_TABLES: Final = """
CREATE TABLE statistic (
    location INTEGER NOT NULL,
    hour INTEGER NOT NULL,
    day INTEGER NOT NULL,
    via TEXT NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    entries INTEGER NOT NULL,
    PRIMARY KEY (location, hour, day, via, kind, status)
) STRICT, WITHOUT ROWID;

CREATE TABLE worklist (
    pk INTEGER PRIMARY KEY REFERENCES record (pk),
    location INTEGER NOT NULL,
    starts_at INTEGER NOT NULL,
    sent_at INTEGER NOT NULL,
    failed_at INTEGER NOT NULL,
    arrived_at INTEGER,
    resolution INTEGER
) STRICT;
CREATE INDEX worklist_open ON worklist (location, starts_at, sent_at DESC, pk DESC)
WHERE arrived_at IS NULL AND resolution IS NULL;
CREATE INDEX worklist_failed ON worklist (location, failed_at) WHERE arrived_at IS NULL AND resolution IS NULL;
CREATE INDEX worklist_arrived ON worklist (location, arrived_at) WHERE arrived_at IS NOT NULL;
"""

OVERVIEW_NAMES: Final = ("statistic", "worklist")
"""Its tables."""
