"""Background job: sends what waits to be sent again, on the ways that are set up.

Each message is claimed for a while, so that several processes share the work. The record decides:
what becomes of an attempt is recorded once, and nothing is handed over before its beginning is.
"""

import asyncio
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Thread
from typing import Final

from commlog_tui.contract.delivery import DeliveryKind
from commlog_tui.contract.resend import ResendState, Route
from commlog_tui.records.attempt import Attempt, Outcome
from commlog_tui.records.decide import Appended
from commlog_tui.records.delivery_event import AppendEvent
from commlog_tui.records.errors import KeyReusedError, LogError
from commlog_tui.service.hook_sending import call
from commlog_tui.service.journal import write_line
from commlog_tui.service.outgoing import Ways
from commlog_tui.service.smtp_sending import deliver, lost
from commlog_tui.store.protocol import Store
from commlog_tui.store.resends import ATTEMPTS, Outgoing

ACTOR: Final = "Send again"
_AT_ONCE: Final = 4
_GRACE_SECONDS: Final = 1.0
"""In which answers that are under way may come when the service stops."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often the sender looks, and for how long it claims what it sends."""

    look: float = 5.0
    """Seconds after which it looks for what other processes have added."""
    lease: timedelta = timedelta(seconds=30)


class ResendSender:
    """Sends what waits, at every location of a store."""

    def __init__(
        self,
        store: Store,
        ways: Ways,
        *,
        pace: Pace | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.ways = ways
        self._store = store
        self._pace = pace or Pace()
        self._clock = clock
        self._worker = secrets.token_hex(8)
        self._awake = asyncio.Event()
        self._held: dict[tuple[str, int], asyncio.Task[None]] = {}
        """What is being sent, by location and position."""

    def wake(self) -> None:
        """Look at once: something has been added."""
        self._awake.set()

    async def run(self, stopping: asyncio.Event) -> None:
        """Send until the service stops. Failures of the log are retried at the next look."""
        if not self.ways.routes:
            return
        renewing = asyncio.create_task(self._renew())
        ended = asyncio.create_task(stopping.wait())
        try:
            while not stopping.is_set():
                self._awake.clear()
                seconds = self._pace.look
                try:
                    seconds = await self._start_due()
                except LogError as error:
                    write_line("resend", outcome="failed", error=type(error).__name__)
                awake = asyncio.create_task(self._awake.wait())
                await asyncio.wait({awake, ended}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
                awake.cancel()
        finally:
            renewing.cancel()
            ended.cancel()
            if self._held:  # what has no answer by then is found by the next start
                await asyncio.wait(self._held.values(), timeout=_GRACE_SECONDS)

    async def _start_due(self) -> float:
        """Start to send what is due, and return after how many seconds to look again."""
        seconds = self._pace.look
        for location in await self._store.locations():
            now, free = self._clock(), _AT_ONCE - len(self._held)
            next_at = await self._store.resends.next_at(location.id, self.ways.routes)
            if next_at is None or free <= 0:
                continue
            if next_at > now:
                seconds = min(seconds, max((next_at - now).total_seconds(), 0.05))
                continue
            until = now + self._pace.lease
            for outgoing in await self._store.resends.claim(location.id, self.ways.routes, now, until, free):
                key = outgoing.location, outgoing.seq
                if key not in self._held:
                    self._held[key] = asyncio.create_task(self._send(outgoing))
        return seconds

    async def _renew(self) -> None:
        """Claim what is being sent for longer, as long as it takes."""
        while True:
            await asyncio.sleep(self._pace.lease.total_seconds() / 3)
            held: dict[str, list[int]] = {}
            for location, seq in self._held:
                held.setdefault(location, []).append(seq)
            for location, seqs in held.items():
                with suppress(LogError):
                    await self._store.resends.renew(location, seqs, self._clock() + self._pace.lease)

    async def _send(self, outgoing: Outgoing) -> None:
        try:
            await self._attempt(outgoing)
        except LogError as error:  # it stays claimed for a while, and is looked at again then
            write_line("resend", outcome="failed", error=type(error).__name__)
        finally:
            self._held.pop((outgoing.location, outgoing.seq), None)
            self.wake()

    async def _attempt(self, outgoing: Outgoing) -> None:
        is_begun, route = outgoing.is_begun, outgoing.resend.route
        attempt = self._of(outgoing, outgoing.attempts if is_begun else outgoing.attempts + 1)
        if route == Route.WEBHOOK and self.ways.webhook is not None:
            if not is_begun and not await self._record(outgoing, attempt.begun(self._clock())):
                return
            # The request may be made twice: the receiver acts on its id once.
            outcome = await _in_thread(partial(call, self.ways.webhook, outgoing, self._clock()))
        elif is_begun:
            outcome = lost()
        elif route == Route.SMTP and self.ways.smtp is not None:
            outcome = await self._by_mail(outgoing, attempt)
        else:
            return
        if outcome is not None:
            await self._end(outgoing, attempt, _final(outcome, attempt.number))

    async def _by_mail(self, outgoing: Outgoing, attempt: Attempt) -> Outcome | None:
        server, loop = self.ways.smtp, asyncio.get_running_loop()
        if server is None:
            return None

        def begin() -> bool:
            begun = self._record(outgoing, attempt.begun(self._clock()))
            return asyncio.run_coroutine_threadsafe(begun, loop).result()

        return await _in_thread(partial(deliver, server, outgoing.entry, begin))

    async def _end(self, outgoing: Outgoing, attempt: Attempt, outcome: Outcome) -> None:
        """Record what became of an attempt; also where another has taken it for lost meanwhile."""
        at = self._clock()
        if await self._record(outgoing, attempt.ended(at, outcome)):
            write_line("resend", outcome=outcome.step.value, route=outgoing.resend.route, attempt=attempt.number)
        elif outcome.step is ResendState.DONE:
            await self._record(outgoing, attempt.late(at, outcome))

    async def _record(self, outgoing: Outgoing, event: AppendEvent) -> bool:
        """Record a report of this worker; false if another worker has reported it. Raises ``LogError``."""
        (answer,) = await self._store.append(outgoing.location, ACTOR, [event])
        if isinstance(answer, KeyReusedError):
            return False
        if not isinstance(answer, Appended):
            raise answer
        return True

    def _of(self, outgoing: Outgoing, number: int) -> Attempt:
        return Attempt(outgoing.entry.id, number, self._worker)


async def _in_thread(work: Callable[[], Outcome | None]) -> Outcome | None:
    """Do what waits for another machine in a thread that no end of the service waits for."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Outcome | None] = loop.create_future()

    def settle(answer: Outcome | None, error: BaseException | None) -> None:
        if future.done():
            return
        if error is None:
            future.set_result(answer)
        else:
            future.set_exception(error)

    def run() -> None:
        answer, error = None, None
        try:
            answer = work()
        except BaseException as fault:  # noqa: BLE001 - whatever it was, who waits must hear of it
            error = fault
        with suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(settle, answer, error)

    Thread(target=run, name="commlog-resend", daemon=True).start()
    return await future


def _final(outcome: Outcome, number: int) -> Outcome:
    """Return the outcome of an attempt after which no other comes, where it was the last."""
    if outcome.step is not ResendState.WAITING or number < ATTEMPTS:
        return outcome
    detail = f"Given up after {number} attempts. {outcome.detail}"
    return replace(outcome, step=ResendState.FAILED, kind=DeliveryKind.FAILED, detail=detail)
