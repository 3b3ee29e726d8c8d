"""``python -m tests.bench.soak --file LOG [--seconds N]``: a service at full load, its start and its memory.

Works on a copy of the log beside it, or with ``--in-place`` on the log itself. Prints how long the
service takes to be ready, then a line for each tenth of the time with its memory (resident; what it
alone uses), while clients ask for pages and searches and append batches as fast as they are
answered. Linux only.
"""

import argparse
import json
import os
import shutil
import sys
import threading
from contextlib import ExitStack
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, sleep
from typing import Final, Self
from urllib.parse import quote, urlsplit
from uuid import uuid4

from commlog_tui.cli.embedded import EmbeddedService
from tests.bench.large_log import LARGEST

_READERS: Final = 3
_LINES: Final = 10
_MIB: Final = 1024
_BATCH: Final = 50
_ASKED: Final = (
    "",
    "?status=bounced",
    "?via=whatsapp",
    "?q=kayak",
    "?q=gate%20code",
    "?q=07700%20900123",
    "?kind=survey",
)


class Load:
    """Clients of one service, until they are told to end."""

    def __init__(self, service: EmbeddedService) -> None:
        self._service = service
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._read) for _ in range(_READERS)]
        self._threads.append(threading.Thread(target=self._write))
        self.answered = 0
        self.appended = 0
        self.refused = 0

    def __enter__(self) -> Self:
        """Start the clients."""
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End them."""
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _connect(self) -> tuple[HTTPConnection, dict[str, str]]:
        address = urlsplit(self._service.base_url)
        headers = {"Authorization": f"Bearer {self._service.token}", "Content-Type": "application/json"}
        return HTTPConnection(address.hostname or "", address.port), headers

    def _read(self) -> None:
        connection, headers = self._connect()
        number = 0
        while not self._over.is_set():
            query = _ASKED[number % len(_ASKED)]
            connection.request("GET", f"/v1/locations/{quote(LARGEST)}/entries{query}", headers=headers)
            answer = connection.getresponse()
            answer.read()
            self._count(answer.status)
            number += 1

    def _write(self) -> None:
        connection, headers = self._connect()
        while not self._over.is_set():
            items = [{"key": str(uuid4()), "entry": _entry(number)} for number in range(_BATCH)]
            path = f"/v1/locations/{quote(LARGEST)}/entries/batch"
            connection.request("POST", path, json.dumps({"items": items}), headers)
            answer = connection.getresponse()
            answer.read()
            if self._count(answer.status):
                self.appended += _BATCH

    def _count(self, status: int) -> bool:
        if status == 200:
            self.answered += 1
            return True
        self.refused += 1
        sleep(0.05)
        return False


def _entry(number: int) -> dict[str, object]:
    now = datetime.now(UTC).isoformat()
    to = f"guest.{number}@mail{number % 7}.example"
    return {"via": "email", "to": to, "title": "Reminder Kayak", "source": "workflow", "sent_at": now}


def ask_once(service: EmbeddedService) -> None:
    """Ask a service for a page as soon as it has an address."""
    address = urlsplit(service.base_url)
    connection = HTTPConnection(address.hostname or "", address.port)
    path = f"/v1/locations/{quote(LARGEST)}/entries"
    connection.request("GET", path, headers={"Authorization": f"Bearer {service.token}"})
    connection.getresponse().read()
    connection.close()


def processor(pid: int) -> float:
    """Return the seconds of a processor that a process has used, alone and in the system."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(pid: int) -> tuple[float, float]:
    """Return what a process has in memory, and what only it has there, in MiB."""
    found: dict[str, int] = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()[1:]:
        name, value = line.split()[:2]
        found[name] = int(value)
    return found["Rss:"] / _MIB, (found["Private_Dirty:"] + found["Private_Clean:"]) / _MIB


def soak(file: Path, seconds: float, *, in_place: bool) -> None:
    """Print the table."""
    with ExitStack() as stack:
        if not in_place:
            folder = stack.enter_context(TemporaryDirectory(dir=file.parent))
            file = Path(shutil.copy(file, Path(folder) / "log.db"))
        begun = perf_counter()
        service = EmbeddedService(file)
        stack.callback(service.close)
        ask_once(service)
        took = perf_counter() - begun
        print(f"first page answered {took:.2f} s after the start, with {processor(service.pid):.2f} s of a processor")
        print("goals: first page 1 s after the start; resident 120 MB (114 MiB) at most, and flat")
        print(f"{'seconds':>8} {'resident':>9} {'its own':>9} {'answers':>9} {'appended':>9} {'refused':>8}")
        load = stack.enter_context(Load(service))
        begun = perf_counter()
        for number in range(_LINES + 1):
            sleep(max(begun + seconds * number / _LINES - perf_counter(), 0))
            resident, own = memory(service.pid)
            print(
                f"{seconds * number / _LINES:8.0f} {resident:9.1f} {own:9.1f} {load.answered:9,} {load.appended:9,}"
                f" {load.refused:8,}"
            )
            sys.stdout.flush()


def main() -> None:
    """Read the options."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.soak", description="Measures a service's memory.")
    parser.add_argument("--file", type=Path, required=True, help="a log that tests.bench.bulk filled")
    parser.add_argument("--seconds", type=float, default=600, help="how long (default: %(default)s)")
    parser.add_argument("--in-place", action="store_true", help="append to the log itself, not to a copy")
    options = parser.parse_args()
    soak(options.file, options.seconds, in_place=options.in_place)


if __name__ == "__main__":
    main()
