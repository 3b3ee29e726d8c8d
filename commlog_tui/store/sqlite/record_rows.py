"""Records as they lie in the file: narrow columns, from which their bytes are made again."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import apsw
import msgspec

from commlog_tui.ledger.leaf import leaf_hash
from commlog_tui.ledger.record import PublicPart
from commlog_tui.records.part_codec import to_part
from commlog_tui.records.personal_batch import to_packed_parts
from commlog_tui.records.personal_codec import to_personal
from commlog_tui.records.public_codec import Columns, to_columns, to_public
from commlog_tui.records.record import Record
from commlog_tui.store.sqlite.keys import Row, seq_of

PUBLIC_COLUMNS: Final = """
record.pk, record.id, (SELECT root.id FROM record AS root WHERE root.pk = record.root),
(SELECT location.id FROM location WHERE location.no = record.location),
(SELECT form.text FROM form WHERE form.no = record.form),
record.recorded_at, record.lag, record.commitment, record.rest
"""
"""What the public part is made of; behind the key, as ``public_of`` takes it."""
PUBLIC_WIDTH: Final = 9
RECORD_COLUMNS: Final = (
    f"record.root, {PUBLIC_COLUMNS}, (SELECT data FROM personal WHERE personal.pk = record.pk), record.leaf_start"
)
"""The root's key, and a record as ``read_record`` takes it.

The inner query is ten times as fast as a LEFT JOIN for single records between writes.
"""
ENTRY_KIND: Final = "(SELECT no FROM kind WHERE name = 'entry')"
_START: Final = 4
_MOST_FORMS: Final = 4_096
"""Forms whose numbers are remembered."""

_INSERT: Final = "INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_INSERT_PERSONAL: Final = "INSERT INTO personal VALUES (?, ?, ?)"


def public_of(row: Sequence[Any]) -> bytes:
    """Return the canonical bytes of a row of ``PUBLIC_COLUMNS``. Raises ``ValueError`` for a damaged one."""
    pk, record_id, root_id, location, form, recorded_at, lag, commitment, rest = row
    return to_public(Columns(form, recorded_at, lag, commitment, rest), location, seq_of(pk), record_id, root_id)


def part_of(row: Sequence[Any]) -> PublicPart:
    """Return the public part of a row of ``PUBLIC_COLUMNS``. Raises ``ValueError`` for a damaged one."""
    pk, record_id, root_id, location, form, recorded_at, lag, commitment, rest = row
    return to_part(Columns(form, recorded_at, lag, commitment, rest), location, seq_of(pk), record_id, root_id)


def read_record(row: Row) -> Record:
    """Return the record of a row of ``RECORD_COLUMNS``. Raises ``ValueError`` for a damaged one."""
    public, data = public_of(row[1:-2]), row[-2]
    return Record.read(public, None if data is None else to_personal(data), leaf_hash(public))


def leaf_start(leaf: bytes) -> int:
    """Return the beginning of a leaf hash, by which a changed record is found without its neighbors.

    The whole hash is in the tree.
    """
    return int.from_bytes(leaf[:_START], "big", signed=True)


def start_bytes(start: int) -> bytes:
    """Return the bytes that ``leaf_start`` stands for, or some that no leaf begins with."""
    try:
        return start.to_bytes(_START, "big", signed=True)
    except OverflowError:
        return b"none of a leaf hash, which has 32"


class NewRow(msgspec.Struct, frozen=True, gc=False):
    """A record to write, with its keys."""

    pk: int
    location: int
    id: bytes
    kind: str
    root: int | None
    """Key of the root; None for a root."""
    root_id: bytes | None
    public: bytes
    leaf: bytes
    personal: tuple[bytes, bytes] | None
    """Salt, and canonical bytes."""
    content: object = None
    """The personal part, if it is decoded already."""
    fields: dict[str, Any] | None = None
    """The public part, if it is decoded already."""


class WordNumbers:
    """The numbers of kinds and forms, to which new ones are added. None is ever removed or changed."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._kinds: dict[str, int] = {}
        self._forms: dict[str, int] = {}

    def kinds(self, names: set[str]) -> dict[str, int]:
        """Return the numbers of these kinds, and of others."""
        return self._numbers(self._kinds, "kind", "name", names)

    def forms(self, texts: set[str]) -> dict[str, int]:
        """Return the numbers of these forms, and of others."""
        if len(self._forms) > _MOST_FORMS:
            self._forms.clear()
        return self._numbers(self._forms, "form", "text", texts)

    def _numbers(self, known: dict[str, int], table: str, column: str, words: set[str]) -> dict[str, int]:
        if not words <= known.keys():
            find = f"SELECT {column}, no FROM {table} WHERE {column} IN (SELECT value FROM json_each(?))"
            known |= {str(word): int(no) for word, no in self._connection.execute(find, (_list(words),))}
            if new := sorted(words - known.keys()):
                self._connection.executemany(f"INSERT INTO {table} ({column}) VALUES (?)", [(word,) for word in new])
                known |= {str(word): int(no) for word, no in self._connection.execute(find, (_list(new),))}
        return known


def write_records(
    connection: apsw.Connection, location: str, rows: Sequence[NewRow], numbers: WordNumbers | None = None
) -> None:
    """Write records of one location in the order of their keys, in the transaction that is under way."""
    numbers = numbers or WordNumbers(connection)
    columns = [to_columns(row.public, location, seq_of(row.pk), row.id, row.root_id, row.fields) for row in rows]
    kinds = numbers.kinds({row.kind for row in rows})
    forms = numbers.forms({one.form for one in columns if one.form is not None})
    connection.executemany(
        _INSERT,
        [
            (
                row.pk, row.location, row.id, kinds[row.kind], row.root, None if one.form is None else forms[one.form],
                one.recorded_at, one.lag, one.commitment, one.rest, leaf_start(row.leaf),
            )
            for row, one in zip(rows, columns, strict=True)
        ],
    )  # fmt: skip
    personal = [(row.pk, *row.personal, row.content) for row in rows if row.personal is not None]
    packed = to_packed_parts((data, content) for _, _, data, content in personal)
    connection.executemany(
        _INSERT_PERSONAL, [(pk, salt, data) for (pk, salt, *_), data in zip(personal, packed, strict=True)]
    )


def _list(words: Iterable[str]) -> str:
    return msgspec.json.encode(list(words)).decode()
