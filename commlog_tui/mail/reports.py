"""Read bounces and complaints: the reports of RFC 3464, RFC 5965 and RFC 6533.

Only what a report states in its machine-readable part becomes an event. Bounces in free text,
automatic replies and vacation notes are no reports.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from commlog_tui.contract.delivery import DeliveryKind
from commlog_tui.imports.dates import read_mail_date
from commlog_tui.imports.items import ImportOptions, UnreadableError, storable
from commlog_tui.imports.mail_identity import bare_message_id
from commlog_tui.imports.mail_text import decoded, header, headers
from commlog_tui.imports.recipients import addresses_of
from commlog_tui.mail.parts import Section, section_of

_STATUS: Final = frozenset({"message/delivery-status", "message/global-delivery-status"})
_FEEDBACK: Final = "message/feedback-report"
_ORIGINAL: Final = frozenset({"message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers"})
_KINDS: Final[Mapping[str, DeliveryKind]] = {
    "failed": DeliveryKind.BOUNCED,
    "delayed": DeliveryKind.DEFERRED,
    "delivered": DeliveryKind.DELIVERED,
    "relayed": DeliveryKind.SENT,
    "expanded": DeliveryKind.SENT,
}
"""Actions of RFC 3464, section 2.3.3. Neither relayed nor expanded says that a mailbox was reached."""
_COMPLAINTS: Final = frozenset({"abuse", "fraud"})
"""Feedback types that are a complaint of the recipient's. ``not-spam`` is the opposite, the others
are about authentication, viruses or nothing in particular."""
_BREAK: Final = re.compile(r"\r\n|\r|\n")
_BLANK: Final = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_FIELD: Final = re.compile(r"([!-9;-~]+)[ \t]*:(.*)", re.DOTALL)
_FOLD: Final = re.compile(r"\n[ \t]+")
_CODE: Final = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?![\d.])", re.ASCII)
_REPLY: Final = re.compile(r"\d{3}[ -](?=[245]\.)", re.ASCII)
_UNICODE: Final = re.compile(r"\\x\{([0-9A-Fa-f]{2,6})\}")
_LARGEST: Final = 1 << 20
_MOST_RECIPIENTS: Final = 500
_LONGEST_ADDRESS: Final = 320
_LONGEST_DETAIL: Final = 2000

Fields: TypeAlias = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class MailEvent:
    """What a report says about a message and one of its recipients."""

    message_id: str
    """Without angle brackets."""
    kind: DeliveryKind
    at: datetime
    to: str | None = None
    """As the sender named the recipient, where the report says so."""
    code: str | None = None
    """The enhanced status code of RFC 3463, or the type of the feedback."""
    detail: str | None = None
    """The words of the mail server."""


@dataclass(frozen=True, slots=True)
class Report:
    """A report, with the events that are certain."""

    events: tuple[MailEvent, ...]


def read_report(content: bytes, arrived: datetime) -> Report | None:
    """Return what a bounce or complaint reports; None if the message is no report.

    ``arrived`` is used where the report has no readable date.
    """
    message = section_of(content)
    if message.kind != "multipart/report":
        return None
    sections = message.sections()
    part = next((one for one in sections if one.kind in _STATUS or one.kind == _FEEDBACK), None)
    if part is None:
        return None
    message_id = _original_id(sections) or _answered_id(message)
    at = _date(message, arrived)
    blocks = list(_blocks(part.decoded()[:_LARGEST]))
    found = _complaints(message_id, at, blocks) if part.kind == _FEEDBACK else _deliveries(message_id, at, blocks)
    return Report(tuple(dict.fromkeys(found)) if message_id else ())


def _deliveries(message_id: str, at: datetime, blocks: list[Fields]) -> Iterator[MailEvent]:
    for block in blocks[:_MOST_RECIPIENTS]:
        if any(len(block.get(name, ())) > 1 for name in ("final-recipient", "action")):
            continue  # several recipients in one block: whose status is whose is not certain
        if "final-recipient" not in block and "original-recipient" not in block:
            continue
        kind = _KINDS.get(_word(block, "action"))
        if kind is None:
            continue
        diagnostic = _diagnostic(block)
        yield MailEvent(
            message_id,
            kind,
            _moment(_first(block, "last-attempt-date")) or at,
            to=_recipient(_first(block, "original-recipient")) or _recipient(_first(block, "final-recipient")),
            code=_status(_first(block, "status"), diagnostic),
            detail=diagnostic[:_LONGEST_DETAIL] or None,
        )


def _complaints(message_id: str, at: datetime, blocks: list[Fields]) -> Iterator[MailEvent]:
    block = blocks[0] if blocks else {}
    kind = _word(block, "feedback-type")
    if kind not in _COMPLAINTS:
        return
    for recipient in block.get("original-rcpt-to", [])[:_MOST_RECIPIENTS] or [""]:
        yield MailEvent(
            message_id,
            DeliveryKind.COMPLAINED,
            at,
            to=_address(recipient),
            code=kind,
            detail=_line(_first(block, "user-agent"))[:_LONGEST_DETAIL] or None,
        )


def _original_id(sections: list[Section]) -> str:
    """Return the Message-ID in the part of the original message that a report returns."""
    for part in sections:
        if part.kind in _ORIGINAL:
            original = section_of(part.decoded().lstrip(b"\r\n")).head
            return bare_message_id(original)
    return ""


def _answered_id(message: Section) -> str:
    """Return the message that a report says it answers, if it names exactly one."""
    for name in ("In-Reply-To", "References"):
        found = re.findall(r"<[^<>]*>", header(message.head, name))
        if found:
            return found[0][1:-1].strip() if len(set(found)) == 1 else ""
    return ""


def _date(message: Section, arrived: datetime) -> datetime:
    received = (value.rpartition(";")[2] for value in headers(message.head, "Received"))
    for text in (header(message.head, "Date"), *received):
        if moment := _moment(decoded(text)):
            return moment
    return arrived


def _moment(text: str) -> datetime | None:
    try:
        return read_mail_date(text, ImportOptions())
    except UnreadableError:
        return None


def _blocks(raw: bytes) -> Iterator[Fields]:
    """Yield the blocks of header fields that blank lines separate."""
    try:
        text = raw.decode()
    except ValueError:
        text = raw.decode("latin-1")
    for block in _BLANK.split(_BREAK.sub("\n", text)):
        fields: Fields = {}
        for line in _FOLD.sub(" ", block).split("\n"):
            if match := _FIELD.fullmatch(line):
                fields.setdefault(match[1].lower(), []).append(storable(match[2].strip()))
        if fields:
            yield fields


def _first(block: Fields, name: str) -> str:
    return block.get(name, [""])[0]


def _word(block: Fields, name: str) -> str:
    """Return the first word of a field, in lower case, without a comment after it."""
    return re.split(r"[\s(;]", _first(block, name).lower(), maxsplit=1)[0]


def _line(text: str) -> str:
    return " ".join(text.split())


def _recipient(text: str) -> str | None:
    """Return the address of a recipient field: a type, a semicolon and the address."""
    kind, sign, address = text.partition(";")
    kind = kind.strip().lower()
    if not sign or kind not in {"rfc822", "utf-8"}:
        return None
    try:
        return _address(_UNICODE.sub(lambda match: chr(int(match[1], 16)), address) if kind == "utf-8" else address)
    except (ValueError, OverflowError):  # no character has that number
        return None


def _address(text: str) -> str | None:
    try:
        found = list(addresses_of([text]))
    except UnreadableError:
        return None
    return found[0] if len(found) == 1 and len(found[0]) <= _LONGEST_ADDRESS else None


def _diagnostic(block: Fields) -> str:
    kind, sign, text = _first(block, "diagnostic-code").partition(";")
    return _line(text if sign and kind.strip().lower() == "smtp" else _first(block, "diagnostic-code"))


def _status(status: str, diagnostic: str) -> str | None:
    """Return the status code, or the one in the server's reply where the status says no more than its class."""
    match = _CODE.match(status)
    code = match[0] if match else ""
    reply = _REPLY.match(diagnostic)
    stated = _CODE.match(diagnostic, reply.end()) if reply else None
    is_general = code.endswith(".0.0") or not code
    if stated and is_general and (not code or stated[0][0] == code[0]):
        return stated[0]
    return code or None
