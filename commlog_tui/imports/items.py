"""Options, items and refusals: what all import readers take and produce."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from commlog_tui.contract.base import is_uuid
from commlog_tui.contract.entry import NewEntry
from commlog_tui.contract.validation import field_message, field_name

MAX_TITLE: Final = 500
MAX_BODY: Final = 100_000
_MAX_KEY: Final = 255
_REASONS: Final = 3
_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Item:
    """An entry ready to send, with its idempotency key and its origin in the file."""

    where: str
    line: int
    """Line where the row or message begins, from 1."""
    key: str
    entry: NewEntry
    raw: tuple[bytes, ...] = ()
    """The original rows or message; text in UTF-8."""
    position: str = ""
    """Position within the file, if it is not the line."""
    is_one_message: bool = False
    """Whether the key is a provider's message id: several exports of the message are then events
    of one entry."""
    earlier_keys: tuple[str, ...] = ()
    """Keys under which 0.1.0 may have recorded the same entry."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something that cannot be imported; the reason does not repeat the data."""

    where: str
    line: int
    reason: str
    raw: tuple[bytes, ...] = ()
    """Empty if the whole file is refused."""
    position: str = ""


Outcome = Item | Refusal


class DateFormat(StrEnum):
    """Date formats besides ISO 8601 and RFC 5322."""

    DMY = "dmy"
    MDY = "mdy"
    YMD = "ymd"
    EXCEL = "excel"
    EXCEL_1904 = "excel1904"
    EPOCH = "epoch"
    EPOCH_MS = "epoch-ms"


def name_of(outcome: Outcome) -> str:
    """Return the file and line or item of an outcome, for messages."""
    return f"{outcome.where}{outcome.position or f':{outcome.line}'}"


@dataclass(frozen=True)
class ImportOptions:
    """Options of an import that the file itself does not state."""

    zone: ZoneInfo | None = None
    """Zone of times that state none."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Column or dotted path for each field."""
    constants: Mapping[str, Any] = field(default_factory=dict)
    """Fixed values of fields, whatever the file says."""
    encoding: str | None = None
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Translations of values, for each field: from folded text to our value."""
    date_format: DateFormat | None = None
    fold: int | None = None
    """For ambiguous local times: 0 first, 1 second; None uses the first with a warning."""
    received: bool = False
    """Whether the mail was received rather than sent."""
    own: frozenset[str] = frozenset()
    """The location's own addresses, normalized by ``recipients.normal_address``."""
    location: str = ""
    """The location's id. Without ``own``, addresses with this local part count as its own."""
    warnings: list[str] = field(default_factory=list, compare=False)
    """Warnings of the reader since the list was last emptied."""

    def is_own(self, address: str) -> bool:
        """Return whether an e-mail address is the location's own."""
        return address in self.own if self.own else address.partition("@")[0] == (self.location or None)

    def warn(self, words: str) -> None:
        """Add a warning about the current item. The consumer empties the list."""
        self.warnings.append(words)


class Progress:
    """Progress of a reader, and remarks for its end."""

    def __init__(self) -> None:
        self.bytes_read = 0
        self.unused: dict[str, None] = {}
        """Columns that the reader does not use, in order of appearance."""
        self.notes: list[str] = []
        """Remarks on how the file was read, as sentences."""


class UnreadableError(Exception):
    """Something cannot be imported; the message is the reason."""


def key_of(kind: str, *parts: str) -> str:
    """Return a deterministic key of at most 255 characters for these parts."""
    text = f"{kind}:{' '.join(parts)}"
    return text if len(text) <= _MAX_KEY and not _UNSTORABLE.search(text) else hashed_key(kind, *parts)


def hashed_key(kind: str, *parts: str) -> str:
    """Return a key that is a hash of the parts."""
    return f"{kind}:{sha256(chr(0).join(parts).encode(errors='surrogatepass')).hexdigest()}"


def given_key(kind: str, text: str) -> str:
    """Return the key for an id in a file; a UUID is the entry's id itself."""
    return text.lower() if is_uuid(text) else key_of(kind, text)


def storable(text: str) -> str:
    """Replace characters that UTF-8 cannot store by U+FFFD."""
    return _UNSTORABLE.sub("\ufffd", text)


def title_of(text: str, otherwise: str) -> str:
    """Return the text as a single line of at most 500 characters."""
    line = storable(" ".join(text.split()))
    return (line if len(line) <= MAX_TITLE else f"{line[: MAX_TITLE - 1]}…") or otherwise


def body_of(text: str) -> str:
    """Return the text, truncated with a note at the maximum length."""
    text = storable(text)
    if len(text) <= MAX_BODY:
        return text
    note = f"\n[Cut here on import: the text has {len(text):,} characters.]"
    return text[: MAX_BODY - len(note)] + note


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Turn fields with dotted names into nested objects."""
    result: dict[str, Any] = {}
    for name, value in values.items():
        parent, dot, child = name.partition(".")
        if not dot:
            result[name] = value
            continue
        under = result.setdefault(parent, {})
        if isinstance(under, dict):
            result[parent] = {**under, child: value}
    return result


def entry_of(values: Mapping[str, Any], constants: Mapping[str, Any]) -> NewEntry:
    """Validate values and constants as an entry; constants take precedence.

    Raises:
        UnreadableError: they are invalid. The reason names the fields but not their values.
    """
    try:
        return NewEntry.model_validate(nested({**values, **constants}))
    except ValidationError as error:
        raise UnreadableError(reasons(error)) from None


def reasons(error: ValidationError) -> str:
    """Return what is wrong, as the first few fields and their faults, without their values."""
    faults = error.errors(include_url=False)[:_REASONS]
    return "; ".join(f"{field_name(fault)} {field_message(fault)}".strip() for fault in faults)
