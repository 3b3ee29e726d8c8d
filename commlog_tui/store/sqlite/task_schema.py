"""Tables of projections about work: tasks and shift handovers."""

from typing import Final

TASK_TABLES: Final = """
CREATE TABLE task (
    pk INTEGER PRIMARY KEY,
    location INTEGER NOT NULL,
    is_done INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    entry TEXT,
    reference TEXT,
    code TEXT,
    customer TEXT
) STRICT;
CREATE INDEX task_by_due ON task (location, is_done, due_at, pk);
CREATE INDEX task_by_age ON task (location, recorded_at);
CREATE INDEX task_by_entry ON task (location, entry, is_done, due_at, pk) WHERE entry IS NOT NULL;
CREATE INDEX task_by_reference ON task (location, reference, is_done, due_at, pk) WHERE reference IS NOT NULL;
CREATE INDEX task_by_code ON task (location, code, is_done, due_at, pk) WHERE code IS NOT NULL;
CREATE INDEX task_by_customer ON task (location, customer, is_done, due_at, pk) WHERE customer IS NOT NULL;

CREATE TABLE handover (
    pk INTEGER PRIMARY KEY,
    location INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE INDEX handover_by_age ON handover (location, recorded_at);
"""

TASK_NAMES: Final = ("task", "handover")
"""Its tables."""
