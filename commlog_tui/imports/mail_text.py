"""Read the header fields and the text of an e-mail message, however broken it is."""

import re
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.utils import collapse_rfc2231_value
from html.parser import HTMLParser
from typing import Final

from typing_extensions import override

HEAD_END: Final = re.compile(rb"\n\r?\n")
TROUBLE: Final = (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError, AssertionError)
"""Exceptions that the standard library is known to raise on broken mail."""
_BREAKS: Final = frozenset({"br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"})
_SILENT: Final = frozenset({"script", "style", "head", "title"})
_SPACED_NAME: Final = re.compile(rb"^([!-9;-~]+)[ \t]+:", re.MULTILINE)
_TAG: Final = re.compile(r"<[^>]*>")
_BLANKS: Final = re.compile(r"[ \t\r\f\v]+")
_GAPS: Final = re.compile(r"\n\s*\n\s*")


def with_plain_names(content: bytes) -> bytes:
    """Remove blanks between field names and colons, which ``email`` does not parse."""
    end = HEAD_END.search(content)
    head = content[: end.start()] if end else content
    return _SPACED_NAME.sub(rb"\1:", head) + content[len(head) :]


def headers(message: Message, name: str) -> list[str]:
    """Return the values of a header field as UTF-8 (RFC 6532), or Latin-1 as a fallback."""
    return [
        _characters(value.encode("utf-8", "surrogateescape"), None)
        for known, value in message.raw_items()
        if known.lower() == name.lower()
    ]


def header(message: Message, name: str) -> str:
    """Return the first value of a header field; empty if there is none."""
    return next(iter(headers(message, name)), "")


def decoded(header: str) -> str:
    """Decode a header value (RFC 2047); undecodable values stay as they are."""
    try:
        parts = decode_header(header)
    except TROUBLE:
        return header
    text = "".join(
        part
        if isinstance(part, str)
        else _characters(part, charset)
        if charset
        else part.decode("raw-unicode-escape", "replace")
        for part, charset in parts
    )
    return text if text.strip() else header


def _characters(raw: bytes, charset: str | None) -> str:
    for name in (charset, "utf-8"):
        if name and "escape" not in name.lower():  # codecs of string literals are no charsets
            try:
                return raw.decode(name)
            except (LookupError, ValueError):
                continue
    return raw.decode("latin-1")


def text_of(message: Message) -> str:
    """Return the text of a message: its first plain part, else its HTML without markup."""
    html = ""
    for part in message.walk():
        kind = part.get_content_type()
        if (
            part.is_multipart()
            or part.get_content_disposition() == "attachment"
            or kind not in {"text/plain", "text/html"}
        ):
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
    """Return the text of an HTML document, with blocks on separate lines."""
    words = _Words()
    try:
        words.feed(html)
        words.close()
        text = "".join(words.parts)
    except TROUBLE:
        text = _TAG.sub(" ", html)
    return _GAPS.sub("\n\n", _BLANKS.sub(" ", text)).strip()


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in _SILENT
        if tag in _BREAKS:
            self.parts.append("\n")

    @override
    def handle_endtag(self, tag: str) -> None:
        self._silent = max(0, self._silent - (tag in _SILENT))

    @override
    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(" ".join(data.split("\n")))
