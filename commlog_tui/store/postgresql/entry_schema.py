"""The tables of records, and of the entries that are made of them.

A record lies in narrow columns, from which its bytes are made again (``record_rows``).
"""

from typing import Final

RECORD_TABLES: Final = """
CREATE TABLE form (
    location integer NOT NULL REFERENCES location (no),
    no integer NOT NULL,
    text text COLLATE "C" NOT NULL,
    PRIMARY KEY (location, no),
    UNIQUE (location, text)
);

CREATE TABLE record (
    recorded_at bigint,
    lag bigint,
    id uuid NOT NULL,
    location integer NOT NULL,
    seq integer NOT NULL,
    root integer NOT NULL,
    leaf_start integer NOT NULL,
    form integer,
    kind text COLLATE "C" NOT NULL,
    commitment bytea,
    rest bytea,
    salt bytea,
    personal bytea,
    PRIMARY KEY (location, seq),
    UNIQUE (location, id)
);
CREATE INDEX record_by_root ON record (location, root, seq) WHERE root <> seq;
"""
"""A record in the columns of ``records.public_codec``, widest first, as PostgreSQL aligns them.

The words that many records share are in ``form``. Salt and personal part are NULL once a redaction
has removed them. A position is a number of four bytes: a location has at most 2,147,483,647.
"""

ENTRY_TABLES: Final = """
CREATE TABLE head (
    location integer PRIMARY KEY REFERENCES location (no),
    seq bigint NOT NULL,
    entries bigint NOT NULL,
    frontier bytea NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE node (
    location integer NOT NULL,
    level integer NOT NULL,
    position bigint NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (location, level, position)
);

CREATE TABLE entry (
    sent_at bigint NOT NULL,
    facet bigint NOT NULL,
    contact bigint,
    title bigint,
    starts_at bigint,
    location integer NOT NULL,
    seq integer NOT NULL,
    reference uuid,
    has_body boolean NOT NULL,
    code text COLLATE "C",
    corrected bytea,
    PRIMARY KEY (location, seq)
);
CREATE INDEX entry_by_time ON entry (location, sent_at);
CREATE INDEX entry_by_facet ON entry (facet, sent_at);
CREATE INDEX entry_by_contact ON entry (contact, sent_at) WHERE contact IS NOT NULL;
CREATE INDEX entry_by_title ON entry (title, sent_at) WHERE title IS NOT NULL;
CREATE INDEX entry_with_body ON entry (location, sent_at) WHERE has_body;
CREATE INDEX entry_by_reference ON entry (location, reference) WHERE reference IS NOT NULL;
CREATE INDEX entry_by_code ON entry (location, code) WHERE code IS NOT NULL;
CREATE INDEX entry_corrected ON entry (location, seq) WHERE corrected IS NOT NULL;

CREATE TABLE facet (
    location integer NOT NULL,
    no bigint NOT NULL,
    via text COLLATE "C" NOT NULL,
    source text COLLATE "C" NOT NULL,
    status text COLLATE "C" NOT NULL,
    message_kind text COLLATE "C" NOT NULL,
    rank smallint NOT NULL,
    entries bigint NOT NULL,
    PRIMARY KEY (location, no)
) WITH (fillfactor = 50);

CREATE TABLE tally (
    location integer NOT NULL,
    day integer NOT NULL,
    via text COLLATE "C" NOT NULL,
    entries bigint NOT NULL,
    PRIMARY KEY (location, day, via)
);

CREATE TABLE customer (
    location integer NOT NULL,
    id text COLLATE "C" NOT NULL,
    name text COLLATE "C",
    last_seen bigint NOT NULL,
    haystack text COLLATE "C" NOT NULL,
    PRIMARY KEY (location, id)
) WITH (fillfactor = 50);

CREATE TABLE contact (
    location integer NOT NULL,
    customer text COLLATE "C" NOT NULL,
    address text COLLATE "C" NOT NULL,
    no bigint NOT NULL,
    shown text COLLATE "C" NOT NULL,
    last_seen bigint NOT NULL,
    PRIMARY KEY (location, customer, address)
) WITH (fillfactor = 80);
CREATE INDEX contact_by_address ON contact (location, address);
CREATE INDEX contact_by_no ON contact (no);
"""
"""Channel, source, status and kind of an entry are one number of ``facet``, and so are customer and
address of ``contact``, which has an address without a customer under an empty one. Such numbers and
those of titles are derived from the location and the texts (``numbers``), so indexes by them begin
with the number alone. No index ends with the position: entries of one instant are sorted; and so are
those of a booking, whose indexes have each reference and code once (PostgreSQL deduplicates keys).
Half of a page of customers stays free, as each entry changes when theirs was last seen: a new
version on the same page needs no new keys in the index of parts of names, which are many.
"""
