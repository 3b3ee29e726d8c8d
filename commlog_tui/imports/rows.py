"""Rows of CSV and JSON files, one at a time, each with the text it was read from."""

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
"""The column or key that a file of refused rows has besides its own; it is not read. SendGrid has a ``reason`` of its own."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row's values by name, or, where it cannot be read, why not."""

    line: int
    """Where it begins; of one JSON document, the how manieth object it is."""
    raw: bytes
    values: dict[str, Any]
    fault: str | None = None
    position: str = ""
    """Of an object in a list: what to call it, behind the name of the file."""
    where: str = ""
    """The file, where rows of several are read together."""


def open_text(path: Path, encoding: str | None) -> TextIOWrapper:
    """Open a text file whose stray bytes survive being read and written again.

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
    """Return text as UTF-8, bytes that were none as they were."""
    return text.encode("utf-8", "surrogateescape")


class Lines:
    """The lines of a text file: counts them, and keeps those read since last asked."""

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
        """Return the next line; one that is longer than the limit comes in parts."""
        line = self._given_back.pop() if self._given_back else self._file.readline(LINE_LIMIT)
        if not line:
            raise StopIteration
        self.number += 1
        self._taken.append(line)
        self._progress.bytes_read = self._before + self._bytes.tell()
        return line

    def first(self) -> bytes:
        """Return the first of the lines read since they were last asked for; the others are read again."""
        first, *others = self._taken
        self._given_back += reversed(others)
        self.number -= len(others)
        self._taken.clear()
        return encoded(first)

    def taken(self) -> bytes:
        """Return, and forget, the lines read since the last call."""
        text = "".join(self._taken)
        self._taken.clear()
        return encoded(text)


def csv_rows(path: Path, options: ImportOptions, progress: Progress, is_header: IsHeader = no_header) -> Iterator[Row]:
    """Give the rows below the header, in the delimiter that the header uses.

    Of what cannot be read as CSV, the first line alone is at fault; reading goes on with the next.

    A row before the first with a ``fault`` and no values stands for the file as a whole.
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
                # A quotation mark that is never closed takes the rows below it along: they are none of its business.
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
    """Give the objects of a JSON Lines file, or of one JSON document of at most 64 MiB.

    ``unpack`` is given each parsed value and returns the object or list of objects within it.
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
    """Return whether the file is one JSON value, over several lines or a list, and that value; leaves the file at its start."""
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
    """Whether neither of the first two lines of a large file is JSON; leaves the file at its start."""
    if size <= DOCUMENT_LIMIT:
        return False
    faults = [_parsed(file.readline(LINE_LIMIT))[1] for _ in range(2)]
    file.seek(0)
    return all(faults)


def _objects(line: int, raw: bytes, value: Any) -> Iterator[Row]:  # noqa: ANN401 - whatever JSON held
    """Give the objects of a value: of a line, whose text is ``raw``, or else of the whole file."""
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
