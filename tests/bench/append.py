"""``python -m tests.bench.append [--against FOLDER]``: processor time of appends, rebuild and demo.

With ``--against``, a checkout of another commit takes turns with this one in the same session, and
the ratios of medians are printed: absolute times tell more of the machine. Each run is a process of
its own over the same generated entries, so that nothing is warm from the run before.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any, Final
from uuid import UUID

_HERE: Final = Path(__file__).parents[2]
_ROUNDS: Final = 5
_NOON: Final = datetime(2026, 11, 3, 12, tzinfo=UTC)
_SINGLES: Final = 300
_FIFTIES: Final = 40
_LARGE: Final = 8_000
_WITH_EVENTS: Final = 1_000
_DEMO_MONTHS: Final = 3


class Entries:
    """Generates entries of a busy location.

    One customer in eight entries, numbers and addresses, some notes.
    """

    def __init__(self) -> None:
        try:
            from commlog_tui.records.entry import AppendEntry  # noqa: PLC0415 - of whichever checkout is on the path
        except ModuleNotFoundError:  # before there was a package of records
            from commlog_tui.store.protocol import AppendEntry  # type: ignore[attr-defined,no-redef] # noqa: PLC0415 - as above
        from commlog_tui.contract.entry import NewEntry  # noqa: PLC0415 - as above

        self._item: Any = AppendEntry
        self._model = NewEntry
        self._random = Random(7)

    def take(self, count: int, *, events: int = 0) -> list[Any]:
        """Return so many new items, each with so many delivery events."""
        return [self._one(events) for _ in range(count)]

    def _one(self, events: int) -> Any:
        rng = self._random
        who = rng.randrange(5_000)
        mail, number = f"guest.{who}@example.com", f"07700 9{who:05d}"
        is_mail, sent_at = rng.random() < 0.6, _NOON + timedelta(minutes=rng.randrange(500_000))
        fields: dict[str, Any] = {
            "via": "email" if is_mail else "sms",
            "to": mail if is_mail else number,
            "title": rng.choice(
                ["Booking Confirmation", "Template: Booking Reminder SMS", "Refund Notice", "What to Bring"]
            ),
            "source": "workflow",
            "reference": str(UUID(int=rng.getrandbits(128), version=4)),
            "code": f"HB-{rng.getrandbits(20):05x}",
            "body": "Dear guest, your boat is booked." if rng.random() < 0.5 else None,
            "customer": {"id": f"c-{who}", "name": f"Guest {who} Archer", "addresses": [mail], "numbers": [number]},
            "sent_at": sent_at,
            "events": [
                {"kind": kind, "at": sent_at + timedelta(seconds=at)}
                for at, kind in enumerate(("sent", "delivered", "opened")[:events])
            ],
        }
        return self._item(str(UUID(int=rng.getrandbits(128), version=4)), self._model.model_validate(fields))


async def _measure(folder: Path) -> dict[str, float]:
    from commlog_tui.contract.location import NewLocation  # noqa: PLC0415 - of whichever checkout is on the path
    from commlog_tui.store.sqlite.store import SqliteStore  # noqa: PLC0415 - as above

    entries, spent = Entries(), dict[str, float]()
    store = SqliteStore.open(folder / "log.db")
    await store.create_location(NewLocation(id="quay", name="Quay Boats", zone="Europe/London"))

    async def append(items: list[Any], size: int) -> None:
        for at in range(0, len(items), size):
            answers = await store.append("quay", "bench", items[at : at + size])
            assert all(getattr(answer, "created", False) for answer in answers), answers

    async def timed(what: str, work: Callable[[], Awaitable[object]]) -> None:
        begun = process_time()
        await work()
        spent[what] = process_time() - begun

    await append(entries.take(200), 50)  # imports, statements and caches
    for what, items, size in (
        ("single appends", entries.take(_SINGLES), 1),
        ("batches of 50", entries.take(_FIFTIES * 50), 50),
        ("one of 8,000", entries.take(_LARGE), _LARGE),
        ("50 with 3 events each", entries.take(_WITH_EVENTS, events=3), 50),
    ):
        await timed(what, lambda items=items, size=size: append(items, size))  # type: ignore[misc] # mypy does not infer the loop variables
    await timed("rebuild", store.rebuild)
    await store.close()
    return spent


def _child() -> None:
    """Measure the checkout on the path, and print it as JSON."""
    with TemporaryDirectory() as folder:
        spent = asyncio.run(_measure(Path(folder)))
        from commlog_tui.demo.load import fill  # noqa: PLC0415 - of whichever checkout is on the path

        begun = process_time()
        fill(Path(folder) / "demo.db", months=_DEMO_MONTHS, until=_NOON.date())
        spent["demo"] = process_time() - begun
    sys.stdout.write(json.dumps(spent))


def _run(checkout: Path) -> dict[str, float]:
    environment = os.environ | {"PYTHONPATH": str(checkout)}
    call = [sys.executable, str(Path(__file__).resolve()), "--child"]
    output = subprocess.run(call, check=True, capture_output=True, env=environment, cwd=checkout).stdout
    measured: dict[str, float] = json.loads(output)
    return measured


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.append", description="Measures appends, rebuild and demo."
    )
    parser.add_argument("--against", type=Path, help="a checkout of another commit, to take turns with")
    parser.add_argument("--rounds", type=int, default=_ROUNDS, help="runs of each (default: %(default)s)")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        _child()
        return
    checkouts = [_HERE, *([asked.against.resolve()] if asked.against else [])]
    runs: list[list[dict[str, float]]] = [[] for _ in checkouts]
    for _ in range(asked.rounds):
        for at, checkout in enumerate(checkouts):
            runs[at].append(_run(checkout))
    sys.stdout.write(
        f"seconds of processor time, medians of {asked.rounds} runs in turns; load {os.getloadavg()[0]:.1f}\n"
    )
    for what in runs[0][0]:
        times = [median(run[what] for run in of_one) for of_one in runs]
        ratio = f"   {times[1] / times[0]:.2f} times as fast as there ({times[1]:.3f})" if asked.against else ""
        sys.stdout.write(f"{what:24}{times[0]:8.3f}{ratio}\n")


if __name__ == "__main__":
    main()
