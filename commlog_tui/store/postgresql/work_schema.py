"""Tables of projections about work at the desk: tasks, shifts, customers' records, messages sent again."""

from typing import Final

WORK_TABLES: Final = """
CREATE TABLE task (
    location integer NOT NULL,
    seq bigint NOT NULL,
    is_done boolean NOT NULL,
    due_at bigint NOT NULL,
    recorded_at bigint NOT NULL,
    entry text COLLATE "C",
    reference text COLLATE "C",
    code text COLLATE "C",
    customer text COLLATE "C",
    PRIMARY KEY (location, seq)
);
CREATE INDEX task_by_due ON task (location, is_done, due_at, seq);
CREATE INDEX task_by_age ON task (location, recorded_at);
CREATE INDEX task_by_entry ON task (location, entry, is_done, due_at, seq) WHERE entry IS NOT NULL;
CREATE INDEX task_by_reference ON task (location, reference, is_done, due_at, seq) WHERE reference IS NOT NULL;
CREATE INDEX task_by_code ON task (location, code, is_done, due_at, seq) WHERE code IS NOT NULL;
CREATE INDEX task_by_customer ON task (location, customer, is_done, due_at, seq) WHERE customer IS NOT NULL;

CREATE TABLE handover (
    location integer NOT NULL,
    seq bigint NOT NULL,
    recorded_at bigint NOT NULL,
    PRIMARY KEY (location, seq)
);
CREATE INDEX handover_by_age ON handover (location, recorded_at);
"""

RESEND_TABLES: Final = """
CREATE TABLE resend (
    location integer NOT NULL,
    seq bigint NOT NULL,
    record bigint NOT NULL,
    root bigint NOT NULL,
    route text COLLATE "C" NOT NULL,
    state text COLLATE "C" NOT NULL,
    attempts integer NOT NULL,
    next_at bigint NOT NULL,
    claimed_until bigint NOT NULL,
    PRIMARY KEY (location, seq)
);
CREATE INDEX resend_by_record ON resend (location, record);
CREATE INDEX resend_by_state ON resend (location, state, seq);
CREATE INDEX resend_open ON resend (location, next_at) WHERE state IN ('waiting', 'begun');
"""
