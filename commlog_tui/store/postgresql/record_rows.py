"""Records as they lie in the database: narrow columns, from which their bytes are made again."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from commlog_tui.ledger.leaf import leaf_hash
from commlog_tui.ledger.record import PublicPart
from commlog_tui.records.decide import NewRecord
from commlog_tui.records.part_codec import to_part
from commlog_tui.records.personal_batch import to_packed_parts
from commlog_tui.records.personal_codec import to_personal
from commlog_tui.records.public_codec import Columns, to_columns, to_public
from commlog_tui.records.record import Record
from commlog_tui.records.uuids import uuid_bytes
from commlog_tui.store.location import Location
from commlog_tui.store.postgresql.database import View

PUBLIC_COLUMNS: Final = """
record.seq AS position, uuid_send(record.id) AS own_id, CASE WHEN record.root <> record.seq THEN (
    SELECT uuid_send(about.id) FROM record AS about WHERE about.location = record.location AND about.seq = record.root
) END AS root_id, (
    SELECT form.text FROM form WHERE form.location = record.location AND form.no = record.form
) AS form, record.recorded_at, record.lag, record.commitment, record.rest
"""
"""What the public part is made of."""
PUBLIC_NAMES: Final = ("position", "own_id", "root_id", "form", "recorded_at", "lag", "commitment", "rest")
PUBLIC_WIDTH: Final = len(PUBLIC_NAMES)
RECORD_COLUMNS: Final = f"{PUBLIC_COLUMNS}, record.personal"
"""A record as ``read_record`` takes it."""
_START: Final = 4

_NEW_FORMS: Final = """
INSERT INTO form (location, no, text)
SELECT %(location)s, (row_number() OVER () + (
    SELECT coalesce(max(form.no), 0) FROM form WHERE form.location = %(location)s
))::integer, new.text FROM unnest(%(texts)s::text[]) AS new (text)
WHERE NOT EXISTS (SELECT 1 FROM form WHERE form.location = %(location)s AND form.text = new.text)
"""
_FORMS: Final = "SELECT text, no FROM form WHERE location = %(location)s AND text = ANY (%(texts)s::text[])"


def public_of(row: Sequence[Any], location: str) -> bytes:
    """Return the canonical bytes of a row of ``PUBLIC_COLUMNS``. Raises ``ValueError`` for a damaged one."""
    seq, record_id, root_id, *columns = row
    return to_public(Columns(*columns), location, seq, record_id, root_id)


def part_of(row: Sequence[Any], location: str) -> PublicPart:
    """Return the public part of a row of ``PUBLIC_COLUMNS``. Raises ``ValueError`` for a damaged one."""
    seq, record_id, root_id, *columns = row
    return to_part(Columns(*columns), location, seq, record_id, root_id)


def read_record(row: Sequence[Any], location: str) -> Record:
    """Return the record of a row of ``RECORD_COLUMNS``. Raises ``ValueError`` for a damaged one."""
    public, data = public_of(row[:PUBLIC_WIDTH], location), row[PUBLIC_WIDTH]
    return Record.read(public, None if data is None else to_personal(data), leaf_hash(public))


class NewRecords:
    """Records of one location to write, as columns."""

    def __init__(self, location: str, records: Sequence[NewRecord]) -> None:
        self._records = records
        self._columns = [
            to_columns(
                new.public, location, new.seq, _bytes(new.id), None if root is None else _bytes(root), new.fields
            )
            for new in records
            for root in (new.record.public.root,)
        ]

    @property
    def forms(self) -> set[str]:
        """The forms that they have."""
        return {one.form for one in self._columns if one.form is not None}

    def rows(self, forms: Mapping[str, int]) -> list[tuple[Any, ...]]:
        """Return seq, root, id, kind, start of the leaf, form, the other columns, salt, and personal part.

        ``forms`` has the number of each form. One whose personal part is empty has neither.
        """
        packed = iter(to_packed_parts((new.personal, new.record.content) for new in self._records if new.personal))
        return [
            (
                new.seq, new.root, new.id, new.kind, leaf_start(new.leaf),
                None if one.form is None else forms[one.form], one.recorded_at, one.lag, one.commitment, one.rest,
                *((new.salt, next(packed)) if new.personal else (None, None)),
            )
            for new, one in zip(self._records, self._columns, strict=True)
        ]  # fmt: skip


def leaf_start(leaf: bytes) -> int:
    """Return the beginning of a leaf hash, by which a changed record is found without its neighbors.

    The whole hash is in the tree.
    """
    return int.from_bytes(leaf[:_START], "big", signed=True)


def start_bytes(start: int) -> bytes:
    """Return the bytes that ``leaf_start`` stands for."""
    return start.to_bytes(_START, "big", signed=True)


async def numbers_of_forms(
    view: View, location: Location, texts: Collection[str], known: Mapping[str, int]
) -> dict[str, int]:
    """Return the numbers of forms, new ones included, in a transaction that holds the location's head.

    Those that are ``known`` to be committed are not asked for: they never change.
    """
    found = {text: known[text] for text in texts if text in known}
    if missing := sorted(set(texts) - found.keys()):
        values = {"location": location.no, "texts": missing}
        async with view.connection.pipeline():
            await view.send(_NEW_FORMS, values)
            cursor = await view.send(_FORMS, values)
        found |= dict(await cursor.fetchall())
    return found


def _bytes(record_id: str) -> bytes:
    return uuid_bytes(record_id) or b""
