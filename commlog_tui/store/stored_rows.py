"""Stored columns of records made into what the verifier takes, for either database."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from struct import Struct, error
from typing import Any, Final, NamedTuple

from commlog_tui.ledger.rows import Row, Rows
from commlog_tui.records.personal_batch import to_personals
from commlog_tui.records.public_batch import PublicBatch
from commlog_tui.records.public_codec import made_public, stated_form

_START: Final = Struct(">i")
_NO_FORM: Final = "", None


class StoredRow(NamedTuple):
    """A record as it lies in a database."""

    seq: int
    form: int | None
    recorded_at: int | None
    lag: int | None
    commitment: bytes | None
    rest: bytes | None
    salt: bytes | None
    data: bytes | None
    leaf_start: int
    """The first four bytes of the leaf, as a signed number."""
    id: bytes
    kind: str | int | None
    """Its name, or the number of one."""
    root: bytes | None
    """Id of its root, empty where there is none; None for a root."""
    is_placed: int


class StoredRows:
    """Makes the bytes of one location's records again. Nothing that is read is believed."""

    def __init__(self, location: str, forms: Mapping[int, str], kinds: Mapping[int, str] | None = None) -> None:
        """``kinds`` are the names of kinds by their numbers, where rows have these."""
        self._location = location
        self._forms = {no: (text, _filing(stated_form(text, location))) for no, text in forms.items()}
        self._kinds = kinds

    def read(self, rows: Sequence[StoredRow | tuple[Any, ...]]) -> Iterable[Row]:
        """Return rows with their bytes; what cannot be made again is empty, which is a fault."""
        if not rows:
            return ()
        seqs, numbers, recorded_at, lags, commitments, rests, salts, parts, starts, ids, kinds, roots, placed = zip(
            *rows, strict=True
        )
        if self._kinds is not None:
            kinds = tuple(map(self._kinds.get, kinds))
        entries = tuple([own if root is None else root for own, root in zip(ids, roots, strict=True)])
        columns = recorded_at, lags, commitments, rests, self._location, seqs, ids, roots
        filing = list(zip(kinds, map(type, roots), placed, strict=True))
        publics, known = [b""] * len(rows), list[bytes | None](commitments)
        by_form = defaultdict[int | None, list[int]](list)
        for at, number in enumerate(numbers):
            by_form[number].append(at)
        try:
            batch = PublicBatch(*columns)
        except ValueError:
            batch = None
        for number, positions in by_form.items():
            text, stated = (None, None) if number is None else self._forms.get(number, _NO_FORM)
            made = _made(batch, text, positions) or [_made_alone(text, columns, at) for at in positions]
            for at, public in zip(positions, made, strict=True):
                publics[at] = public
            if {filing[at] for at in positions} != {stated} or not all(made):
                for at in positions:
                    known[at] = known[at] if filing[at] == stated and publics[at] else None
        return Rows((seqs, publics, salts, to_personals(parts), _starts(starts), ids, kinds, entries, placed, known))


def _filing(stated: tuple[str, bool] | None) -> tuple[str, type, int] | None:
    """Return what records of a form are filed by: kind, type of the root's id, and that their location is right."""
    return None if stated is None else (stated[0], bytes if stated[1] else type(None), 1)


def _made(batch: PublicBatch | None, form: str | None, positions: Sequence[int]) -> list[bytes]:
    """Return public parts of one form; none if they have to be made one by one."""
    if batch is None or not form or len(positions) == 1:
        return []
    try:
        return batch.made(form, positions)
    except ValueError:
        return []


def _made_alone(form: str | None, columns: Sequence[Any], position: int) -> bytes:
    *values, location, seqs, ids, roots = columns
    recorded_at, lag, commitment, rest = (column[position] for column in values)
    seq, record_id, root = seqs[position], ids[position], roots[position]
    try:
        return made_public(form, recorded_at, lag, commitment, rest, location, seq, record_id, root or None)
    except ValueError:
        return b""


def _starts(numbers: Sequence[int]) -> list[bytes]:
    """Return the bytes of leaves that numbers stand for, or some that no leaf begins with."""
    try:
        return list(map(_START.pack, numbers))
    except error:
        return [_start(number) for number in numbers]


def _start(number: int) -> bytes:
    try:
        return _START.pack(number)
    except error:
        return b"none of a leaf hash, which has 32"


def dense(rows: Sequence[Any], after: int, end: int) -> Sequence[Any]:
    """Return rows up to the log's end and as far beyond as they follow on each other, from a position on."""
    if rows[-1][0] <= end:
        return rows
    before = (after, *(row[0] for row in rows))
    return rows[: next((at for at, row in enumerate(rows) if row[0] > end and row[0] != before[at] + 1), len(rows))]
