"""Read the rows of CSV and JSON files one at a time, with their original text."""

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import BufferedReader, TextIOWrapper
from pathlib import Path
from typing import Any, Final, cast

from commlog_tui.imports.headers import Header, IsHeader, find_header, no_header
from commlog_tui.imports.items import ImportOptions, Progress

LINE_LIMIT: Final = 8 << 20
DOCUMENT_LIMIT: Final = 64 << 20
REASON: Final = "_reason"
"""Column or key added to refused rows, and ignored on import. SendGrid has its own ``reason``."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row's values by name, or why it cannot be parsed."""

    line: int
    """Line where it begins; in a JSON document, the number of the object."""
    raw: bytes
    values: dict[str, Any]
    fault: str | None = None
    position: str = ""
    """Position of an object in a list, for messages."""
    where: str = ""
    """The file, if rows of several files are read together."""


def open_text(path: Path, encoding: str | None) -> TextIOWrapper:
    """Open a text file so that undecodable bytes survive a round trip.

    Raises:
        OSError: it cannot be opened.
    """
    with path.open("rb") as file:
        start = file.read(2)
    wide = start in {b"\xff\xfe", b"\xfe\xff"}
    known = encoding or ("utf-16" if wide else "utf-8-sig")
    errors = "replace" if known.lower().startswith(("utf-16", "utf-32", "utf_16", "utf_32")) else "surrogateescape"
    return path.open("r", encoding=known, errors=errors, newline="")


def encoded(text: str) -> bytes:
    """Encode text as UTF-8, with undecodable bytes as they were."""
    return text.encode("utf-8", "surrogateescape")


class Lines:
    """Line iterator with line numbers and access to the raw text."""

    def __init__(self, file: TextIOWrapper, progress: Progress) -> None:
        self._file = file
        self._bytes = cast("BufferedReader", file.buffer)
        self._progress = progress
        self._before = progress.bytes_read
        self._taken: list[str] = []
        self._given_back: list[str] = []
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        """Iterate over what is left."""
        return self

    def __next__(self) -> str:
        """Return the next line; lines longer than the limit come in parts."""
        line = self._given_back.pop() if self._given_back else self._file.readline(LINE_LIMIT)
        if not line:
            raise StopIteration
        self.number += 1
        self._taken.append(line)
        self._progress.bytes_read = self._before + self._bytes.tell()
        return line

    def first(self) -> bytes:
        """Return the first line read since the last call, and push back the others."""
        first, *others = self._taken
        self._given_back += reversed(others)
        self.number -= len(others)
        self._taken.clear()
        return encoded(first)

    def taken(self) -> bytes:
        """Return and forget the lines read since the last call."""
        text = "".join(self._taken)
        self._taken.clear()
        return encoded(text)


def csv_rows(path: Path, options: ImportOptions, progress: Progress, is_header: IsHeader = no_header) -> Iterator[Row]:
    """Yield the rows after the header, with the header's delimiter.

    Of text that is not CSV, only the first line is refused; reading continues with the next. A
    first row with a ``fault`` and no values stands for the whole file.
    """
    header = header_of(path, options, is_header)
    if header.fault:
        yield Row(1, b"", {}, header.fault)
        return
    if header.has_titles_before:
        progress.notes.append(f"The header is line {header.first_line}; what stands before it was left out.")
    with open_text(path, options.encoding) as file:
        lines = Lines(file, progress)
        for _ in range(header.lines):
            next(lines, "")
        lines.taken()
        reader = csv.reader(lines, delimiter=header.delimiter, strict=True)
        while True:
            number = lines.number + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                # An unclosed quotation mark swallows the rows below it: push these back.
                yield Row(number, lines.first(), {}, _fault(error))
                continue
            raw = lines.taken()
            if not any(cells):
                continue
            yield _row(number, raw, header.names, cells)


def _fault(error: csv.Error) -> str:
    words = str(error)
    if "unexpected end of data" in words or "field larger" in words:
        return "not CSV: a quotation mark is never closed"
    return "not CSV: a quotation mark stands where none can be" if "expected after" in words else "not CSV"


def header_of(path: Path, options: ImportOptions, is_header: IsHeader = no_header) -> Header:
    """Return the header of a CSV file."""
    with open_text(path, options.encoding) as file:
        return find_header(iter(lambda: file.readline(LINE_LIMIT), ""), is_header)


def _row(number: int, raw: bytes, header: Sequence[str], cells: list[str]) -> Row:
    if len(cells) > len(header) and any(cells[len(header) :]):
        return Row(number, raw, {}, f"the row has {len(cells)} cells, the header {len(header)}")
    values = {name: cell for name, cell in zip(header, cells, strict=False) if name != REASON}
    try:
        raw.decode()
    except UnicodeDecodeError:
        return Row(number, raw, {}, "not UTF-8 text: save the file as UTF-8, or say which with --encoding")
    return Row(number, raw, values)


def json_rows(
    path: Path, options: ImportOptions, progress: Progress, unpack: Callable[[Any], Any] = lambda value: value
) -> Iterator[Row]:
    """Yield the objects of a JSON Lines file, or of one JSON document of at most 64 MiB.

    ``unpack`` takes each parsed value and returns the object or list of objects within it.
    """
    size = path.stat().st_size
    with open_text(path, options.encoding) as file:
        found, document = _document(file, size, unpack)
        if found:
            progress.bytes_read += size
            yield from _objects(1, b"", document)
            return
        if _is_torso(file, size):
            yield Row(1, b"", {}, "one JSON document is larger than 64 MiB: make it JSON Lines, one object a line")
            return
        lines = Lines(file, progress)
        for line in lines:
            raw = lines.taken()
            if not line.strip():
                continue
            value, fault = _parsed(line)
            if fault:
                yield Row(lines.number, raw, {}, fault)
            else:
                yield from _objects(lines.number, raw, unpack(value))


def _document(file: TextIOWrapper, size: int, unpack: Callable[[Any], Any]) -> tuple[bool, Any]:
    """Return whether the file is one JSON document, and its value. Rewinds the file."""
    first = file.readline(LINE_LIMIT)
    found, value = False, None
    if size <= DOCUMENT_LIMIT and first.strip()[:1] in {"[", "{"}:
        value, fault = _parsed(first)
        if fault:
            value, fault = _parsed(first + file.read())
            value = unpack(value)
            found = fault is None
        else:
            value = unpack(value)
            found = isinstance(value, list) and not any(line.strip() for line in file)
    file.seek(0)
    return found, value


def _is_torso(file: TextIOWrapper, size: int) -> bool:
    """Return whether a large file does not begin with JSON Lines. Rewinds the file."""
    if size <= DOCUMENT_LIMIT:
        return False
    faults = [_parsed(file.readline(LINE_LIMIT))[1] for _ in range(2)]
    file.seek(0)
    return all(faults)


def _objects(line: int, raw: bytes, value: Any) -> Iterator[Row]:  # noqa: ANN401 - whatever JSON held
    """Yield the objects of a value: of a line with the text ``raw``, or of the whole file."""
    several = isinstance(value, list)
    for number, one in enumerate(value if several else [value], 1):
        own = json.dumps(one).encode() + b"\n" if several or not raw else raw
        position = (f":{line}, item {number}" if raw else f", item {number}") if several else ""
        if isinstance(one, dict):
            values = {name: held for name, held in one.items() if name != REASON}
            yield Row(line if raw else number, own, values, None, position)
        else:
            yield Row(line if raw else number, own, {}, "not a JSON object", position)


def _parsed(text: str) -> tuple[Any, str | None]:
    try:
        return json.loads(text), None
    except (ValueError, RecursionError):
        return None, "not JSON"
