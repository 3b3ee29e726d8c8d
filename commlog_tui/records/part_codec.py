"""Public parts made of their columns without their bytes: what most records that are shown are read by."""

from copy import copy
from functools import lru_cache
from typing import Any, Final

import msgspec

from commlog_tui.ledger.canonical import canonical
from commlog_tui.ledger.record import PublicPart, decode_public
from commlog_tui.records.public_codec import FILED, ROOTS, Columns, moment_of, template_of, to_public
from commlog_tui.records.uuids import uuid_text

_HASH_SIZE: Final = 32
_UUID_SIZE: Final = 16
_INTEGERS: Final = frozenset({"starts_at", "reported_at", "due_at", "since", "until"})
_TEXTS: Final = frozenset({"message_key", "matches", "person"})
"""Fields of the public part that mostly lie in ``rest``, by what they are."""
_decode: Final = msgspec.json.Decoder(dict[str, Any]).decode
_unpack: Final = msgspec.msgpack.Decoder(list[Any]).decode


def to_part(columns: Columns, location: str, seq: int, record_id: bytes, root_id: bytes | None) -> PublicPart:
    """Return a public part decoded, as ``to_public`` and decoding its bytes would.

    Raises ``ValueError`` if the columns were damaged.
    """
    form, recorded_at, lag, commitment, rest = columns
    if form is None or root_id is not None or recorded_at is None or commitment is None:
        return decode_public(to_public(columns, location, seq, record_id, root_id))
    model, moment, further = model_of(form, location)
    if (moment is None) is not (lag is None) or (rest is None) is not (not further):
        raise ValueError("the columns do not fit the form")
    part: PublicPart = copy(model)
    part.id, part.seq = uuid_text(record_id), seq
    part.personal, part.recorded_at = commitment.hex(), recorded_at
    if moment == "sent_at":
        part.sent_at = recorded_at - (lag or 0)
    elif moment is not None:
        part.at = recorded_at - (lag or 0)
    if rest is not None and not _set_further(part, further, rest):
        return decode_public(to_public(columns, location, seq, record_id, root_id))
    return part


def _set_further(part: PublicPart, names: tuple[str, ...], rest: bytes) -> bool:
    """Set the values that no column is for; false where that takes more than to look at their types."""
    try:
        values = _unpack(rest)
    except msgspec.MsgspecError as error:
        raise ValueError("the further values cannot be read") from error
    if len(values) != len(names):
        raise ValueError("the further values do not fit the form")
    for name, value in zip(names, values, strict=True):
        kind = type(value)
        if name in _TEXTS and kind is bytes:
            setattr(part, name, uuid_text(value) if len(value) == _UUID_SIZE else value.hex())
        elif (name in _TEXTS and kind is str) or (name in _INTEGERS and kind is int):
            setattr(part, name, value)
        else:
            return False
    return True


@lru_cache(maxsize=4_096)
def model_of(form: str, location: str) -> tuple[PublicPart, str | None, tuple[str, ...]]:
    """Return a part of a form without further values, the name of the instant it is about, and theirs.

    Raises ``ValueError``.
    """
    *_, width, has_moment = template_of(form, location)
    fields = _decode(form)
    moment = moment_of(fields)
    own = {"id", "seq", "personal", "recorded_at", moment, *ROOTS}
    further = tuple(
        name
        for name in sorted(fields)
        if name not in own and name != "location" and fields[name] == 0 and not isinstance(fields[name], bool)
    )
    if len(further) != width - FILED:
        raise ValueError("the form has other values than its template")
    shared = {name: value for name, value in fields.items() if name not in further}
    columns = Columns(canonical(shared).decode(), 0, 0 if has_moment else None, bytes(_HASH_SIZE), None)
    return decode_public(to_public(columns, location, 0, bytes(_UUID_SIZE), None)), moment, further
