"""How much memory ``commlog import`` takes, and how fast it is, for files of growing size.

Run by hand: python tests/bench/import_memory.py [ROWS_OF_CSV ...]

The importing process is measured alone: it talks to a service that is started apart from it.
Nothing is asserted.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final

from commlog_tui.cli.embedded import EmbeddedService

CSV_ROWS: Final = (10_000, 100_000, 1_000_000)
MESSAGES: Final = (10_000, 100_000)
_FIRST: Final = datetime(2020, 1, 1, tzinfo=UTC)
_MIB: Final = 1 << 20
_COLUMNS: Final = "key,via,to,title,source,sent_at,reference,customer.id,customer.name,status\n"


def csv_rows(count: int) -> Iterator[str]:
    """Give a header and this many rows, of a customer for every eight messages."""
    yield _COLUMNS
    for at in range(count):
        guest = at * 7919 % max(count // 8, 1)
        when = (_FIRST + timedelta(seconds=97 * at)).isoformat()
        booking = f"{at // 3:08x}-0000-4000-8000-000000000000"
        channel, to = ("sms", f"+447700{guest:06d}") if at % 3 else ("email", f"guest{guest}@example.com")
        yield (
            f"row-{at},{channel},{to},"
            f'"Reminder, {at % 40}",workflow,{when},{booking},c-{guest},Guest {guest},delivered\n'
        )


def messages(count: int) -> Iterator[str]:
    """Give this many messages of an mbox file, one in ten with a second recipient."""
    for at in range(count):
        when = _FIRST + timedelta(seconds=97 * at)
        second = "" if at % 10 else ",\n\tQuay <quay@example.org>"
        yield (
            f"From desk@example.org {when:%a %b %d %H:%M:%S %Y}\n"
            f"Message-ID: <{at}@desk.example>\nDate: {when:%a, %d %b %Y %H:%M:%S} +0000\nFrom: Desk "
            "<desk@example.org>\n"
            f"To: Guest <guest{at % 5000}@example.com>{second}\nSubject: =?utf-8?q?Your_booking_=E2=9B=B5_{at % 40}?=\n"
            f"Content-Type: text/plain; charset=utf-8\n\n{'Warm clothes, flat shoes, sun cream. ' * 12}\n\n"
        )


def measure(kind: str, count: int, content: Callable[[int], Iterator[str]]) -> str:
    """Import one file into a new log and return a line of the table."""
    with TemporaryDirectory() as folder:
        home = Path(folder)
        path = home / f"history.{kind}"
        with path.open("w", encoding="utf-8") as file:
            file.writelines(content(count))
        settings = {
            "COMMLOG_DATA": str(home / "data"),
            "COMMLOG_CONFIG": str(home / "config.toml"),
            "COMMLOG_MODE": "local",
        }
        own = {name: text for name, text in os.environ.items() if not name.startswith("COMMLOG_")} | settings
        command = [sys.executable, "-m", "commlog_tui"]
        subprocess.run([*command, "location", "add", "quay", "--name", "Quay", "--zone", "UTC"], env=own, check=True)
        service = EmbeddedService(home / "data" / "log.db")
        own["COMMLOG_TOKEN"] = service.token
        began = perf_counter()
        importing = subprocess.Popen([*command, "import", "--service", service.base_url, str(path)], env=own)
        _, status, used = os.wait4(importing.pid, 0)
        took = perf_counter() - began
        importing.returncode = os.waitstatus_to_exitcode(status)
        serving = _peak(service.pid)
        service.close()
        log = (home / "data" / "log.db").stat().st_size / _MIB
        size = path.stat().st_size / _MIB
        peak = used.ru_maxrss / (_MIB if sys.platform == "darwin" else 1024)
        return (
            f"{kind:<5} {count:>9,} {size:>8.1f} MiB {peak:>8.1f} MiB {serving:>8} {log:>8.1f} MiB {took:>7.1f} s"
            f" {count / took:>8,.0f} a second, exit {importing.returncode}"
        )


def _peak(pid: int) -> str:
    """Return the peak of another process where the system tells it, as Linux does."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return "unknown"
    kib = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))
    return f"{kib / 1024:.0f} MiB"


def main() -> None:
    """Print the table."""
    print(f"{'file':<5} {'rows':>9} {'size':>12} {'importer':>12} {'service':>8} {'log':>12} {'time':>9}")
    counts = tuple(map(int, sys.argv[1:]))
    for kind, sizes, content in (("csv", counts or CSV_ROWS, csv_rows), ("mbox", () if counts else MESSAGES, messages)):
        for count in sizes:
            print(measure(kind, count, content), flush=True)


if __name__ == "__main__":
    main()
