"""kill -9 of the service at random moments, under writers that send each key until it is acknowledged."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any, Final

from commlog_tui.client.errors import BusyError, UnreachableError
from commlog_tui.client.log_client import LogClient
from commlog_tui.contract.entry import NewEntry, Receipt
from tests.patience import PATIENCE
from tests.prove.auditing import Promise, audit
from tests.prove.figures import Findings, Proof
from tests.prove.running_service import RunningService

_WRITERS: Final = 8
_SENT_AT: Final = "2026-11-03T09:14:00Z"
_MOST_ANSWERS: Final = 60
"""Answers between a start and the kill."""
_WHILE_STARTING: Final = 0.1
_AGAIN: Final = 0.1
_TOGETHER: Final = 0.1
_CHECKED: Final = 200


class Writers:
    """Eight at once, each with keys of its own; what they were told is kept."""

    def __init__(self, clients: Sequence[LogClient], dice: Random) -> None:
        self.receipts: dict[str, Receipt] = {}
        self.entries: dict[str, NewEntry] = {}
        self.contradictions: list[str] = []
        self.stopping = False
        self._clients = clients
        self._dice = dice
        self._answered = asyncio.Event()

    async def run(self) -> None:
        """Write until told to stop; nobody stops with a key that was not acknowledged."""
        await asyncio.gather(*(self._write(number, client) for number, client in enumerate(self._clients)))

    async def answers(self, count: int) -> None:
        """Wait until so many more keys were acknowledged."""
        aim = len(self.receipts) + count
        while len(self.receipts) < aim:
            self._answered.clear()
            await self._answered.wait()

    async def check_again(self, client: LogClient) -> None:
        """Send keys once more, as one does a month later."""
        for key in self._dice.sample(sorted(self.entries), min(len(self.entries), _CHECKED)):
            self._told(key, await self._acknowledged(client, key))

    async def close(self) -> None:
        """Close the clients."""
        for client in self._clients:
            await client.aclose()

    async def _write(self, writer: int, client: LogClient) -> None:
        number = 0
        while not self.stopping:
            key = f"{writer}-{number}"
            number += 1
            fields = {
                "via": "email",
                "to": f"guest{number}@example.com",
                "title": f"Reminder {key}",
                "source": "system",
            }
            self.entries[key] = NewEntry.model_validate(
                fields | {"sent_at": _SENT_AT, "body": "x" * self._dice.randrange(2_000)}
            )
            together = 2 if self._dice.random() < _TOGETHER else 1
            for receipt in await asyncio.gather(*(self._acknowledged(client, key) for _ in range(together))):
                self._told(key, receipt)
            if self._dice.random() < _AGAIN:
                earlier = f"{writer}-{self._dice.randrange(number)}"
                self._told(earlier, await self._acknowledged(client, earlier))

    async def _acknowledged(self, client: LogClient, key: str) -> Receipt:
        while True:
            try:
                return await client.add("quay", key, self.entries[key])
            except (UnreachableError, BusyError):
                await asyncio.sleep(0.01)

    def _told(self, key: str, receipt: Receipt) -> None:
        if self.receipts.setdefault(key, receipt) != receipt:
            self.contradictions.append(f"{key}: {receipt} is not {self.receipts[key]}")
        self._answered.set()


async def kill_often(folder: Path, seed: int, count: int) -> Findings:
    """Kill the service so many times, then look at every record."""
    dice = Random(seed)
    async with RunningService(folder, folder / "log.db") as service:
        clients = [service.client(timeout=PATIENCE) for _ in range(_WRITERS)]
        writers = Writers(clients, dice)
        writing = asyncio.ensure_future(writers.run())
        for _ in range(count):
            if dice.random() >= _WHILE_STARTING:
                await writers.answers(dice.randrange(1, _MOST_ANSWERS))
            await asyncio.sleep(dice.random() * 0.01)
            service.kill()
            service.start()
        await service.ready()
        await writers.answers(1)
        writers.stopping = True
        await writing
        await writers.check_again(clients[0])
        for client in clients:
            await client.aclose()
    return _look(folder / "log.db", writers, count)


def _look(path: Path, writers: Writers, count: int) -> Findings:
    found = audit(path, projections=True)
    promises = promises_of(writers)
    doubled = len(found.records) - len(writers.entries) + len(writers.contradictions)
    unasked = len(writers.entries) - len(writers.receipts)
    faults = (*found.faults, *writers.contradictions, *([f"{unasked} keys without an answer"] if unasked else []))
    done = f"{count} kills under {_WRITERS} writers"
    return Findings("kill -9 of the service", done, len(promises), len(found.lost(promises)), max(doubled, 0), faults)


def promises_of(writers: Writers) -> dict[str, Promise]:
    """Return what the writers were promised, by key."""
    return {key: _promise(receipt, writers.entries[key]) for key, receipt in writers.receipts.items()}


def _promise(receipt: Receipt, entry: NewEntry) -> Promise:
    personal: dict[str, Any] = dict.fromkeys(("code", "reference", "customer"))
    personal |= {"to": entry.to, "title": entry.title, "body": entry.body}
    return Promise(receipt.id, receipt.seq, receipt.leaf_hash, personal)


def run(folder: Path, seed: int, count: int) -> Sequence[Findings]:
    """See ``kill_often``."""
    return [asyncio.run(kill_often(folder, seed, count))]


PROOF: Final = Proof("service-kill", 500, run)
