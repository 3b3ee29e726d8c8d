"""Write refused rows to a file in their original form, to be corrected and imported again."""

import csv
import io
import json
import os
import re
from pathlib import Path
from typing import IO, Final

from commlog_tui.imports.formats import MAIL, TABLES, Format, header_test
from commlog_tui.imports.items import ImportOptions
from commlog_tui.imports.mailbox import REFUSED_HEADER
from commlog_tui.imports.rows import REASON, encoded, header_of

_HEAD_END: Final = re.compile(rb"\n\r?\n")
_EARLIER: Final = re.compile(rb"^" + REFUSED_HEADER + rb":.*\r?\n", re.MULTILINE)


class RefusedFile:
    """The refused rows of one source; the file is created with the first of them.

    A CSV row has the reason in its first column, where missing or extra cells cannot move it.
    """

    def __init__(self, path: Path, kind: Format, source: Path, options: ImportOptions) -> None:
        self.path = path
        self.written = 0
        self._kind = kind
        self._source = source
        self._options = options
        self._file: IO[bytes] | None = None
        self._last: tuple[bytes, ...] = ()
        self._known: int | None = None
        self._delimiter = ","

    def add(self, raw: tuple[bytes, ...], reason: str) -> None:
        """Write what was refused, once for all recipients of a message.

        Raises:
            OSError: it cannot be written.
        """
        if not raw or raw is self._last:
            return
        self._last = raw
        file = self._file or self._open()
        for one in raw:
            file.write(self._marked(one, " ".join(reason.split())))
        self.written += 1

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    def _open(self) -> IO[bytes]:
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)  # it holds people's messages
        self._file = os.fdopen(descriptor, "wb")
        if self._kind in TABLES:
            header = header_of(self._source, self._options, header_test(self._kind, self._options))
            self._delimiter = header.delimiter
            self._known = header.names.index(REASON) if REASON in header.names else None
            start = "" if self._known is not None else f"{REASON}{self._delimiter}"
            self._file.write(encoded(start + header.text.rstrip("\r\n") + "\n"))
        return self._file

    def _marked(self, raw: bytes, reason: str) -> bytes:
        if self._kind in MAIL:
            envelope, _, message = raw.partition(b"\n")
            end = _HEAD_END.search(message)
            head = _EARLIER.sub(b"", message[: end.start() + 1] if end else message)
            body = message[end.start() + 1 :] if end else b""
            header = REFUSED_HEADER + b": " + reason.encode("ascii", "replace")
            return b"\n".join((envelope, header, head)).rstrip(b"\n") + b"\n" + body.rstrip(b"\n") + b"\n\n"
        if self._kind in TABLES:
            return encoded(self._row(raw.decode("utf-8", "surrogateescape"), reason)) + b"\n"
        try:
            value = json.loads(raw)
        except (ValueError, RecursionError):
            value = None
        return (
            json.dumps({REASON: reason, **value}).encode() + b"\n"
            if isinstance(value, dict)
            else raw.rstrip(b"\n") + b"\n"
        )

    def _row(self, raw: str, reason: str) -> str:
        row = raw.rstrip("\r\n")
        if self._known is None:
            return self._line([reason]) + self._delimiter + row
        try:
            cells = next(csv.reader([row], delimiter=self._delimiter, strict=True))
        except csv.Error:
            return row
        if self._known < len(cells):
            cells[self._known] = reason
        return self._line(cells)

    def _line(self, cells: list[str]) -> str:
        text = io.StringIO()
        csv.writer(text, delimiter=self._delimiter, lineterminator="").writerow(cells)
        return text.getvalue()
