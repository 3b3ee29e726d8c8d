"""Public parts of records as narrow columns, and back to their canonical bytes.

The words that many records share (kind, actor, channel, source, …) make up a *form*: the canonical
JSON of a public part with 0 in place of every value that is a record's own. A log has few forms and
keeps each once. The values lie in columns; ``Columns`` names them. A store has the id, the position
and the root's id anyway. Forms and columns are read by every later version: what they mean can be
extended, never changed.
"""

from collections.abc import Callable
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final, NamedTuple

import msgspec

from commlog_tui.ledger.canonical import canonical
from commlog_tui.records.uuids import uuid_bytes, uuid_text

_SHARED: Final = frozenset(
    {
        "actor", "audience", "channel", "direction", "event", "expected", "kind", "message_kind", "reason", "reporter",
        "route", "source", "status", "step", "via",
    }
)  # fmt: skip
"""Fields whose values are part of the form. Other fields that no column is for lie in ``rest``."""
_MOMENTS: Final = ("sent_at", "at")
ROOTS: Final = ("entry", "about")
"""Fields with the id of the root."""
_HASH_SIZE: Final = 32
_UUID_SIZE: Final = 16
_UUID_LENGTH: Final = 36
_LONGEST_FORM: Final = 1_000
FILED: Final = 6
"""Values that columns are for, or what a record is filed by."""
_LEAST, _MOST = -(1 << 63), (1 << 63) - 1
"""The integers that a database can store."""

_decode: Final = msgspec.json.Decoder(dict[str, Any]).decode
_pack: Final = msgspec.msgpack.Encoder(order="sorted").encode
_unpack: Final = msgspec.msgpack.Decoder(list[Any]).decode
_INTEGER, _QUOTED, _ANYTHING = b"%d", b'"%b"', b"%b"


class Columns(NamedTuple):
    """A public part without its id, location, position and root, which a store files it by."""

    form: str | None
    """None where the columns cannot express the part: ``rest`` then has its bytes as they are."""
    recorded_at: int | None
    lag: int | None
    """Microseconds from the instant that the record is about until it was recorded."""
    commitment: bytes | None
    rest: bytes | None
    """The values that no column is for, in the order of their names, as a MessagePack array."""


def to_columns(  # noqa: PLR0917 - what a record is filed by, in one order everywhere
    public: bytes,
    location: str,
    seq: int,
    record_id: bytes,
    root_id: bytes | None,
    fields: dict[str, Any] | None = None,
) -> Columns:
    """Return a public part as columns, given what a store files it by; ``root_id`` is None for a root.

    ``fields`` are the same, if they are decoded already. ``to_public`` returns the same bytes from
    the columns: this is tried, and whatever differs is stored raw.
    """
    raw = Columns(None, None, None, None, public)
    try:
        columns = _columns(_decode(public) if fields is None else fields)
        is_same = to_public(columns, location, seq, record_id, root_id) == public
    except (msgspec.MsgspecError, KeyError, TypeError, ValueError, OverflowError, RecursionError):
        return raw
    return columns if is_same else raw


def to_public(columns: Columns, location: str, seq: int, record_id: bytes, root_id: bytes | None) -> bytes:
    """Return the canonical bytes of a public part. Raises ``ValueError`` if the columns were damaged."""
    return made_public(*columns, location, seq, record_id, root_id)


def made_public(  # noqa: PLR0917 - a column each, as this is called for every record that is verified
    form: str | None, recorded_at: int | None, lag: int | None, commitment: bytes | None, rest: bytes | None,
    location: str, seq: int, record_id: bytes, root_id: bytes | None,
) -> bytes:  # fmt: skip
    """Do as ``to_public``, with the columns apart."""
    if form is None:
        if rest is None:
            raise ValueError("a raw record has no bytes")
        return rest
    template, arrange, width, has_moment = template_of(form, location)
    if recorded_at is None or commitment is None or (lag is None) is has_moment:
        raise ValueError("the columns do not fit the form")
    values: tuple[Any, ...] = (
        uuid_text(record_id).encode(),
        seq,
        commitment.hex().encode(),
        recorded_at,
        None if lag is None else recorded_at - lag,
        None if root_id is None else uuid_text(root_id).encode(),
    )
    if rest is not None:
        try:
            values += stated_values(rest)
        except msgspec.MsgspecError as error:
            raise ValueError("the further values cannot be read") from error
    if len(values) != width:
        raise ValueError("the further values do not fit the form")
    try:
        return template % arrange(values)
    except TypeError as error:
        raise ValueError("the columns do not fit the form") from error


@lru_cache(maxsize=4_096)
def stated_form(form: str, location: str) -> tuple[str, bool] | None:
    """Return the kind of records of a form, and whether they are about another one.

    None unless id, location, position, commitment and root of such a record are those of its
    columns, so that its bytes need not be read to compare them.
    """
    try:
        fields = _decode(form)
        template_of(form, location)
    except (msgspec.MsgspecError, ValueError):
        return None
    kind = fields.get("kind")
    own = [fields.get(name, "") for name in ("id", "location", "seq", "personal")]
    roots = [fields[name] for name in ROOTS if name in fields]
    if not isinstance(kind, str) or len(roots) > 1 or any(type(one) is not int or one for one in own + roots):
        return None
    return kind, bool(roots)


def moment_of(fields: dict[str, Any]) -> str | None:
    """Return the name of the instant that a part of these fields is about."""
    return next((name for name in _MOMENTS if name in fields), None)


def _columns(fields: dict[str, Any]) -> Columns:
    shared, own, moment = _sorted_out(tuple(fields))
    words = tuple([fields[name] for name in shared])
    text, further = _form_of(tuple(fields), words)
    recorded_at = fields["recorded_at"]
    lag = recorded_at - fields[moment] if moment else 0
    if not (_LEAST <= recorded_at <= _MOST and _LEAST <= lag <= _MOST):
        raise ValueError("an instant is beyond what a column can hold")
    rest = [_packed(fields[name]) for name in further or own] if further or own else None
    return Columns(
        text,
        recorded_at,
        lag if moment else None,
        bytes.fromhex(fields["personal"]),
        _pack(rest) if rest else None,
    )


@lru_cache(maxsize=1_024)
def _sorted_out(names: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...], str | None]:
    """Return which of a part's fields may be shared and which lie in ``rest``, and the one that is its instant."""
    moment = next((name for name in _MOMENTS if name in names), None)
    named = {"id", "location", "seq", "personal", "recorded_at", moment, *ROOTS}
    shared = tuple(sorted(_SHARED.intersection(names)))
    return shared, tuple(sorted(set(names) - named - _SHARED)), moment


@lru_cache(maxsize=4_096)
def _form_of(names: tuple[str, ...], words: tuple[Any, ...]) -> tuple[str, tuple[str, ...]]:
    """Return the form of a part with these fields and shared words.

    Further, the names of the fields in ``rest`` where some that may be shared are no words.
    """
    shared, own, _ = _sorted_out(names)
    odd = {name for name, word in zip(shared, words, strict=True) if word is not None and not isinstance(word, str)}
    form = dict.fromkeys(names, 0) | {name: word for name, word in zip(shared, words, strict=True) if name not in odd}
    text = canonical(form).decode()
    if len(text) > _LONGEST_FORM:
        raise ValueError("the form is too long to be shared")
    return text, tuple(sorted({*own, *odd})) if odd else ()


def _packed(value: object) -> object:
    """Return a value as it lies in ``rest``: ids and hashes in half their length."""
    if isinstance(value, str):
        if len(value) == _UUID_LENGTH and (packed := uuid_bytes(value)) is not None:
            return packed
        if len(value) == 2 * _HASH_SIZE:
            return _unhex(value)
    return value


def _unhex(value: str) -> bytes | str:
    try:
        packed = bytes.fromhex(value)
    except ValueError:
        return value
    return packed if packed.hex() == value else value


def stated_values(rest: bytes) -> tuple[bytes, ...]:
    """Return the values in ``rest`` as they stand in a part. Raises ``msgspec.MsgspecError``."""
    return tuple(map(_stated, _unpack(rest)))


def _stated(value: object) -> bytes:
    if isinstance(value, bytes):
        text = uuid_text(value) if len(value) == _UUID_SIZE else value.hex()
        return b'"%b"' % text.encode()
    return canonical(value)  # type: ignore[arg-type] # whatever it was in the public part


@lru_cache(maxsize=4_096)
def template_of(form: str, location: str) -> tuple[bytes, Callable[[tuple[Any, ...]], tuple[Any, ...]], int, bool]:
    """Return the bytes of a form with marks for values, and a function that puts values in their order.

    Further, how many values there are, and whether one is the instant that the record is about.

    Raises ``ValueError``.
    """
    try:
        fields = _decode(form)
    except msgspec.MsgspecError as error:
        raise ValueError("the form cannot be read") from error
    moment = moment_of(fields)
    columns: dict[str | None, tuple[int, bytes]] = {
        "id": (0, _QUOTED), "seq": (1, _INTEGER), "personal": (2, _QUOTED), "recorded_at": (3, _INTEGER),
        moment: (4, _INTEGER), **dict.fromkeys(ROOTS, (5, _QUOTED)),
    }  # fmt: skip
    parts, order, further = [], [], FILED
    for name in sorted(fields):
        value, mark = fields[name], _ANYTHING
        if name == "location":
            mark = _escaped(canonical(location))
        elif value != 0 or isinstance(value, bool):
            mark = _escaped(canonical(value))
        elif name in columns:
            at, mark = columns[name]
            order.append(at)
        else:
            order.append(further)
            further += 1
        parts.append(_escaped(canonical(name)) + b":" + mark)
    if len(order) < 2:  # noqa: PLR2004 - an itemgetter of one item returns no tuple
        raise ValueError("the form has too few values")
    return b"{" + b",".join(parts) + b"}", itemgetter(*order), further, moment is not None and fields[moment] == 0


def _escaped(text: bytes) -> bytes:
    return text.replace(b"%", b"%%")
