"""Read the bodies of webhooks within bounds of size, depth and count."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Never, TypeVar
from urllib.parse import parse_qsl

from commlog_tui.contract.base import EARLIEST, parse_instant
from commlog_tui.providers.errors import MalformedHookError

MAX_BODY: Final = 1 << 20
"""Bytes. The largest documented batch is SendGrid's, of 768 KiB."""
MAX_EVENTS: Final = 5_000
"""Events of one request."""
_MAX_DEPTH: Final = 32
_MAX_FIELDS: Final = 200
_MAX_DIGITS: Final = 40
_MILLISECONDS: Final = 100_000_000_000
"""Unix times from here on are in milliseconds."""
_STRING: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\Z)', re.DOTALL)
_NO_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))
_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
_LONG_FRACTION: Final = re.compile(r"(\.\d{6})\d+")

Fields = Mapping[str, Any]
Result = TypeVar("Result")


def read_object(body: bytes | str) -> Fields:
    """Return the object of a JSON body.

    Raises:
        MalformedHookError: it is not one, or exceeds a limit.
    """
    value = read_json(body)
    if not isinstance(value, dict):
        raise MalformedHookError("The body is no JSON object.")
    return value


def read_json(body: bytes | str) -> object:
    """Return the value of a JSON body with every name given once.

    Raises:
        MalformedHookError: it is not JSON, or exceeds a limit.
    """
    try:
        raw = body.encode() if isinstance(body, str) else body
        check_size(raw)
        _check_depth(raw)
        return json.loads(
            raw.decode(),
            object_pairs_hook=_named_once,
            parse_constant=_refuse_constant,
            parse_int=lambda digits: int(_short(digits)),
            parse_float=lambda digits: float(_short(digits)),
        )
    except (ValueError, RecursionError):
        raise MalformedHookError("The body is not JSON in UTF-8 with every name given once.") from None


def read_form(body: bytes) -> list[tuple[str, str]]:
    """Return the fields of a form, in order. Bytes that are not UTF-8 become surrogates.

    Raises:
        MalformedHookError: it exceeds a limit.
    """
    check_size(body)
    try:
        return parse_qsl(
            body.decode("ascii"), keep_blank_values=True, errors="surrogateescape", max_num_fields=_MAX_FIELDS
        )
    except ValueError:
        raise MalformedHookError("The body is no form, or has too many fields.") from None


def check_size(body: bytes) -> None:
    """Check the size of a body.

    Raises:
        MalformedHookError: it is too large.
    """
    if len(body) > MAX_BODY:
        raise MalformedHookError(f"The body has more than {MAX_BODY:,} bytes.")


def readable(items: Iterable[object], read: Callable[[Fields], Iterable[Result]]) -> list[Result]:
    """Return the results of all items of a batch that can be read.

    One bad item does not lose the others of its batch.

    Raises:
        MalformedHookError: none can be read, or there are too many.
    """
    results: list[Result] = []
    faults = count = 0
    for item in items:
        count += 1
        if count > MAX_EVENTS:
            raise MalformedHookError(f"The body has more than {MAX_EVENTS:,} events.")
        try:
            results += read(item if isinstance(item, dict) else {})
        except MalformedHookError:
            faults += 1
    if faults and faults == count:
        raise MalformedHookError("No event of the body can be read.")
    return results


def fields_of(value: object, name: str) -> Fields:
    """Return an object within an object; empty if it is missing or no object."""
    found = value.get(name) if isinstance(value, Mapping) else None
    return found if isinstance(found, dict) else {}


def items_of(value: object, name: str) -> list[Any]:
    """Return a list within an object; empty if it is missing or no list.

    Raises:
        MalformedHookError: it is too long.
    """
    found = value.get(name) if isinstance(value, Mapping) else None
    if not isinstance(found, list):
        return []
    if len(found) > MAX_EVENTS:
        raise MalformedHookError(f"The body has more than {MAX_EVENTS:,} events.")
    return found


def text_of(value: object, *names: str) -> str:
    """Return the first non-empty text or number of these names; empty if there is none."""
    for name in names:
        found = value.get(name) if isinstance(value, Mapping) else None
        if isinstance(found, str | int | float) and not isinstance(found, bool) and found != "":
            return str(found)
    return ""


def unix_instant(value: object) -> datetime:
    """Return the instant of a Unix time in seconds or milliseconds.

    Raises:
        MalformedHookError: it is not one.
    """
    try:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise TypeError
        seconds = float(_short(value) if isinstance(value, str) else value)
        if abs(seconds) >= _MILLISECONDS:
            seconds /= 1000
        return parse_instant(EARLIEST + timedelta(seconds=seconds))
    except (TypeError, ValueError, OverflowError):
        raise MalformedHookError("An event has no time that can be read.") from None


def iso_instant(text: str) -> datetime:
    """Return the instant of a time in RFC 3339; digits below a microsecond are dropped.

    Raises:
        MalformedHookError: it is not one.
    """
    try:
        return parse_instant(_LONG_FRACTION.sub(r"\1", text[:64])).astimezone(UTC)
    except ValueError:
        raise MalformedHookError("An event has no time that can be read.") from None


def storable(text: str) -> str:
    """Replace characters that cannot be stored by U+FFFD."""
    return _UNSTORABLE.sub("\ufffd", text)


def bare_message_id(text: str) -> str:
    """Return a Message-ID without its angle brackets."""
    return text.strip().removeprefix("<").removesuffix(">")


def _check_depth(raw: bytes) -> None:
    depth = 0
    for bracket in _STRING.sub(b"", raw).translate(None, _NO_BRACKETS):
        depth += 1 if bracket in b"[{" else -1
        if depth > _MAX_DEPTH:
            raise MalformedHookError(f"The body is nested more than {_MAX_DEPTH} levels deep.")


def _named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    named = dict(pairs)
    if len(named) != len(pairs):
        raise ValueError
    return named


def _refuse_constant(_: str) -> Never:
    raise ValueError


def _short(digits: str) -> str:
    if len(digits) > _MAX_DIGITS:
        raise ValueError
    return digits
