"""Supported import formats: detection and the reader of each."""

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Final

from commlog_tui.imports import mailbox, postmark, sendgrid, table, twilio
from commlog_tui.imports.headers import IsHeader
from commlog_tui.imports.items import ImportOptions, Outcome, Progress
from commlog_tui.imports.mbox import is_message
from commlog_tui.imports.rows import header_of

Reader = Callable[[Path, ImportOptions, Progress], Iterator[Outcome]]
_PEEK: Final = 64 << 10


class Format(StrEnum):
    """A supported import format."""

    CSV = "csv"
    JSONL = "jsonl"
    MBOX = "mbox"
    MAILDIR = "maildir"
    EML = "eml"
    TWILIO = "twilio"
    TWILIO_JSON = "twilio-json"
    POSTMARK = "postmark"
    SENDGRID = "sendgrid"
    SENDGRID_JSON = "sendgrid-json"


READERS: Final[dict[Format, Reader]] = {
    Format.CSV: table.read_csv,
    Format.JSONL: table.read_json,
    Format.MBOX: mailbox.read_mbox,
    Format.MAILDIR: mailbox.read_maildir,
    Format.EML: mailbox.read_eml,
    Format.TWILIO: twilio.read_csv,
    Format.TWILIO_JSON: twilio.read_json,
    Format.POSTMARK: postmark.read_json,
    Format.SENDGRID: sendgrid.read_csv,
    Format.SENDGRID_JSON: sendgrid.read_json,
}
JOINED: Final[dict[Format, Callable[[Sequence[Path], ImportOptions, Progress], Iterator[Outcome]]]] = {
    Format.SENDGRID: sendgrid.read_csvs,
    Format.SENDGRID_JSON: sendgrid.read_jsons,
}
"""Readers of several files at once: the events of a message may be spread over them."""
TABLES: Final = frozenset({Format.CSV, Format.TWILIO, Format.SENDGRID})
MAPPED: Final = frozenset({Format.CSV, Format.JSONL})
MAIL: Final = frozenset({Format.MBOX, Format.MAILDIR, Format.EML})
FOLDERS: Final = frozenset({Format.MAILDIR, Format.EML})


def detect(path: Path, options: ImportOptions) -> Format:
    """Detect a file's format from its content, then its name.

    Raises:
        OSError: it cannot be read.
    """
    if path.is_dir():
        return Format.MAILDIR if is_maildir(path) else Format.EML
    with path.open("rb") as file:
        start = file.read(_PEEK)
    suffix = path.suffix.lower()
    if mail := _mail_kind(start, suffix):
        return mail
    begin = start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if begin in {b"{", b"["} and suffix != ".csv":
        return _json_kind(start)
    names = frozenset(
        header_of(path, options, lambda names: twilio.is_header(names) or sendgrid.is_header(names)).names
    )
    if twilio.is_header(names):
        return Format.TWILIO
    return Format.SENDGRID if sendgrid.is_header(names) else Format.CSV


def header_test(kind: Format, options: ImportOptions) -> IsHeader:
    """Return the function that recognizes the header of a format."""
    if kind is Format.CSV:
        return table.header_test(options)
    return twilio.is_header if kind is Format.TWILIO else sendgrid.is_header


def _mail_kind(start: bytes, suffix: str) -> Format | None:
    if suffix == mailbox.EML and not start.startswith(b"From "):
        return Format.EML
    begins = start.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n").startswith(b"From ") or (
        suffix != ".csv" and is_message(start)
    )
    return Format.MBOX if begins or suffix in {".mbox", ".mbx"} else None


def _json_kind(start: bytes) -> Format:
    for marks, kind in (
        ((b'"sg_message_id"',), Format.SENDGRID_JSON),
        ((b'"msg_id"', b'"event_name"'), Format.SENDGRID_JSON),
        ((b'"MessageID"', b'"Recipients"'), Format.POSTMARK),
        ((b'"sid"', b'"direction"', b'"account_sid"'), Format.TWILIO_JSON),
    ):
        if all(mark in start for mark in marks):
            return kind
    return Format.JSONL


def header_text(path: Path, kind: Format, options: ImportOptions) -> str:
    """Return the header of a table as it is in the file; empty for other formats."""
    return header_of(path, options, header_test(kind, options)).text if kind in TABLES else ""


def is_maildir(path: Path) -> bool:
    """Return whether a folder has a subfolder of a Maildir."""
    return any((path / folder).is_dir() for folder in ("cur", "new"))


def holds_eml(path: Path) -> bool:
    """Return whether a folder contains ``.eml`` files."""
    return bool(mailbox.eml_files(path))


def size_of(path: Path) -> int:
    """Return the number of bytes that a reader will process."""
    if not path.is_dir():
        return path.stat().st_size
    if not is_maildir(path):
        return sum(file.stat().st_size for file in mailbox.eml_files(path))
    return sum(file.stat().st_size for folder in ("cur", "new") for file in (path / folder).glob("*") if file.is_file())
