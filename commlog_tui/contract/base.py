"""Base models and shared field types of the API.

Models are built on first use, because few of them are needed at start-up.
"""

import re
from datetime import UTC, datetime
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticKnownError

EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)

_RFC3339: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_TIME: Final = r"([01]\d|2[0-3]):[0-5]\d"
INSTANT_PATTERN: Final = (
    r"^((19[7-9]\d|2[01]\d\d)-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])|1969-12-31|2200-01-01)"
    rf"[Tt ]{_TIME}:[0-5]\d(\.\d{{1,9}})?([Zz]|[+-]{_TIME})$"
)
"""Pattern of accepted instants. With an offset, an instant of 2199 may be written in 2200."""
_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class RequestModel(BaseModel):
    """Base of everything a client sends. Unknown fields are rejected, so typos are noticed."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class ResponseModel(BaseModel):
    """Base of everything the service returns.

    Unknown fields are ignored, so that an older desk can read the responses of a newer service.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)


def parse_instant(value: object) -> datetime:
    """Parse an RFC 3339 date and time with an offset and return it in UTC.

    Raises:
        ValueError: not such a date and time, or outside the years 1970 to 2199.
    """
    if isinstance(value, str):
        if not _RFC3339.fullmatch(value):
            raise ValueError("must be an RFC 3339 date and time with an offset, such as 2026-11-03T09:14:00+01:00")
        value = datetime.fromisoformat(value.upper())
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ValueError("must be an RFC 3339 date and time with an offset, such as 2026-11-03T09:14:00+01:00")
    try:
        instant = value.astimezone(UTC)
    except OverflowError:
        instant = None
    if instant is None or not EARLIEST <= instant < LATEST:
        raise ValueError("must lie in the years 1970 to 2199")
    return instant


def format_instant(instant: datetime) -> str:
    """Format an instant as RFC 3339 text in UTC, ending in ``Z``."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _storable(text: str) -> str:
    if "\x00" in text:
        raise ValueError("must not contain the NUL character")
    if not text.isascii() and _SURROGATE.search(text):
        raise ValueError("must not contain half of a surrogate pair")
    return text


def is_uuid(text: str) -> bool:
    """Return whether a text is a UUID in its usual form of 36 characters."""
    return _UUID.fullmatch(text) is not None


def _canonical_uuid(value: object) -> str:
    text = str(value)
    if not is_uuid(text):
        raise ValueError("must be a UUID, such as 7d3a1c9e-5b0f-4a6e-9c61-0e5d1f2a3b4c")
    return text.lower()


def at_most(count: int) -> BeforeValidator:
    """Return a validator that rejects longer lists before any item is validated."""

    def check(value: object) -> object:
        if isinstance(value, list | tuple) and len(value) > count:
            raise PydanticKnownError(
                "too_long", {"field_type": "List", "max_length": count, "actual_length": len(value)}
            )
        return value

    return BeforeValidator(check)


STORABLE: Final = AfterValidator(_storable)
"""Of texts with a length, behind it: pydantic then checks that without calling Python."""

Text = Annotated[str, STORABLE]
"""Any text that UTF-8 can store; NUL and lone surrogates are rejected."""

Instant = Annotated[
    datetime,
    BeforeValidator(parse_instant),
    PlainSerializer(format_instant, return_type=str),
    WithJsonSchema(
        {
            "type": "string",
            "format": "date-time",
            "description": "RFC 3339 with an offset, in the years 1970 to 2199 (UTC)",
            "pattern": INSTANT_PATTERN,
        }
    ),
]
"""A point in time, in UTC; RFC 3339 on the wire, with microseconds."""

UuidText = Annotated[str, BeforeValidator(_canonical_uuid), WithJsonSchema({"type": "string", "format": "uuid"})]
"""A UUID in its canonical lower-case form."""

Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,31}$")]
"""A short lower-case identifier: a channel, a location."""

Line = Annotated[str, Field(min_length=1, max_length=500), STORABLE]
"""One non-empty line of text."""

Recipient = Annotated[str, Field(max_length=320), STORABLE]
"""An address or number as used; 320 is the longest address of RFC 3696, section 3 (64 + @ +
255)."""

CustomerId = Annotated[str, Field(min_length=1, max_length=128), STORABLE]
BookingCode = Annotated[str, Field(min_length=1, max_length=64), STORABLE]
