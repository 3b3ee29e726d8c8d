"""Group the rows of each message, wherever they are in a file, with bounded memory."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from tempfile import TemporaryFile
from typing import Final
from zlib import crc32

from commlog_tui.imports.rows import Row

_SHARE: Final = 512 << 10
_MOST: Final = 128


def grouped(rows: Iterable[Row], key: Callable[[Row], str], size: int) -> Iterator[list[Row]]:
    """Yield the rows grouped by key.

    Input of more than half a MiB (``size`` is in bytes) is first partitioned into temporary files
    by a hash of the key, so that only one partition is in memory at a time.
    """
    shares = min(_MOST, size // _SHARE + 1)
    if shares == 1:
        yield from _groups(rows, key)
        return
    with ExitStack() as stack:
        files = [stack.enter_context(TemporaryFile("w+b")) for _ in range(shares)]
        for row in rows:
            fields = [row.line, row.raw.decode("latin-1"), row.values, row.fault, row.position, row.where]
            files[crc32(key(row).encode(errors="surrogatepass")) % shares].write(json.dumps(fields).encode() + b"\n")
        for file in files:
            file.seek(0)
            yield from _groups((_row(line) for line in file), key)


def _row(line: bytes) -> Row:
    number, raw, values, fault, position, where = json.loads(line)
    return Row(number, raw.encode("latin-1"), values, fault, position, where)


def _groups(rows: Iterable[Row], key: Callable[[Row], str]) -> Iterator[list[Row]]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    yield from groups.values()
