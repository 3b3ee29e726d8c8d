"""Forward migrations of the record layout, one for each layout that ever landed.

Add the next one at the end of ``MIGRATIONS``. A new record layout is made in four steps: change
``RECORD_TABLES`` or ``GUARDS`` and raise ``VERSION`` in ``schema``; freeze in ``earlier_layouts``
what a file of the layout before looks like; write the statements that lead from there to the new
one, with the new text of every table (not a reference to ``RECORD_TABLES``, which goes on
changing), and a function where statements alone cannot; and put a small file of the new layout into
``tests/store/files``. ``migrate`` runs them, and takes care of guards,
projections, backup and numbers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import apsw

from commlog_tui.store.sqlite.earlier_layouts import LAYOUT_1, LAYOUT_2
from commlog_tui.store.sqlite.narrowing import TO_3, narrow_records

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
    convert: Callable[[apsw.Connection, Callable[[int, int], None]], None] | None = None
    """Does what statements cannot, after them; takes a function to call with records done and their total."""


MIGRATIONS: Final = (Migration(LAYOUT_1, _TO_2), Migration(LAYOUT_2, TO_3, narrow_records))
"""From layout 1 to 2, from 2 to 3, and so on, without a gap."""
