"""Table of what is recorded about customers.

``person`` and ``other`` are keys, see ``store.customer_notes``.
"""

from typing import Final

CUSTOMER_TABLES: Final = """
CREATE TABLE customer_note (
    pk INTEGER PRIMARY KEY,
    location INTEGER NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    person TEXT NOT NULL,
    other TEXT
) STRICT;
CREATE INDEX customer_note_by_person ON customer_note (location, person);
CREATE INDEX customer_note_by_other ON customer_note (location, other) WHERE other IS NOT NULL;
CREATE INDEX customer_note_by_age ON customer_note (location, recorded_at);
"""

CUSTOMER_NAMES: Final = ("customer_note",)
"""Its tables."""
