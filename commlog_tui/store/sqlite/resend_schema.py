"""Table of projections about messages that are sent again."""

from typing import Final

RESEND_TABLES: Final = """
CREATE TABLE resend (
    pk INTEGER PRIMARY KEY,
    location INTEGER NOT NULL,
    record INTEGER NOT NULL,
    root INTEGER NOT NULL,
    route TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    claimed_until INTEGER NOT NULL
) STRICT;
CREATE INDEX resend_by_root ON resend (root);
CREATE INDEX resend_by_state ON resend (location, state, pk);
CREATE INDEX resend_open ON resend (location, next_at) WHERE state IN ('waiting', 'begun');
"""
"""Keyed by the new entry; ``record`` is the key of the resend, ``root`` that of the entry sent again."""

RESEND_NAMES: Final = ("resend",)
"""Its tables."""
