"""kill -9 and cuts of the desk, at every step between typing and receipt, with a proxy of ours before the service."""

import asyncio
import multiprocessing
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from random import Random
from typing import Any, Final

from commlog_tui.client.outbox import Outbox
from tests.client.raw_server import unused_port
from tests.patience import PATIENCE
from tests.prove.auditing import Audit, Promise, audit
from tests.prove.figures import Findings, Proof
from tests.prove.mortal_desk import Orders, live
from tests.prove.running_service import RunningService
from tests.prove.troublesome_proxy import Proxy, Trouble, standing_before

STEPS: Final = 56
"""As many as one way from typing to receipt takes, and a few more.

Dying at those is not dying at all.
"""
FEWEST_CONTROLS: Final = 12
_MOST_LIVES: Final = 4
_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.prove.mortal_desk"])


@dataclass
class _Clerk:
    """One who types one entry, and what they were told of it."""

    outbox: Path
    marks: tuple[str, ...]
    forgets_keys: bool = False
    kept: str = ""
    is_handed_over: bool = False
    receipts: set[tuple[str, int, str]] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def hear(self, text: tuple[Any, ...]) -> None:
        match text:
            case ("kept", mark):
                self.kept = mark
            case ("handed over", mark):
                self.kept, self.is_handed_over = mark, True
            case ("sent", _, *receipt):
                self.receipts.add(tuple(receipt))
            case _:
                self.faults.append(str(text))


async def _run(orders: Orders, clerk: _Clerk, proxy: Proxy, *, dies_answered: bool) -> None:
    """Let one desk live until it dies or ends."""
    hearing, output = _context.Pipe(duplex=False)
    process: ForkServerProcess = _context.Process(target=live, args=(orders, output))
    await asyncio.to_thread(process.start)
    output.close()
    proxy.answering = process.kill if dies_answered else lambda: None
    await asyncio.to_thread(process.join, PATIENCE)
    proxy.answering = lambda: None
    if process.exitcode not in {0, -9}:
        clerk.faults.append(f"the desk ended with {process.exitcode}")
        process.kill()
        process.join()
    try:
        while True:
            clerk.hear(hearing.recv())
    except EOFError:
        hearing.close()


async def _one(clerk: _Clerk, proxy: Proxy, dice: Random, first_death: int | None) -> None:
    """Type one entry and see it through.

    Desks die and services trouble, until one desk is left in peace.
    """
    troubles = tuple(Trouble)
    proxy.choose = lambda: dice.choice(troubles)
    away = f"http://127.0.0.1:{unused_port()}"

    def order(dies_at: int | None, marks: tuple[str, ...] = ()) -> Orders:
        url = away if dice.random() < 0.1 else proxy.url
        return Orders(
            clerk.outbox,
            url,
            marks,
            goes_on=True,
            attempts=dice.randint(1, 3),
            dies_at=dies_at,
            forgets_keys=clerk.forgets_keys,
        )

    await _run(order(first_death, clerk.marks), clerk, proxy, dies_answered=dice.random() < 0.1)
    for _ in range(dice.randrange(_MOST_LIVES)):
        items = Outbox(clerk.outbox).items()
        goes_on = clerk.marks[-1:] if any(stored.state == "draft" for stored in items) and dice.random() < 0.5 else ()
        await _run(order(dice.randrange(STEPS // 2), goes_on), clerk, proxy, dies_answered=dice.random() < 0.1)
    proxy.choose = lambda: Trouble.NONE
    last = Orders(clerk.outbox, proxy.url, forgets_keys=clerk.forgets_keys, timeout=PATIENCE)
    await _run(last, clerk, proxy, dies_answered=False)


def _judge(clerk: _Clerk, found: Audit) -> tuple[int, int, int]:
    """Return how many entries were acknowledged, lost and doubled; one clerk types one."""
    recorded = [record_id for record_id, held in found.records.items() if held.personal.get("title") in clerk.marks]
    drafts = [stored.content["fields"]["title"] for stored in Outbox(clerk.outbox).items() if stored.state == "draft"]
    left = [stored.state for stored in Outbox(clerk.outbox).items() if stored.state != "draft"]
    if left or Outbox(clerk.outbox).damaged():
        clerk.faults.append(f"left in the outbox: {left} {Outbox(clerk.outbox).damaged()}")
    promises = {str(at): Promise(*receipt) for at, receipt in enumerate(clerk.receipts)}
    is_lost = bool(found.lost(promises)) or (clerk.is_handed_over and not recorded)
    if clerk.kept and not recorded:
        typed = clerk.marks.index(clerk.kept)
        is_lost |= not any(clerk.marks.index(mark) >= typed for mark in drafts)
    is_doubled = len(recorded) > 1 or len(clerk.receipts) > 1 or (bool(recorded) and bool(drafts)) or len(drafts) > 1
    return int(clerk.is_handed_over), int(is_lost), int(is_doubled)


async def kill_often(folder: Path, seed: int, count: int, *, forgets_keys: bool = False) -> Findings:
    """Let so many clerks type an entry each.

    Their desks die at every step in turn, spread out where they are few.
    """
    dice = Random(seed)
    outboxes = folder / "outboxes"
    clerks = [_Clerk(outboxes / f"{number}", (f"{number}.0", f"{number}.1"), forgets_keys) for number in range(count)]
    async with RunningService(folder, folder / "log.db") as service, standing_before(service.port) as proxy:
        for number, clerk in enumerate(clerks):
            step = number % STEPS if count >= STEPS else number * STEPS // count
            await _one(clerk, proxy, dice, None if forgets_keys else step)
        troubles = [trouble for trouble in proxy.met if trouble is not Trouble.NONE]
    found = audit(folder / "log.db", projections=True)
    sums = [sum(column) for column in zip(*(_judge(clerk, found) for clerk in clerks), strict=True)]
    faults = (*found.faults, *(f"{clerk.marks[0]}: {fault}" for clerk in clerks for fault in clerk.faults))
    done = f"{count} entries typed, {len(troubles)} requests in trouble of {len(set(troubles))} kinds"
    run = "a desk that forgets its keys" if forgets_keys else "kill -9 and cuts of the desk"
    return Findings(run, done, sums[0], sums[1], sums[2], faults, is_control=forgets_keys)


def run(folder: Path, seed: int, count: int) -> Sequence[Findings]:
    """Kill the desk, and now and then one that is broken."""
    return [
        asyncio.run(kill_often(folder / "whole", seed, count)),
        asyncio.run(kill_often(folder / "broken", seed, max(count // 10, FEWEST_CONTROLS), forgets_keys=True)),
    ]


PROOF: Final = Proof("desk-kill", 300, run)
