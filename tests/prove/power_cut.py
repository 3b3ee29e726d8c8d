"""Power cuts.

The store over a disk that forgets, cut again and again, and asked each time for all that it
acknowledged.
"""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from itertools import count as counting
from pathlib import Path
from random import Random
from shutil import rmtree
from typing import Any, Final

import apsw
import msgspec
from typing_extensions import override

from commlog_tui.ledger.canonical import canonical
from commlog_tui.records.decide import Appended
from commlog_tui.records.entry import AppendEntry
from commlog_tui.records.errors import LogError
from commlog_tui.records.kind import Item
from commlog_tui.records.kinds import KINDS
from commlog_tui.store.sqlite.store import SqliteStore
from tests.prove.auditing import Audit, Promise, audit
from tests.prove.figures import Findings, Proof
from tests.prove.forgetful_disk import Disk, Fate, ForgetfulVFS
from tests.store.factory import QUAY, call, correction, event, mail

_IN_A_ROW: Final = 20
"""Cuts of one log, each starting from what the one before has left."""
_FEW_PAGES: Final = 8
_ROUNDS: Final = 20
_OPERATIONS: Final = 600
_FEWEST_CONTROLS: Final = 30
_names = (f"forgetful-{number}" for number in counting())


@dataclass
class _Life:
    """One log through its cuts: what was acknowledged, and what nobody answered for."""

    promises: dict[str, Promise] = field(default_factory=dict)
    entries: list[AppendEntry] = field(default_factory=list)
    unanswered: list[Item] = field(default_factory=list)
    is_founded: bool = False
    """Whether the location is there for certain."""

    def acknowledge(self, item: Item, answer: Appended | LogError) -> None:
        assert isinstance(answer, Appended), answer
        receipt = answer.receipt
        self.promises[receipt.id] = Promise(receipt.id, receipt.seq, receipt.leaf_hash, _personal(item))
        if isinstance(item, AppendEntry):
            self.entries.append(item)


def _personal(item: Item) -> dict[str, Any]:
    if item.kind == "redaction":
        raise TypeError("a power cut is not tried on redactions")
    _, personal = KINDS[item.kind].split(item, None)
    fields: dict[str, Any] = msgspec.json.decode(canonical(personal))
    return fields


def _new_item(life: _Life, dice: Random) -> Item:
    known = dice.choice(life.entries) if life.entries and dice.random() < 0.4 else None
    if known is None:
        body = "x" * dice.choice((0, 40, 3_000, 20_000)) or None
        return dice.choice((mail, call))(body=body, customer={"id": f"c{dice.randrange(9)}", "name": "Ada"})
    if known.entry.source.value == "manual":
        return correction(known, title=f"Rang about {dice.random()}")
    return event(known, "delivered", detail=str(dice.random()))


async def _append(store: SqliteStore, life: _Life, disk: Disk, item: Item) -> None:
    life.unanswered.append(item)
    (answer,) = await store.append("quay", "sender", [item])
    if not disk.is_cut:
        life.unanswered.remove(item)
        life.acknowledge(item, answer)


async def _live(path: Path, disk: Disk, life: _Life, dice: Random) -> None:
    """Run the store until the power is cut.

    At the instant of an answer, or before an operation of the disk.
    """
    if not life.is_founded and dice.random() < 0.3:
        disk.cut_at = dice.randrange(120)
    name = next(_names)
    vfs = ForgetfulVFS(name, disk)
    store = SqliteStore.open(path, vfs=name)
    if not await store.locations():
        await store.create_location(QUAY)
    life.is_founded |= not disk.is_cut
    if dice.random() < 0.5:  # a WAL that is started over, too
        await store.database.writer.run(lambda connection: connection.pragma("wal_autocheckpoint", _FEW_PAGES))
    if disk.cut_at is None and dice.random() < 0.5:
        disk.cut_at = disk.operations + dice.randrange(_OPERATIONS)
    again, life.unanswered = life.unanswered, []
    for _ in range(dice.randint(1, _ROUNDS)):
        items = again or [_new_item(life, dice) for _ in range(dice.choice((1, 1, 2, 5)))]
        again = []
        waiting = [asyncio.ensure_future(_append(store, life, disk, item)) for item in items]
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        if disk.cut_at is None and dice.random() < 1 / _ROUNDS:
            disk.cut()
        await asyncio.gather(*waiting)
        if disk.is_cut:
            break
    disk.cut()
    await store.close()
    vfs.unregister()


def _cut(before: Path, after: Path, life: _Life, dice: Random, control: "Control | None") -> Audit | None:
    """Cut once and return what is found afterwards, if there was a log yet."""
    before.mkdir(exist_ok=True, parents=True)
    disk = Disk(before)
    with control.settings() if control else nullcontext():
        asyncio.run(_live(before / "log.db", disk, life, dice))
    disk.leave(after, dice.choice(tuple(Fate)), dice)
    rmtree(before)
    return audit(after / "log.db") if life.is_founded else None


@dataclass(frozen=True)
class Control:
    """Settings that are known to lose what was acknowledged."""

    journal: str
    synchronous: str

    @contextmanager
    def settings(self) -> Iterator[None]:
        """Give every new connection these settings, and let it ignore the store's."""

        def hook(connection: apsw.Connection) -> None:
            connection.pragma("journal_mode", self.journal)
            connection.pragma("synchronous", self.synchronous)
            connection.set_authorizer(_ignore_durability)

        apsw.connection_hooks.append(hook)
        try:
            yield
        finally:
            apsw.connection_hooks.remove(hook)

    @override
    def __str__(self) -> str:
        return f"journal_mode={self.journal}, synchronous={self.synchronous}"


def _ignore_durability(operation: int, name: str | None, value: str | None, *_: str | None) -> int:
    setting = operation == apsw.SQLITE_PRAGMA and name in {"journal_mode", "synchronous"} and value is not None
    return apsw.SQLITE_IGNORE if setting else apsw.SQLITE_OK


CONTROLS: Final = (Control("wal", "normal"), Control("delete", "full"), Control("delete", "off"))


def cut_often(folder: Path, seed: int, count: int, control: Control | None = None) -> Findings:
    """Cut so many times.

    Under a control every log is cut once, as what is lost would be missed again at the next cut.
    """
    dice = Random(seed)
    lost, acknowledged, faults = 0, 0, list[str]()
    in_a_row = 1 if control else _IN_A_ROW
    life = _Life()
    for number in range(count):
        found = _cut(folder / str(number), folder / str(number + 1), life, dice, control)
        gone = found.lost(life.promises) if found else []
        lost += len(gone)
        faults += [f"cut {number}: {fault}" for fault in found.faults] if found else []
        if gone or number == count - 1 or number % in_a_row == in_a_row - 1:
            acknowledged += len(life.promises)
            life = _Life()
            rmtree(folder / str(number + 1))
    run = str(control) if control else "power cut"
    return Findings(run, f"{count} cuts", acknowledged, lost, faults=tuple(faults), is_control=control is not None)


def run(folder: Path, seed: int, count: int) -> Sequence[Findings]:
    """Cut the store's power, and that of the controls a tenth as often."""
    return [
        cut_often(folder, seed, count),
        *(cut_often(folder, seed, max(count // 10, _FEWEST_CONTROLS), control) for control in CONTROLS),
    ]


PROOF: Final = Proof("power-cut", 500, run)
