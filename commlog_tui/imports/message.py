"""One e-mail message as entries: one a recipient, from its real headers."""

import re
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.utils import collapse_rfc2231_value
from html.parser import HTMLParser
from typing import Any, Final

from typing_extensions import override

from commlog_tui.imports.dates import parse_mail_date
from commlog_tui.imports.items import (
    Item,
    Outcome,
    Plan,
    Refusal,
    UnreadableError,
    body_of,
    entry_of,
    hashed_key,
    key_of,
    title_of,
)
from commlog_tui.imports.recipients import addresses_of

_LONGEST_ADDRESS: Final = 320
_RECIPIENTS: Final = ("To", "Cc", "Bcc")
_BREAKS: Final = frozenset({"br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"})
_SILENT: Final = frozenset({"script", "style", "head", "title"})
_HEAD_END: Final = re.compile(rb"\n\r?\n")
_TAG: Final = re.compile(r"<[^>]*>")
_BLANKS: Final = re.compile(r"[ \t\r\f\v]+")
_GAPS: Final = re.compile(r"\n\s*\n\s*")
_TROUBLE: Final = (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError, AssertionError)
"""What the standard library is known to raise on mail that is broken enough."""


def read_message(where: str, line: int, raw: bytes, content: bytes, plan: Plan) -> Iterator[Outcome]:
    """Give an outcome for each recipient of a message, or the one refusal of a message that cannot be read.

    Of a message that was sent on, the latest Resent-* fields say when and to whom (RFC 5322, section 3.6.6).
    ``raw`` is the message as it is in its mailbox, ``content`` the message itself.
    """
    try:
        values, identity, recipients = _read(content, plan)
    except UnreadableError as error:
        yield Refusal(where, line, str(error), (raw,))
        return
    except _TROUBLE:
        yield Refusal(where, line, "the message is too broken to be read", (raw,))
        return
    kept = (raw,)
    for recipient in recipients:
        try:
            if len(recipient) > _LONGEST_ADDRESS:
                raise UnreadableError("a recipient's address is longer than 320 characters")
            entry = entry_of({**values, "to": recipient}, plan.constants)
            key = key_of("mail", *identity, recipient) if len(identity) == 1 else hashed_key("mail", *identity, recipient)
            yield Item(where, line, key, entry, kept)
        except UnreadableError as error:
            yield Refusal(where, line, str(error), kept)


def _read(content: bytes, plan: Plan) -> tuple[dict[str, Any], tuple[str, ...], list[str]]:
    message = message_from_bytes(content)
    resent = any(f"Resent-{name}" in message for name in _RECIPIENTS)
    prefix = "Resent-" if resent else ""
    fields = [_headers(message, f"{prefix}{name}") for name in _RECIPIENTS]
    named = [value for found in fields for value in (found[:1] if resent else found)]
    told = plan.constants.get("to")
    recipients = [str(told)] if told else addresses_of(named)
    if not recipients:
        raise UnreadableError("no recipient is named in To, Cc or Bcc; --set to=ADDRESS says who it was, if it was one for all")
    sent_at = _date(message, prefix, plan)
    subject = _header(message, "Subject")
    body = body_of(_text(message))
    values: dict[str, Any] = {
        "via": "email",
        "source": "system",
        "title": title_of(_decoded(subject), "(no subject)"),
        "sent_at": sent_at,
    }
    if body.strip():
        values["body"] = body
    message_id = _header(message, f"{prefix}Message-ID").strip() or _header(message, "Message-ID").strip()
    if message_id:
        return values, (message_id,), recipients
    return values, (sent_at.isoformat(), _header(message, "From"), subject, _below_head(content)), recipients


def _below_head(content: bytes) -> str:
    parts = _HEAD_END.split(content, maxsplit=1)
    return parts[-1].strip().decode("latin-1") if len(parts) > 1 else ""


def _headers(message: Message, name: str) -> list[str]:
    return [
        _characters(value.encode("utf-8", "surrogateescape"), None)  # RFC 6532 allows UTF-8, and Latin-1 is what others sent
        for known, value in message.raw_items()
        if known.lower() == name.lower()
    ]


def _header(message: Message, name: str) -> str:
    return next(iter(_headers(message, name)), "")


def _date(message: Message, prefix: str, plan: Plan) -> datetime:
    fault = "the message has no date"
    candidates = [_header(message, f"{prefix}Date"), *([_header(message, "Date")] if prefix else [])]
    received = [value.rpartition(";")[2] for value in _headers(message, "Received")]
    for text in (*candidates, *reversed(received)):  # the first server to receive it wrote the last line
        if not text.strip():
            continue
        try:
            return parse_mail_date(_decoded(text), plan.zone)
        except UnreadableError as error:
            fault = str(error) if fault == "the message has no date" else fault
    raise UnreadableError(f"{fault}, and no Received line helps")


def _decoded(header: str) -> str:
    """Return a header value in plain text (RFC 2047); what cannot be decoded stays as it is."""
    try:
        parts = decode_header(header)
    except _TROUBLE:
        return header
    text = "".join(
        part if isinstance(part, str) else _characters(part, charset) if charset else part.decode("raw-unicode-escape", "replace")
        for part, charset in parts
    )
    return text if text.strip() else header


def _characters(raw: bytes, charset: str | None) -> str:
    for name in (charset, "utf-8"):
        if name and "escape" not in name.lower():  # Python's own codecs for string literals are no charsets
            try:
                return raw.decode(name)
            except (LookupError, ValueError):
                continue
    return raw.decode("latin-1")


def _text(message: Message) -> str:
    html = ""
    for part in message.walk():
        kind = part.get_content_type()
        if part.is_multipart() or part.get_content_disposition() == "attachment" or kind not in {"text/plain", "text/html"}:
            continue
        payload = part.get_payload(decode=True)
        charset = part.get_param("charset")
        named = collapse_rfc2231_value(charset) if charset else None
        text = _characters(payload, named) if isinstance(payload, bytes) else ""
        if kind == "text/plain" and text.strip():
            return text.replace("\r\n", "\n").strip("\n")
        html = html or text
    return plain(html) if html else ""


def plain(html: str) -> str:
    """Return the words of an HTML text, blocks on lines of their own."""
    words = _Words()
    try:
        words.feed(html)
        words.close()
        text = "".join(words.said)
    except _TROUBLE:
        text = _TAG.sub(" ", html)
    return _GAPS.sub("\n\n", _BLANKS.sub(" ", text)).strip()


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._silent = 0

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in _SILENT
        if tag in _BREAKS:
            self.said.append("\n")

    @override
    def handle_endtag(self, tag: str) -> None:
        self._silent = max(0, self._silent - (tag in _SILENT))

    @override
    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.said.append(" ".join(data.split("\n")))
