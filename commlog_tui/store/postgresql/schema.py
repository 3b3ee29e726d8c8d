"""The tables of a log in PostgreSQL.

``record`` and ``form`` are what was accepted. ``log``, ``location``, ``token`` and ``hook`` are set
up by an owner; ``used_signature`` has signatures of webhooks that serve once. All others are
projections: they can be made again from the records.

Every primary, unique and foreign key of the tables with records and projections begins with the
number of the location, so that Citus can distribute them by it; the others become reference tables.
No table has a sequence, and no statement depends on one.
"""

from typing import Final

from commlog_tui.store.postgresql.customer_schema import CUSTOMER_TABLES
from commlog_tui.store.postgresql.entry_schema import ENTRY_TABLES
from commlog_tui.store.postgresql.work_schema import RESEND_TABLES, WORK_TABLES

ACCOUNT_TABLES: Final = """
CREATE TABLE log (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    id text COLLATE "C" NOT NULL
);
CREATE TABLE location (
    no integer PRIMARY KEY,
    id text COLLATE "C" NOT NULL UNIQUE,
    name text COLLATE "C" NOT NULL,
    zone text COLLATE "C" NOT NULL,
    region text COLLATE "C",
    retention integer
);
CREATE TABLE token (
    id text COLLATE "C" PRIMARY KEY,
    name text COLLATE "C" NOT NULL,
    role text COLLATE "C" NOT NULL,
    locations text COLLATE "C",
    digest bytea NOT NULL UNIQUE,
    created_at bigint NOT NULL,
    revoked_at bigint
);
CREATE TABLE hook (
    location_id text COLLATE "C" NOT NULL,
    provider text COLLATE "C" NOT NULL,
    sealed bytea NOT NULL,
    created_at bigint NOT NULL,
    PRIMARY KEY (location_id, provider)
);
CREATE TABLE used_signature (
    location_id text COLLATE "C" NOT NULL,
    provider text COLLATE "C" NOT NULL,
    key bytea NOT NULL,
    body bytea NOT NULL,
    until bigint NOT NULL,
    PRIMARY KEY (location_id, provider, key)
);
CREATE INDEX used_signature_by_end ON used_signature (until);
"""


SEARCH_TABLES: Final = """
CREATE TABLE title (
    location integer NOT NULL,
    no bigint NOT NULL,
    folded text COLLATE "C" NOT NULL,
    PRIMARY KEY (location, no)
);

CREATE TABLE recipient (
    location integer NOT NULL,
    address text COLLATE "C" NOT NULL,
    haystack text COLLATE "C" NOT NULL,
    PRIMARY KEY (location, address)
);

CREATE TABLE body (
    location integer NOT NULL,
    seq bigint NOT NULL,
    words tsvector NOT NULL,
    PRIMARY KEY (location, seq)
);
CREATE INDEX body_by_word ON body USING gin (words);
"""
"""What a search looks in: titles, recipients of entries that name no customer, and words of texts.

The words have their location in front of them.
"""

TRIGRAM_TABLES: Final = """
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;
CREATE INDEX customer_by_part ON customer USING gin (location, haystack gin_trgm_ops);
CREATE INDEX recipient_by_part ON recipient USING gin (location, haystack gin_trgm_ops);
"""

DELIVERY_TABLES: Final = """
CREATE TABLE message (
    location integer NOT NULL,
    key bytea NOT NULL,
    root bigint NOT NULL,
    PRIMARY KEY (location, key, root)
);

CREATE TABLE unmatched_event (
    location integer NOT NULL,
    seq bigint NOT NULL,
    PRIMARY KEY (location, seq)
);

CREATE TABLE reported_hour (
    location integer NOT NULL,
    reporter text COLLATE "C" NOT NULL,
    hour bigint NOT NULL,
    first bigint NOT NULL,
    last bigint NOT NULL,
    PRIMARY KEY (location, reporter, hour)
);

CREATE TABLE run (
    location integer NOT NULL,
    seq bigint NOT NULL,
    status text COLLATE "C" NOT NULL,
    reference text COLLATE "C",
    code text COLLATE "C",
    PRIMARY KEY (location, seq)
);
CREATE INDEX run_by_status ON run (location, status, seq);
CREATE INDEX run_by_reference ON run (location, reference, seq) WHERE reference IS NOT NULL;
CREATE INDEX run_by_code ON run (location, code, seq) WHERE code IS NOT NULL;

CREATE TABLE resolution (
    location integer NOT NULL,
    seq bigint NOT NULL,
    entry bigint,
    reference text COLLATE "C",
    code text COLLATE "C",
    expected text COLLATE "C",
    PRIMARY KEY (location, seq)
);
CREATE INDEX resolution_by_entry ON resolution (location, entry, seq) WHERE entry IS NOT NULL;
CREATE INDEX resolution_by_reference ON resolution (location, reference, seq) WHERE reference IS NOT NULL;
CREATE INDEX resolution_by_code ON resolution (location, code, seq) WHERE code IS NOT NULL;
"""

OVERVIEW_TABLES: Final = """
CREATE TABLE statistic (
    location integer NOT NULL,
    hour integer NOT NULL,
    day integer NOT NULL,
    via text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    status text COLLATE "C" NOT NULL,
    entries bigint NOT NULL,
    PRIMARY KEY (location, hour, day, via, kind, status)
);

CREATE TABLE worklist (
    location integer NOT NULL,
    seq bigint NOT NULL,
    starts_at bigint NOT NULL,
    sent_at bigint NOT NULL,
    failed_at bigint NOT NULL,
    arrived_at bigint,
    resolution bigint,
    PRIMARY KEY (location, seq)
);
CREATE INDEX worklist_open ON worklist (location, starts_at, sent_at DESC, seq DESC)
WHERE arrived_at IS NULL AND resolution IS NULL;
CREATE INDEX worklist_failed ON worklist (location, failed_at) WHERE arrived_at IS NULL AND resolution IS NULL;
CREATE INDEX worklist_arrived ON worklist (location, arrived_at) WHERE arrived_at IS NOT NULL;
"""

PROJECTION_TABLES: Final = (
    ENTRY_TABLES
    + SEARCH_TABLES
    + TRIGRAM_TABLES
    + DELIVERY_TABLES
    + OVERVIEW_TABLES
    + WORK_TABLES
    + CUSTOMER_TABLES
    + RESEND_TABLES
)

PROJECTION_NAMES: Final = (
    "head", "node", "entry", "facet", "tally", "customer", "contact", "title", "recipient", "body", "message",
    "unmatched_event", "reported_hour", "run", "resolution", "statistic", "worklist", "task", "handover",
    "customer_note",
    "resend",
)  # fmt: skip
"""Tables that ``rebuild`` makes again."""
