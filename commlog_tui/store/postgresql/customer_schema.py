"""Table of what is recorded about customers.

``person`` and ``other`` are keys, see ``store.customer_notes``.
"""

from typing import Final

CUSTOMER_TABLES: Final = """
CREATE TABLE customer_note (
    location integer NOT NULL,
    seq bigint NOT NULL,
    kind text COLLATE "C" NOT NULL,
    state text COLLATE "C" NOT NULL,
    recorded_at bigint NOT NULL,
    person text COLLATE "C" NOT NULL,
    other text COLLATE "C",
    PRIMARY KEY (location, seq)
);
CREATE INDEX customer_note_by_person ON customer_note (location, person, seq);
CREATE INDEX customer_note_by_other ON customer_note (location, other, seq) WHERE other IS NOT NULL;
CREATE INDEX customer_note_by_age ON customer_note (location, recorded_at);
"""
