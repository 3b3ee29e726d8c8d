"""The desk's writing path as a process that can die at any step.

What is typed is kept, handed over and sent as by the form. The steps are the calls that reach the
disk or the service. A process that is to die at one ends itself with SIGKILL before or after it, so
that nothing of it is done after that: no cleaning up, no closing, no telling.
"""

import asyncio
import os
import signal
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from itertools import count as counting
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar
from uuid import uuid4
from zoneinfo import ZoneInfo

from commlog_tui.client.log_client import LogClient
from commlog_tui.client.outbox import Outbox, OutboxItem, SendReport
from commlog_tui.client.send_loop import SendLoop
from commlog_tui.contract.base import parse_instant
from commlog_tui.contract.entry import NewEntry, Receipt
from commlog_tui.desk.entry.draft_saver import DraftSaver
from commlog_tui.desk.entry.fields import Start, draft, item, start_of_outbox_item
from tests.prove.running_service import TOKEN

_ZONE: Final = ZoneInfo("Europe/London")
_DISK: Final = ("open", "fsync", "replace", "rename", "unlink", "mkdir")
TIMEOUT: Final = 0.4

Parameters = ParamSpec("Parameters")
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Orders:
    """What a desk does before it ends by itself."""

    outbox: Path
    url: str
    marks: tuple[str, ...] = ()
    """What is typed, each text instead of the one before it; the last is handed over.

    Without any, only what waits is sent.
    """
    goes_on: bool = False
    """Open the draft that is there, and hand over the last mark from it."""
    attempts: int = 1
    """How often it is tried to send."""
    dies_at: int | None = None
    """The step, counted from 0, before which it dies."""
    forgets_keys: bool = False
    """Broken on purpose: what is sent again is sent under another key."""
    timeout: float = TIMEOUT
    """Seconds of patience with the service."""


class _Steps:
    """Counts what is done, and ends the process where it is to end."""

    def __init__(self, dies_at: int | None) -> None:
        self._dies_at = dies_at
        self._numbers = counting()

    def taken(self) -> None:
        if next(self._numbers) == self._dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, call: Callable[Parameters, Answer]) -> Callable[Parameters, Answer]:
        def stepped(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Answer:
            self.taken()
            answer = call(*args, **kwargs)
            self.taken()
            return answer

        return stepped

    def around_sending(
        self, send: Callable[Parameters, Coroutine[Any, Any, Answer]]
    ) -> Callable[Parameters, Coroutine[Any, Any, Answer]]:
        async def stepped(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Answer:
            self.taken()
            answer = await send(*args, **kwargs)
            self.taken()
            return answer

        return stepped


def live(orders: Orders, answer: Connection) -> None:
    """Be a desk: the target of a process of its own.

    Tells what the clerk may rely on, as soon as they may.
    """
    asyncio.run(_live(orders, answer))


async def _live(orders: Orders, answer: Connection) -> None:
    steps = _Steps(orders.dies_at)
    client = LogClient(orders.url, TOKEN, timeout=orders.timeout)
    for name in _DISK:
        setattr(os, name, steps.around(getattr(os, name)))
    if orders.forgets_keys:
        client.add = _with_new_keys(client)  # type: ignore[assignment, method-assign] # the fault to be found
    client.add = steps.around_sending(client.add)  # type: ignore[method-assign] # a step like the others
    outbox = Outbox(orders.outbox)
    if orders.marks:
        await _type(outbox, _start(outbox, orders), orders, answer)
    await _send(client, outbox, orders.attempts, answer)
    await client.aclose()


def _with_new_keys(client: LogClient) -> Callable[[str, str, NewEntry], Coroutine[Any, Any, Receipt]]:
    add = client.add
    return lambda location, _, entry: add(location, str(uuid4()), entry)


def _start(outbox: Outbox, orders: Orders) -> Start:
    drafts = [stored for stored in outbox.items() if stored.state == "draft"]
    return (
        start_of_outbox_item(drafts[0], None, _ZONE)
        if orders.goes_on and drafts
        else Start({"direction": "inbound", "when": "now"})
    )


async def _type(outbox: Outbox, start: Start, orders: Orders, answer: Connection) -> None:
    keeper = DraftSaver(outbox, start.key, start.replaces)
    *earlier, last = orders.marks
    for mark in (*earlier, last):
        await keeper.keep(lambda mark=mark: draft(start, "quay", _typed(mark), None))  # type: ignore[misc] # bound at once
        answer.send(("kept", mark))
    now = parse_instant("2026-11-03T09:14:00Z")
    await keeper.hand_over(item(start, "quay", _typed(last), None, zone=_ZONE, now=now))
    answer.send(("handed over", last))


def _typed(mark: str) -> dict[str, str]:
    return {"via": "phone", "to": "", "title": mark, "direction": "inbound", "when": "now", "body": f"About {mark}"}


async def _send(client: LogClient, outbox: Outbox, attempts: int, answer: Connection) -> None:
    """Let the sender run until nothing waits, or it has tried so often."""
    sender = SendLoop(client, outbox)
    ended = asyncio.Event()
    tries = counting(1)

    def reported(report: SendReport) -> None:
        for sent, receipt in report.sent:
            answer.send(("sent", _mark(sent), receipt.id, receipt.seq, receipt.leaf_hash))
        for refused in report.refused:
            answer.send(("refused", _mark(refused), str(refused.reason)))
        if not report.waiting or next(tries) >= attempts:
            ended.set()
        else:
            sender.wake()

    def troubled(words: str) -> None:
        answer.send(("trouble", words))
        ended.set()

    running = asyncio.ensure_future(sender.run(reported, troubled))
    await ended.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


def _mark(stored: OutboxItem) -> str:
    content: dict[str, Any] = stored.content
    return str(content["title"])
