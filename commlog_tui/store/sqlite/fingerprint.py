"""A hash over everything of every record that no migration may change."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Final

import apsw

from commlog_tui.records.personal_codec import to_personal
from commlog_tui.store.sqlite.keys import Row
from commlog_tui.store.sqlite.record_rows import PUBLIC_COLUMNS, leaf_start, public_of

_WIDE: Final = 2
"""The last layout whose records lay as their bytes."""
_RECORDS_AS_BYTES: Final = "SELECT pk, id, kind, entry, public, leaf FROM record NOT INDEXED ORDER BY pk"
_PERSONAL: Final = "SELECT pk, salt, data FROM personal NOT INDEXED ORDER BY pk"
_RECORDS: Final = f"""
SELECT record.id, (SELECT name FROM kind WHERE no = record.kind), ifnull(record.root, record.pk),
record.leaf_start, {PUBLIC_COLUMNS}
FROM record NOT INDEXED ORDER BY pk
"""


def fingerprint(connection: apsw.Connection) -> bytes:
    """Return a hash over what is hashed of every record, and how it is filed, in a file of any layout."""
    is_wide = int(connection.pragma("user_version")) <= _WIDE
    digest = sha256()
    for row in _wide(connection) if is_wide else _narrow(connection):
        digest.update(repr(row).encode())
    return digest.digest()


def _wide(connection: apsw.Connection) -> Iterator[Row]:
    for *filed, leaf in connection.execute(_RECORDS_AS_BYTES):
        yield *filed, leaf_start(leaf)
    yield from connection.execute(_PERSONAL)


def _narrow(connection: apsw.Connection) -> Iterator[Row]:
    for record_id, kind, root, start, *columns in connection.execute(_RECORDS):
        yield columns[0], record_id, kind, root, _or_nothing(columns), start
    for pk, salt, data in connection.execute(_PERSONAL):
        yield pk, salt, to_personal(data)


def _or_nothing(columns: list[object]) -> bytes:
    """Return the bytes of a record; none where they cannot be made again."""
    try:
        return public_of(columns)
    except ValueError:
        return b""
