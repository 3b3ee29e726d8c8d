"""Stored columns of records made into what the verifier takes, for either database."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from commlog_tui.ledger.verifier import Row
from commlog_tui.records.personal_codec import to_personal
from commlog_tui.records.public_codec import made_public, stated_form


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
    leaf_start: bytes
    id: bytes
    kind: str | None
    root: bytes | None
    """Id of its root; None for a root."""
    entry: bytes | None
    """What it is filed under: the id of its root, or its own; None where there is none."""
    is_placed: int


class StoredRows:
    """Makes the bytes of one location's records again. Nothing that is read is believed."""

    def __init__(self, location: str, forms: Mapping[int, str]) -> None:
        self._location = location
        self._forms = {no: (text, stated_form(text, location)) for no, text in forms.items()}

    def read(self, rows: Iterable[StoredRow | tuple]) -> list[Row]:  # type: ignore[type-arg] # its types are StoredRow's
        """Return rows with their bytes; what cannot be made again is empty, which is a fault."""
        read: list[Row] = []
        forms, location, unknown = self._forms, self._location, ("", None)
        for (
            seq, form, recorded_at, lag, commitment, rest, salt, data, start, record_id, kind, root, entry, is_placed
        ) in rows:  # fmt: skip
            text, stated = (None, None) if form is None else forms.get(form, unknown)
            try:
                public = made_public(text, recorded_at, lag, commitment, rest, location, seq, record_id, root)
            except ValueError:
                public = b""
            try:
                personal = None if data is None else to_personal(data)
            except ValueError:
                personal = b""
            is_filed = public and stated == (kind, root is not None) and is_placed == 1
            known = commitment if is_filed and entry == (record_id if root is None else root) else None
            read.append((seq, public, salt, personal, start, record_id, kind, entry, is_placed, known))
        return read
