"""Split a multipart message into its sections, without interpreting what they contain.

``email`` parses a ``message/*`` section before its transfer encoding is removed, and a section of
RFC 6533 as if it had one block of fields only.
"""

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from quopri import decodestring
from typing import Final

from commlog_tui.imports.mail_text import HEAD_END, TROUBLE, header, with_plain_names

_MOST_SECTIONS: Final = 50
_PLAIN: Final = "text/plain"
_NOT_BASE64: Final = re.compile(rb"[^A-Za-z0-9+/=]")


@dataclass(frozen=True, slots=True)
class Section:
    """A message, or one section of it, with its header parsed and its body as bytes."""

    head: Message
    body: bytes
    """As sent, in its transfer encoding."""

    @property
    def kind(self) -> str:
        """The media type, in lower case."""
        try:
            return self.head.get_content_type()
        except TROUBLE:
            return _PLAIN

    def decoded(self) -> bytes:
        """Return the body without its transfer encoding."""
        match header(self.head, "Content-Transfer-Encoding").strip().lower():
            case "base64":
                return _from_base64(self.body)
            case "quoted-printable":
                return decodestring(self.body)
        return self.body

    def sections(self) -> list["Section"]:
        """Return the sections of a multipart body, at most 50; empty for any other."""
        try:
            boundary = self.head.get_boundary()
        except TROUBLE:
            return []
        if not boundary or not self.kind.startswith("multipart/"):
            return []
        mark = re.compile(
            rb"^--" + re.escape(boundary.encode("utf-8", "surrogateescape")) + rb"(--)?[ \t]*\r?$", re.MULTILINE
        )
        return [section_of(raw) for raw in _between(mark, self.body)]


def section_of(content: bytes) -> Section:
    """Parse the header of a message or section."""
    if content.startswith((b"\n", b"\r\n")):  # no header, as RFC 2046 allows for a section
        return Section(Message(), content[content.index(b"\n") + 1 :])
    end = HEAD_END.search(content)
    head = content[: end.start() + 1] if end else content
    return Section(message_from_bytes(with_plain_names(head)), content[end.end() :] if end else b"")


def _between(mark: re.Pattern[bytes], body: bytes) -> Iterator[bytes]:
    start = -1
    for number, match in enumerate(mark.finditer(body)):
        if start >= 0:
            yield _without_last_break(body[start : match.start()])
        if match[1] or number >= _MOST_SECTIONS:
            return
        start = min(match.end() + 1, len(body))
    if start >= 0:
        yield body[start:]


def _without_last_break(raw: bytes) -> bytes:
    """Remove the line break that belongs to the boundary after it."""
    return raw.removesuffix(b"\n").removesuffix(b"\r")


def _from_base64(raw: bytes) -> bytes:
    text = _NOT_BASE64.sub(b"", raw)
    try:
        return b64decode(text[: len(text) // 4 * 4])
    except (Base64Error, ValueError):
        return raw
