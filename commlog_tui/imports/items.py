"""What a reader gives: entries ready to send, or what it could not make one of, and why."""

import re
from collections.abc import Iterator, Mapping
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
    """An entry, the key that makes sending it again harmless, and where it came from."""

    where: str
    line: int
    """From 1; where the row or message begins."""
    key: str
    entry: NewEntry
    raw: tuple[bytes, ...] = ()
    """The rows or the message as they are in the file, in UTF-8 where it is text."""
    position: str = ""
    """What to call it behind the name of the file, where that is not the line."""
    is_one_message: bool = False
    """Whether the key is a provider's of one message: what several exports tell of it are events of one entry."""
    earlier_keys: tuple[str, ...] = ()
    """Keys under which 0.1.0 may have recorded the same entry."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something that is no entry, with a reason that does not repeat what was read."""

    where: str
    line: int
    reason: str
    raw: tuple[bytes, ...] = ()
    """Empty when the file as a whole is meant."""
    position: str = ""


Outcome = Item | Refusal


class DateFormat(StrEnum):
    """How a file writes dates that are neither ISO 8601 nor RFC 5322."""

    DMY = "dmy"
    MDY = "mdy"
    YMD = "ymd"
    EXCEL = "excel"
    EXCEL_1904 = "excel1904"
    EPOCH = "epoch"
    EPOCH_MS = "epoch-ms"


def name_of(outcome: Outcome) -> str:
    """Return the file and the line or item that an outcome is about."""
    return f"{outcome.where}{outcome.position or f':{outcome.line}'}"


@dataclass(frozen=True)
class ImportOptions:
    """What the caller knows of a file that the file does not say."""

    zone: ZoneInfo | None = None
    """For times that name none."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Our field to their column or dotted path."""
    constants: Mapping[str, Any] = field(default_factory=dict)
    """Fields that are the same for every entry, whatever the file says."""
    encoding: str | None = None
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """For each of our fields, what their values mean: in folded case, to ours."""
    date_format: DateFormat | None = None
    fold: int | None = None
    """Of a time that clocks showed twice, 0 for the first and 1 for the second; None takes the first, with a warning."""
    received: bool = False
    """Whether mail was received rather than sent."""
    own: frozenset[str] = frozenset()
    """The location's own e-mail addresses, in the form that ``recipients.normal_address`` returns."""
    location: str = ""
    """The location's id: where nothing else is known, an address with this before the @ is taken for its own."""
    warnings: list[str] = field(default_factory=list, compare=False)
    """What the reader noticed since this was last emptied."""

    def is_own(self, address: str) -> bool:
        """Whether an e-mail address is the location's own."""
        return address in self.own if self.own else address.partition("@")[0] == (self.location or None)

    def warn(self, words: str) -> None:
        """Keep a warning about what is being read; whoever takes the next outcome empties the list."""
        self.warnings.append(words)


class Progress:
    """How far a reader has come, and what is worth a word when it is done."""

    def __init__(self) -> None:
        self.bytes_read = 0
        self.unused: dict[str, None] = {}
        """Columns that mean nothing to the reader, in the order met."""
        self.notes: list[str] = []
        """What a person should know of how the file was read, in sentences."""


class UnreadableError(Exception):
    """What was read cannot become an entry; the text is the reason."""


def key_of(kind: str, *parts: str) -> str:
    """Return the key of what these parts identify: always the same, within 255 characters."""
    text = f"{kind}:{' '.join(parts)}"
    return text if len(text) <= _MAX_KEY and not _UNSTORABLE.search(text) else hashed_key(kind, *parts)


def hashed_key(kind: str, *parts: str) -> str:
    """Return a key made of a hash of the parts alone."""
    return f"{kind}:{sha256(chr(0).join(parts).encode(errors='surrogatepass')).hexdigest()}"


def given_key(kind: str, text: str) -> str:
    """Return the key for an id that a file gives: a UUID is the entry's id itself."""
    return text.lower() if is_uuid(text) else key_of(kind, text)


def storable(text: str) -> str:
    """Return the text with what no UTF-8 store can keep shown as U+FFFD."""
    return _UNSTORABLE.sub("\ufffd", text)


def title_of(text: str, otherwise: str) -> str:
    """Return one line of at most 500 characters."""
    line = storable(" ".join(text.split()))
    return (line if len(line) <= MAX_TITLE else f"{line[: MAX_TITLE - 1]}…") or otherwise


def body_of(text: str) -> str:
    """Return the text, cut where the contract ends with a word that says so."""
    text = storable(text)
    if len(text) <= MAX_BODY:
        return text
    note = f"\n[Cut here on import: the text has {len(text):,} characters.]"
    return text[: MAX_BODY - len(note)] + note


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields with dotted names put under their parents."""
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
    """Return the entry that the values make, the constants over them.

    Raises:
        UnreadableError: the contract refuses it; the reason names the fields and never their values.
    """
    try:
        return NewEntry.model_validate(nested({**values, **constants}))
    except ValidationError as error:
        reasons = [f"{field_name(fault)} {field_message(fault)}".strip() for fault in error.errors(include_url=False)[:_REASONS]]
        raise UnreadableError("; ".join(reasons)) from None


def refused_as_a_whole(where: str, reason: str) -> Iterator[Outcome]:
    """Give the one refusal of a file that cannot be read at all."""
    yield Refusal(where, 1, reason)
