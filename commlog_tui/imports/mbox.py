"""The messages of an mbox file, whichever program wrote it, one at a time.

mbox has no definition that all programs follow (RFC 4155, appendix A). A line that begins with ``From `` begins a message
where a header block follows it; lines of a text that begin so are quoted in some dialects (mboxo, mboxrd), counted by
Content-Length in others (mboxcl, mboxcl2), and left as they are by the rest. The standard library's ``mailbox.mbox`` ends a
message at every such line.
"""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from os import SEEK_END
from pathlib import Path
from typing import IO, Final, NamedTuple

from commlog_tui.imports.items import Progress

MAX_MESSAGE_BYTES: Final = 2 << 20
"""Bytes of one message that are read: headers and text come first, and attachments are not recorded."""
_LINE: Final = 1 << 20
_LONGEST_HEAD: Final = 1 << 20
_MONTH: Final = rb"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_DATED: Final = re.compile(
    rb"From .*\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun),? +(" + _MONTH + rb" +\d{1,2}|\d{1,2} +[A-Z][a-z]{2}) .*\d{1,2}:\d\d"
)
_MARKED: Final = re.compile(rb"From[ \t]*(-|\?\?\?@\?\?\?)?[ \t]*\r?\n?")
"""Netscape, Thunderbird and Eudora name nobody, and some of their versions no time."""
_LIKE_A_SENDER: Final = re.compile(rb"From \S+[ \t]*\r?\n?|From .*(\d{1,2}:\d\d.*\d{4}|\d{4}.*\d{1,2}:\d\d)")
_HEADER: Final = re.compile(rb"([!-9;-~]+)[ \t]*:")
"""RFC 5322, sections 2.2 and 4.5."""
_LENGTH: Final = re.compile(rb"content-length[ \t]*:[ \t]*(\d{1,18})[ \t]*\r?\n", re.IGNORECASE)
_FIELDS: Final = frozenset(
    {
        *(b"from", b"to", b"cc", b"bcc", b"date", b"subject", b"message-id", b"received", b"return-path", b"reply-to", b"sender"),
        *(b"mime-version", b"content-type", b"delivered-to", b"x-mozilla-status", b"x-uidl", b"status", b"x-status"),
        *(
            b"resent-from",
            b"resent-to",
            b"resent-date",
            b"x-gm-thrid",
            b"x-gmail-labels",
            b"dkim-signature",
            b"x-commlog-refused",
        ),
    }
)
_SENDER_FIELDS: Final = frozenset({b"from", b"received", b"return-path"})
_PEEK: Final = 16
_QUOTED: Final = re.compile(rb"^>(>*From )", re.MULTILINE)
_BLANK: Final = frozenset({b"\n", b"\r\n"})
_NO_SEPARATOR: Final = b"From MAILER-DAEMON Thu Jan  1 00:00:00 1970\n"
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


@dataclass(slots=True)
class MboxMessage:
    """A message: where it begins, and its lines, the separator first."""

    line: int
    lines: list[bytes] = field(default_factory=list)
    size: int = 0
    is_counted: bool = False
    """Whether Content-Length said where it ends, and lines of its text begin with ``From `` unquoted."""

    def add(self, line: bytes) -> None:
        """Keep a line, as long as the message is not too long to be kept."""
        if self.size < MAX_MESSAGE_BYTES:
            self.lines.append(line)
            self.size += len(line)

    @property
    def raw(self) -> bytes:
        """The message as it is in the file."""
        content = b"".join(self.lines)
        return as_mbox(self.content) if self.is_counted else content

    @property
    def content(self) -> bytes:
        """The message itself."""
        content = b"".join(self.lines[1:])
        return content if self.is_counted else _QUOTED.sub(rb"\1", content)


class _Line(NamedTuple):
    number: int
    offset: int
    content: bytes
    is_start: bool
    """Whether a line begins with it: one of more than a MiB is read in parts."""


def as_mbox(content: bytes) -> bytes:
    """Return a message as mbox files keep it (mboxrd)."""
    quoted = re.sub(rb"^(>*From )", rb">\1", content, flags=re.MULTILINE)
    return _NO_SEPARATOR + quoted.rstrip(b"\n") + b"\n"


def is_message(start: bytes) -> bool:
    """Whether a file that begins so is one message: header fields alone, up to a blank line or as far as is known."""
    names: set[bytes] = set()
    for line in start.removeprefix(_BYTE_ORDER_MARK).splitlines(keepends=True):
        if line in _BLANK:
            break
        match = _HEADER.match(line)
        if match is None and not (names and line[:1] in {b" ", b"\t"}):
            return False
        names.update({match[1].lower()} if match else set())
    return len(names & _FIELDS) > 1 and not names.isdisjoint(_SENDER_FIELDS)


def messages(path: Path, progress: Progress) -> Iterator[MboxMessage]:
    """Yield the messages of an mbox file, or the one message that a file is; none where it is neither.

    What stands before the first line that begins a message is a message that has lost its own.
    """
    with path.open("rb") as file, path.open("rb") as other:
        lines = _Lines(file, progress)
        found: MboxMessage | None = None
        first, undated = b"", False
        is_blank, in_head, end = True, False, 0
        for line in lines:
            text = line.content
            if found is None and text in _BLANK:
                continue
            if line.offset >= end and line.is_start and text.startswith(b"From "):
                if found is None:
                    undated = not (_DATED.match(text) or _MARKED.fullmatch(text))
                if found is None or _begins(text, lines.names_below(), first if undated else b"", is_blank=is_blank):
                    if found is not None:
                        yield found
                    found, first, in_head = MboxMessage(line.number), first or text, True
            if found is None:
                found = MboxMessage(line.number, [_NO_SEPARATOR])
            found.add(text)
            if in_head and line.is_start and text in _BLANK:
                in_head = False
                end = _end_by_length(found, line.offset + len(text), other)
            found.is_counted = found.is_counted or (line.offset < end and line.is_start and text.startswith(b"From "))
            is_blank = line.is_start and text in _BLANK
        if found is not None and (first or is_message(found.content)):
            yield found


def _begins(line: bytes, names: set[bytes], first: bytes, *, is_blank: bool) -> bool:
    """Return whether a line begins a message, by its own form and the names of the header fields that follow it.

    ``first`` is the file's first separator where that has no date: then later ones need none either.
    """
    known = len(names & _FIELDS)
    if _DATED.match(line) or (first and (is_blank or line == first)):
        return known > 0
    if _MARKED.fullmatch(line) or (is_blank and _LIKE_A_SENDER.match(line)):
        return known > 1 and not names.isdisjoint(_SENDER_FIELDS)
    return False


def _end_by_length(found: MboxMessage, start: int, file: IO[bytes]) -> int:
    """Return the offset at which Content-Length says that the message ends, or 0 where no message and no file ends there."""
    lengths = [int(match[1]) for line in found.lines[1:] if (match := _LENGTH.fullmatch(line))]
    if len(lengths) != 1 or start + lengths[0] > file.seek(0, SEEK_END):
        return 0
    end = start + lengths[0]
    file.seek(end - 1)
    before, behind = file.read(1), file.read(_PEEK)
    rest = behind.removeprefix(b"\r").removeprefix(b"\n")
    is_line_end = before == b"\n" or rest != behind or not behind
    return end if is_line_end and (not rest or rest.startswith(b"From ")) else 0


class _Lines:
    """The lines of a file, some of them read ahead."""

    def __init__(self, file: IO[bytes], progress: Progress) -> None:
        self._file = file
        self._progress = progress
        self._ahead: deque[_Line] = deque()
        self._number = 0
        self._offset = 0
        self._is_whole = True

    def __iter__(self) -> Iterator[_Line]:
        """Iterate over what is left."""
        while line := self._ahead.popleft() if self._ahead else self._read():
            yield line

    def names_below(self) -> set[bytes]:
        """Return the names of the header fields that the next lines are, in lower case."""
        names: set[bytes] = set()
        size = 0
        for line in self._below():
            size += len(line.content)
            match = _HEADER.match(line.content)
            if match and line.is_start:
                names.add(match[1].lower())
            elif size > _LONGEST_HEAD or not (
                (names and line.content[:1] in {b" ", b"\t"}) or not line.is_start or line.content.startswith(b">From ")
            ):
                break
        return names

    def _below(self) -> Iterator[_Line]:
        yield from list(self._ahead)
        while line := self._read():
            self._ahead.append(line)
            yield line

    def _read(self) -> _Line | None:
        content = self._file.readline(_LINE)
        if not content:
            return None
        self._number += self._is_whole
        size = len(content)
        if self._offset == 0:
            content = content.removeprefix(_BYTE_ORDER_MARK)
        line = _Line(self._number, self._offset, content, self._is_whole)
        self._progress.bytes_read += size
        self._offset += size
        self._is_whole = content.endswith(b"\n")
        return line
