"""Import mail from mbox files, Maildir folders and ``.eml`` files."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from commlog_tui.imports.items import ImportOptions, Outcome, Progress, Refusal
from commlog_tui.imports.mbox import MAX_MESSAGE_BYTES, as_mbox, messages
from commlog_tui.imports.message import read_message

REFUSED_HEADER: Final = b"X-Commlog-Refused"
EML: Final = ".eml"


def read_mbox(path: Path, options: ImportOptions, progress: Progress) -> Iterator[Outcome]:
    """Yield an outcome for each recipient of each message of an mbox file."""
    found = None
    for found in messages(path, progress):
        yield from read_message(str(path), found.line, found.raw, found.content, options)
    if found is None:
        yield Refusal(str(path), 1, "this is no mbox file, or an empty one: it does not begin with a From line")


def read_maildir(path: Path, options: ImportOptions, progress: Progress) -> Iterator[Outcome]:
    """Yield an outcome for each recipient of each message of a Maildir.

    Reads ``cur`` and ``new``, not the subfolders.
    """
    for folder in ("cur", "new"):
        if not (path / folder).is_dir():
            continue
        with os.scandir(path / folder) as files:
            for file in files:
                if not file.name.startswith(".") and file.is_file():
                    yield from _read_file(Path(file.path), options, progress)


def read_eml(path: Path, options: ImportOptions, progress: Progress) -> Iterator[Outcome]:
    """Yield an outcome for each recipient of the message in a file, or of all in a folder."""
    for file in eml_files(path) if path.is_dir() else (path,):
        yield from _read_file(file, options, progress)


def eml_files(folder: Path) -> list[Path]:
    """Return the ``.eml`` files of a folder, sorted by name, without its subfolders.

    Raises:
        OSError: the folder cannot be read.
    """
    return sorted(path for path in folder.iterdir() if path.suffix.lower() == EML and path.is_file())


def _read_file(path: Path, options: ImportOptions, progress: Progress) -> Iterator[Outcome]:
    try:
        content = _head(path)
        progress.bytes_read += path.stat().st_size
    except OSError:
        yield Refusal(str(path), 1, "the file cannot be read")
        return
    if not content.strip():
        yield Refusal(str(path), 1, "the file is empty")
        return
    yield from read_message(str(path), 1, as_mbox(content), content, options)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_MESSAGE_BYTES).removeprefix(b"\xef\xbb\xbf")
