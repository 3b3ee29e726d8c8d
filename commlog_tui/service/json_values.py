"""JSON of requests, read strictly: every name of an object given once, numbers of bounded length.

Most texts are read by a fast reader that takes more, and looked at for what it lets pass; whatever
has that is read by the slower one, which refuses it.
"""

import json
from collections.abc import Mapping
from typing import Any, Final, Never, cast

import msgspec

from commlog_tui.service.problems import ProblemError

_MOST_DIGITS: Final = 40
_EXACT: Final = 1 << 53
_ODD: Final = -(1 << 40)
"""Makes any sum of counts negative."""

_decode: Final = msgspec.json.Decoder().decode


def parse(raw: bytes) -> object:
    """Return the value of a JSON text. Raises a 400 problem."""
    try:
        value = _decode(raw)
        if 2 * _texts(value) == _quotes(raw):
            return value
    except (ValueError, RecursionError):
        pass  # what it is, the other reader knows better
    return parse_slowly(raw)


def parse_slowly(raw: bytes) -> object:
    """Return the value of a JSON text, read by the standard library. Raises a 400 problem."""
    try:
        return json.loads(
            raw.decode(),
            object_pairs_hook=_named_once,
            parse_constant=_refuse_constant,
            parse_int=_integer,
            parse_float=_decimal,
        )
    except (ValueError, RecursionError):
        raise no_json() from None


def no_json() -> ProblemError:
    """Return the problem of a text that is no JSON."""
    return ProblemError(400, "json", "The body is not JSON in UTF-8 with every name given once. Nothing was changed.")


def has_more_values(value: object, most: int) -> bool:
    """Whether a parsed value holds more than so many values."""
    left, waiting = most, [value]
    while waiting:
        one = waiting.pop()
        left -= 1
        if left < 0:
            return True
        if isinstance(one, Mapping):
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
    return False


def _texts(value: object) -> int:
    """Return how many texts and names a value has; less than none if it has a number to be looked at.

    Of a name that was given twice, the value has only one.
    """
    kind = type(value)
    if kind is str:
        return 1
    if kind is dict:
        named = cast("dict[str, object]", value)
        return len(named) + sum([_texts(one) for one in named.values()])
    if kind is list:
        return sum([_texts(one) for one in cast("list[object]", value)])
    is_odd = kind is float or (kind is int and not -_EXACT < value < _EXACT)  # type: ignore[operator] # an integer
    return _ODD if is_odd else 0


def _quotes(raw: bytes) -> int:
    """Return how many quotation marks begin or end a text."""
    if b"\\" not in raw:
        return raw.count(b'"')
    return raw.count(b'"') - raw.replace(b"\\\\", b"").count(b'\\"')


def _named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object. Raises for a duplicate name (RFC 8259, section 4)."""
    named = dict(pairs)
    if len(named) != len(pairs):
        raise ValueError
    return named


def _refuse_constant(_: str) -> Never:
    """Refuse NaN and the infinities, which Python reads and JSON does not have."""
    raise ValueError


def _integer(digits: str) -> int:
    return int(_short(digits))


def _decimal(digits: str) -> float:
    return float(_short(digits))


def _short(digits: str) -> str:
    if len(digits) > _MOST_DIGITS:
        raise ValueError
    return digits
