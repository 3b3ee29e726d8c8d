"""Mailboxes of sent mail: mbox files, read as a stream, and Maildir folders.

The standard library's ``mailbox.mbox`` first lists where every message begins and ends, which takes memory and a
whole pass; here a message is given as soon as the next one begins.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from commlog_tui.imports.items import Outcome, Plan, Progress, Refusal
from commlog_tui.imports.message import read_message

KEPT: Final = 2 << 20
"""Bytes of one message that are read: headers and text come first, and attachments are not recorded."""
REFUSED_HEADER: Final = b"X-Commlog-Refused"
_LINE: Final = 1 << 20
_SEPARATOR: Final = re.compile(
    rb"From .*\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun),? +"
    rb"((Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +\d{1,2}|\d{1,2} +[A-Z][a-z]{2}) .*\d{1,2}:\d\d"
)
_HEADER: Final = re.compile(rb"[!-9;-~]+[ \t]*:")
"""RFC 5322, sections 2.2 and 4.5."""
_QUOTED: Final = re.compile(rb"^>(>*From )", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Found:
    line: int
    raw: bytes


def read_mbox(path: Path, plan: Plan, progress: Progress) -> Iterator[Outcome]:
    """Give an outcome for each recipient of each message of an mbox file."""
    found = None
    for found in _messages(path, progress):
        start = found.raw.find(b"\n") + 1
        yield from read_message(str(path), found.line, found.raw, _QUOTED.sub(rb"\1", found.raw[start:]), plan)
    if found is None:
        yield Refusal(str(path), 1, "this is no mbox file, or an empty one: it does not begin with a From line")


def read_maildir(path: Path, plan: Plan, progress: Progress) -> Iterator[Outcome]:
    """Give an outcome for each recipient of each message in a Maildir's ``cur`` and ``new``, not of its subfolders."""
    for folder in ("cur", "new"):
        if not (path / folder).is_dir():
            continue
        with os.scandir(path / folder) as files:
            for file in files:
                if file.name.startswith(".") or not file.is_file():
                    continue
                try:
                    content = _head(file.path)
                    progress.bytes_read += file.stat().st_size
                except OSError:
                    yield Refusal(file.path, 1, "the file cannot be read")
                    continue
                yield from read_message(file.path, 1, as_mbox(content), content, plan)


def as_mbox(content: bytes) -> bytes:
    """Return a message as mbox files keep it."""
    quoted = re.sub(rb"^(>*From )", rb">\1", content, flags=re.MULTILINE)
    return b"From MAILER-DAEMON Thu Jan  1 00:00:00 1970\n" + quoted.rstrip(b"\n") + b"\n"


def _head(path: str) -> bytes:
    with Path(path).open("rb") as file:
        return file.read(KEPT)


def _messages(path: Path, progress: Progress) -> Iterator[_Found]:
    kept: list[bytes] = []
    size, began, number = 0, 0, 0
    strict, blank, whole, held = False, True, True, b""
    with path.open("rb") as file:
        while line := file.readline(_LINE):
            number += whole
            progress.bytes_read += len(line)
            if held:
                if _HEADER.match(line):
                    yield _Found(began, b"".join(kept))
                    kept, size, began = [], 0, number - 1
                kept.append(held)
                held = b""
            separates = whole and line.startswith(b"From ") and (_SEPARATOR.match(line) if strict else blank)
            if separates and not blank:
                held = line  # where mailboxes were joined, no blank line is before it; then a header comes next
                continue
            if separates:
                if began:
                    yield _Found(began, b"".join(kept))
                else:
                    strict = _SEPARATOR.match(line) is not None
                kept, size, began = [], 0, number
            if began and size < KEPT:
                kept.append(line)
                size += len(line)
            blank = whole and line in {b"\n", b"\r\n"}
            whole = line.endswith(b"\n")
    if began:
        yield _Found(began, b"".join([*kept, held]))
