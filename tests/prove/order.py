"""Order: writers, pagers and followers of the feed at once.

The dense seq is what everyone must agree on.
"""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

from commlog_tui.client.feed import follow
from commlog_tui.client.log_client import LogClient
from commlog_tui.contract.entry import NewEntry
from commlog_tui.contract.query import EntryQuery
from tests.prove.auditing import Promise, audit
from tests.prove.figures import Findings, Proof
from tests.prove.running_service import RunningService
from tests.prove.troublesome_proxy import Proxy, standing_before

_WRITERS: Final = 8
_PAGERS: Final = 4
_FOLLOWERS: Final = 2
_NOON: Final = datetime(2026, 11, 3, 12, tzinfo=UTC)


@dataclass
class _Witness:
    """Somebody who saw everything: when each write was begun and when it was answered."""

    count: int
    promises: dict[str, Promise] = field(default_factory=dict)
    order: list[tuple[float, float, int]] = field(default_factory=list)
    """Begun, answered, seq."""
    faults: list[str] = field(default_factory=list)
    walks: int = 0

    @property
    def is_done(self) -> bool:
        return len(self.promises) >= self.count

    def look_at_order(self) -> None:
        """Hold every write that was answered before another was begun to have the lower seq."""
        answered = sorted(self.order, key=lambda write: write[1])
        highest, at = 0, 0
        for begun, _, seq in sorted(self.order):
            while at < len(answered) and answered[at][1] < begun:
                highest = max(highest, answered[at][2])
                at += 1
            if seq < highest:
                self.faults.append(f"{seq} was begun after {highest} was answered")


async def _write(client: LogClient, witness: _Witness, writer: int, dice: Random) -> None:
    loop = asyncio.get_running_loop()
    for number in range(-(-witness.count // _WRITERS)):
        key = f"{writer}-{number}"
        sent_at = (_NOON + timedelta(seconds=dice.randrange(500))).isoformat()  # many at one instant, most out of order
        fields = {"via": "sms", "to": "+447700900123", "title": key, "source": "system", "sent_at": sent_at}
        begun = loop.time()
        receipt = await client.add("quay", key, NewEntry.model_validate(fields))
        witness.order.append((begun, loop.time(), receipt.seq))
        witness.promises[receipt.id] = Promise(receipt.id, receipt.seq, receipt.leaf_hash)


async def _page(client: LogClient, witness: _Witness, limit: int) -> None:
    """Walk from the newest to the oldest, again and again."""
    while True:
        last = witness.is_done
        due = set(witness.promises)
        seen, cursor = list[str](), None
        places = list[tuple[datetime, int]]()
        while True:
            page = await client.page("quay", EntryQuery(), limit=limit, cursor=cursor)
            seen += [entry.id for entry in page.entries]
            places += [(entry.sent_at, entry.seq) for entry in page.entries]
            cursor = page.older
            if cursor is None:
                break
        witness.walks += 1
        if len(set(seen)) != len(seen):
            witness.faults.append(f"a walk in pages of {limit} met an entry twice")
        if missed := due.difference(seen):
            witness.faults.append(f"a walk in pages of {limit} missed {len(missed)}")
        if places != sorted(places, reverse=True):
            witness.faults.append(f"a walk in pages of {limit} went to and fro")
        if last:
            return


async def _follow(client: LogClient, witness: _Witness) -> int:
    """Follow the feed through every cut; return how often it was cut."""
    cuts, expected = 0, 1

    def state(there: bool) -> None:
        nonlocal cuts
        cuts += not there

    async with aclosing(follow(client, "quay", 0, on_state=state, pause=lambda _: asyncio.sleep(0))) as answer:
        async for item in answer:
            if item.seq != expected:
                witness.faults.append(f"the feed told {item.seq} where {expected} was due")
            expected = item.seq + 1
            if expected > witness.count:
                return cuts
    return cuts


def _troubled(proxy: Proxy, dice: Random) -> Proxy:
    proxy.stream_bytes = lambda: dice.randrange(200, 60_000)
    return proxy


async def keep_order(folder: Path, seed: int, count: int) -> Findings:
    """Let so many entries be written, read and followed at once.

    The count is rounded up to fill every writer.
    """
    dice = Random(seed)
    witness = _Witness(-(-count // _WRITERS) * _WRITERS)
    database = folder / "log.db"
    async with RunningService(folder, database) as service, standing_before(service.port) as proxy:
        clients = [service.client() for _ in range(_WRITERS + _PAGERS)]
        followers = [service.client(url=_troubled(proxy, dice).url) for _ in range(_FOLLOWERS)]
        writing = [_write(client, witness, number, dice) for number, client in enumerate(clients[:_WRITERS])]
        paging = [
            _page(client, witness, limit) for client, limit in zip(clients[_WRITERS:], (7, 20, 50, 200), strict=True)
        ]
        cuts = await asyncio.gather(*(_follow(client, witness) for client in followers), *writing, *paging)
        for client in (*clients, *followers):
            await client.aclose()
    witness.look_at_order()
    found = audit(database, projections=True)
    broken = sum(number for number in cuts if number)
    who = (
        f"{witness.count:,} entries by {_WRITERS} writers, {witness.walks} walks by {_PAGERS} pagers, {_FOLLOWERS} "
        "feeds cut"
    )
    lost, doubled = len(found.lost(witness.promises)), len(found.records) - len(witness.promises)
    return Findings(
        "order", f"{who} {broken} times", len(witness.promises), lost, doubled, (*found.faults, *witness.faults)
    )


def run(folder: Path, seed: int, count: int) -> Sequence[Findings]:
    """See ``keep_order``."""
    return [asyncio.run(keep_order(folder, seed, count))]


PROOF: Final = Proof("order", 10_000, run)
