"""Tables of projections that show, filter and find entries.

``facet`` has a row for each combination of channel, source, kind and status that a location has,
with the number of its entries: filters by any of the four are ranges of one index, and their counts
sums. A kind that is not known is empty.
``person`` is a customer, or the recipient of entries without one; ``contact`` is a person with an
address or number that entries went to or that is known of the person. An entry has the number of
its contact, so the entries of an address, of a customer and of a person are ranges of one index.

``alias``, ``title``, ``body`` and ``word`` are the dictionaries that a search looks in. An alias
has all lines of its person at the time when something new became known; of a person with very many
only what is new. The words of texts begin with the number of their location, as FTS5 asks for
prefixes without regard to a range of rows.

Numbers of people, aliases, contacts and titles are keys like a record's: ``location << 40 | n``.
"""

from typing import Final

SEARCHES: Final = {"alias": "text", "title": "haystack", "body": "words"}
_TOKENIZE: Final = {"alias": "trigram case_sensitive 1", "title": "trigram case_sensitive 1", "body": "ascii"}

ENTRY_TABLES: Final = """
CREATE TABLE facet (
    location INTEGER NOT NULL,
    no INTEGER NOT NULL,
    via TEXT NOT NULL,
    source TEXT NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    rank INTEGER NOT NULL,
    entries INTEGER NOT NULL,
    PRIMARY KEY (location, no),
    UNIQUE (location, via, source, kind, status)
) STRICT, WITHOUT ROWID;

CREATE TABLE entry (
    pk INTEGER PRIMARY KEY REFERENCES record (pk),
    location INTEGER NOT NULL,
    sent_at INTEGER NOT NULL,
    facet INTEGER NOT NULL,
    contact INTEGER,
    title INTEGER,
    code TEXT,
    reference BLOB,
    has_body INTEGER NOT NULL,
    corrected BLOB,
    starts_at INTEGER
) STRICT;
CREATE INDEX entry_by_time ON entry (location, sent_at);
CREATE INDEX entry_by_facet ON entry (location, facet, sent_at);
CREATE INDEX entry_by_contact ON entry (location, contact, sent_at) WHERE contact IS NOT NULL;
CREATE INDEX entry_by_title ON entry (location, title, sent_at) WHERE title IS NOT NULL;
CREATE INDEX entry_by_code ON entry (location, code, sent_at) WHERE code IS NOT NULL;
CREATE INDEX entry_by_reference ON entry (location, reference, sent_at) WHERE reference IS NOT NULL;
CREATE INDEX entry_with_body ON entry (location, sent_at) WHERE has_body;
CREATE INDEX entry_corrected ON entry (location, pk) WHERE corrected IS NOT NULL;

CREATE TABLE person (
    no INTEGER PRIMARY KEY,
    location INTEGER NOT NULL,
    key TEXT NOT NULL,
    customer TEXT,
    name TEXT,
    seen_at INTEGER NOT NULL,
    haystack TEXT NOT NULL,
    is_wide INTEGER NOT NULL,
    UNIQUE (location, key)
) STRICT;
CREATE INDEX person_wide ON person (location) WHERE is_wide;

CREATE TABLE contact (
    no INTEGER PRIMARY KEY,
    location INTEGER NOT NULL,
    person INTEGER NOT NULL,
    address TEXT NOT NULL,
    shown TEXT NOT NULL,
    seen_at INTEGER NOT NULL,
    UNIQUE (location, address, person)
) STRICT;
CREATE INDEX contact_by_person ON contact (location, person);

CREATE TABLE alias (
    no INTEGER PRIMARY KEY,
    location INTEGER NOT NULL,
    person INTEGER NOT NULL,
    text TEXT NOT NULL
) STRICT;
CREATE INDEX alias_by_person ON alias (location, person);

CREATE TABLE title (
    no INTEGER PRIMARY KEY,
    location INTEGER NOT NULL,
    text TEXT NOT NULL,
    haystack TEXT NOT NULL,
    UNIQUE (location, text)
) STRICT;

CREATE TABLE body (
    pk INTEGER PRIMARY KEY,
    words TEXT NOT NULL
) STRICT;

CREATE TABLE word (
    location INTEGER NOT NULL,
    word TEXT NOT NULL,
    reversed TEXT NOT NULL,
    PRIMARY KEY (location, word)
) STRICT, WITHOUT ROWID;
CREATE INDEX word_reversed ON word (location, reversed);

CREATE TABLE tally (
    location INTEGER NOT NULL,
    day INTEGER NOT NULL,
    via TEXT NOT NULL,
    entries INTEGER NOT NULL,
    PRIMARY KEY (location, day, via)
) STRICT, WITHOUT ROWID;
""" + "".join(
    f"""
CREATE VIRTUAL TABLE {table}_search USING fts5 (
    {column}, content = '{table}', content_rowid = '{"pk" if table == "body" else "no"}',
    tokenize = '{_TOKENIZE[table]}', detail = none, columnsize = 0
);
INSERT INTO {table}_search ({table}_search, rank) VALUES ('secure-delete', 1);
"""
    for table, column in SEARCHES.items()
)

SEARCH_NAMES: Final = tuple(f"{table}_search" for table in SEARCHES)
"""Full-text indexes, each over the table of that name."""
ENTRY_NAMES: Final = ("facet", "entry", "person", "contact", "alias", "title", "body", "word", "tally")
"""The tables."""
EARLIER_NAMES: Final = ("search", "customer")
"""Tables of earlier layouts."""
