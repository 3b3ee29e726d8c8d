"""A disk that is full: a real one, as small as a file system in memory can be made.

Mounting it takes the superuser of Linux.
"""

import asyncio
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from random import Random
from shutil import which
from typing import Final

from commlog_tui.client.errors import BusyError
from commlog_tui.client.log_client import LogClient
from commlog_tui.client.outbox import Outbox, OutboxFullError, OutboxItem
from commlog_tui.contract.entry import NewEntry
from commlog_tui.contract.query import EntryQuery
from tests.prove.auditing import Promise, audit
from tests.prove.figures import Findings, Proof
from tests.prove.running_service import RunningService

_SMALLEST: Final = 4
_WRITTEN_EACH_TIME: Final = 1
"""MiB that the log grows by, at most, from one full disk to the next."""


class NoSmallDiskError(Exception):
    """This machine lets nobody mount a small file system; nothing was proved."""


@contextmanager
def small_disk(folder: Path, size: int = _SMALLEST) -> Iterator[Path]:
    """Mount a file system of so many MiB on a folder.

    Raises:
        NoSmallDiskError: that is not allowed here.
    """
    folder.mkdir()
    mount, umount = which("mount"), which("umount")
    if mount is None or umount is None:
        raise NoSmallDiskError("there is no mount command")
    command = [mount, "-t", "tmpfs", "-o", f"size={size}m", "tmpfs", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NoSmallDiskError(done.stderr.strip())
    try:
        yield folder
    finally:
        subprocess.run([umount, str(folder)], check=True)


def fill(path: Path, leave: int) -> None:
    """Take all the room there is but so many bytes, by a file of nothing."""
    free = os.statvfs(path.parent)
    with path.open("ab") as ballast:
        ballast.write(bytes(max(free.f_bavail * free.f_frsize - leave, 0)))
        with suppress(OSError):
            while not leave:
                os.write(ballast.fileno(), bytes(512))


@dataclass
class _Log:
    """What was acknowledged, refused for want of room, and found wrong."""

    promises: dict[str, Promise] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    async def write(self, client: LogClient, key: str, size: int) -> bool:
        """Write an entry; whether there was room."""
        fields = {
            "via": "email",
            "to": "ada@example.com",
            "title": key,
            "source": "system",
            "sent_at": "2026-11-03T09:14:00Z",
        }
        try:
            receipt = await client.add("quay", key, NewEntry.model_validate(fields | {"body": "x" * size}))
        except BusyError as error:
            self.refused.append(key)
            if error.status != HTTPStatus.INSUFFICIENT_STORAGE:
                self.faults.append(f"{key}: {error.status} is not how a full disk is said")
            return False
        self.promises[key] = Promise(receipt.id, receipt.seq, receipt.leaf_hash)
        return True

    async def read(self, client: LogClient) -> None:
        """Read on, though nothing can be written."""
        page = await client.page("quay", EntryQuery(), limit=200)
        if page.total.count != len(self.promises):
            self.faults.append(f"{page.total.count} are read where {len(self.promises)} were acknowledged")


async def fill_often(folder: Path, seed: int, count: int) -> Findings:
    """Fill the disk of a running service so many times, making room again each time."""
    dice = Random(seed)
    log = _Log()
    with small_disk(folder / "small", _SMALLEST + count * _WRITTEN_EACH_TIME) as small:
        async with RunningService(folder, small / "log.db") as service:
            client = service.client()
            for number in range(count):
                await _fill_once(log, client, small, dice, f"{number}")
                if dice.random() < 0.1:
                    service.kill()
                    service.start()
                    await service.ready()
            await client.aclose()
        found = audit(small / "log.db", projections=True)
    doubled = len(found.records) - len(log.promises)
    done = f"{count} times full, {len(log.refused)} answers of 507"
    return Findings(
        "full disk", done, len(log.promises), len(found.lost(log.promises)), doubled, (*found.faults, *log.faults)
    )


async def _fill_once(log: _Log, client: LogClient, small: Path, dice: Random, number: str) -> None:
    await log.write(client, f"{number}-before", 100)
    ballast = small / "ballast"
    await asyncio.to_thread(fill, ballast, dice.choice((0, 512, 4096, 20_000)))
    tries = 0
    while await log.write(client, f"{number}-{tries}", dice.choice((10, 2_000, 9_000))):
        tries += 1
    await log.read(client)
    await log.write(client, f"{number}-still", 9_000)
    ballast.unlink()
    for key in log.refused[-2:]:
        if key.startswith(f"{number}-") and key not in log.promises and not await log.write(client, key, 10):
            log.faults.append(f"{key}: there is room again, and it is refused")
    await log.read(client)


def save_on_full_disk(folder: Path) -> tuple[list[OutboxItem], list[OutboxItem], Outbox]:
    """Return what was saved in an outbox before its disk was full, and what it holds once it is."""
    outbox = Outbox(folder / "outbox")
    items = [OutboxItem(location="quay", content={"title": f"{number}" * 2_000}) for number in range(9)]
    saved = items[:3]
    for item in saved:
        outbox.save(item)
    fill(folder / "ballast", 0)
    for item in items[3:]:
        with suppress(OutboxFullError):
            outbox.save(item)
            saved.append(item)
    return saved, list(outbox.items()), outbox


def run(folder: Path, seed: int, count: int) -> Sequence[Findings]:
    """See ``fill_often``. Says so where nothing can be proved here."""
    try:
        return [asyncio.run(fill_often(folder, seed, count))]
    except NoSmallDiskError as error:
        return [Findings("full disk", "NOT PROVED", 0, 0, faults=(f"no small disk can be mounted here ({error})",))]


PROOF: Final = Proof("full-disk", 50, run)
