"""Split mbox files of all dialects into messages, one at a time.

mbox has no definition that all programs follow (RFC 4155, appendix A). A line that begins with
``From `` starts a message if a header block follows it. Such lines within a body are quoted in some
dialects (mboxo, mboxrd), covered by Content-Length in others (mboxcl, mboxcl2), and left as they
are by the rest. The standard library's ``mailbox.mbox`` splits at every such line.
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
"""Bytes read of one message: headers and text come first, attachments are not needed."""
_LINE: Final = 1 << 20
_LONGEST_HEAD: Final = 1 << 20
_MONTH: Final = rb"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_DATED: Final = re.compile(
    rb"From .*\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun),? +(" + _MONTH + rb" +\d{1,2}|\d{1,2} +[A-Z][a-z]{2}) .*\d{1,2}:\d\d"
)
_MARKED: Final = re.compile(rb"From[ \t]*(-|\?\?\?@\?\?\?)?[ \t]*\r?\n?")
"""Separators of Netscape, Thunderbird and Eudora name no sender, and some no time."""
_LIKE_A_SENDER: Final = re.compile(rb"From \S+[ \t]*\r?\n?|From .*(\d{1,2}:\d\d.*\d{4}|\d{4}.*\d{1,2}:\d\d)")
_HEADER: Final = re.compile(rb"([!-9;-~]+)[ \t]*:")
"""RFC 5322, sections 2.2 and 4.5."""
_LENGTH: Final = re.compile(rb"content-length[ \t]*:[ \t]*(\d{1,18})[ \t]*\r?\n", re.IGNORECASE)
_FIELDS: Final = frozenset(
    {
        *(
            b"from",
            b"to",
            b"cc",
            b"bcc",
            b"date",
            b"subject",
            b"message-id",
            b"received",
            b"return-path",
            b"reply-to",
            b"sender",
        ),
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
    """A message: its first line, and its lines including the separator."""

    line: int
    lines: list[bytes] = field(default_factory=list)
    size: int = 0
    is_counted: bool = False
    """Whether Content-Length gave its end, so that its body has unquoted ``From `` lines."""

    def add(self, line: bytes) -> None:
        """Append a line, up to the maximum size."""
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
        """The message without separator and quoting."""
        content = b"".join(self.lines[1:])
        return content if self.is_counted else _QUOTED.sub(rb"\1", content)


class _Line(NamedTuple):
    number: int
    offset: int
    content: bytes
    is_start: bool
    """Whether it is the start of a line: lines of more than 1 MiB are read in parts."""


def as_mbox(content: bytes) -> bytes:
    """Return a message in mboxrd form."""
    quoted = re.sub(rb"^(>*From )", rb">\1", content, flags=re.MULTILINE)
    return _NO_SEPARATOR + quoted.rstrip(b"\n") + b"\n"


def is_message(start: bytes) -> bool:
    """Return whether the start of a file is a message: only header fields up to a blank line."""
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
    """Yield the messages of an mbox file, or the single message that a file is.

    Content before the first separator is a message that has lost its own.
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
    """Return whether a line starts a message, by its form and the header fields after it.

    ``first`` is the file's first separator if that has no date: then later ones need none either.
    """
    known = len(names & _FIELDS)
    if _DATED.match(line) or (first and (is_blank or line == first)):
        return known > 0
    if _MARKED.fullmatch(line) or (is_blank and _LIKE_A_SENDER.match(line)):
        return known > 1 and not names.isdisjoint(_SENDER_FIELDS)
    return False


def _end_by_length(found: MboxMessage, start: int, file: IO[bytes]) -> int:
    """Return the offset where the message ends according to Content-Length.

    0 if no message and no file ends there.
    """
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
    """The lines of a file, with lookahead."""

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
        """Return the lower-case names of the header fields on the next lines."""
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
