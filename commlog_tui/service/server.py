"""The service as a process: uvicorn on a socket that somebody has bound."""

import asyncio
import gc
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread, current_thread, main_thread
from typing import Final

import uvicorn
from starlette.datastructures import State
from typing_extensions import override

from commlog_tui.expectations.rules_file import Rules
from commlog_tui.operating_system import end_signals
from commlog_tui.service.app import create_app
from commlog_tui.service.connections import Patrol, cut_all, served_by
from commlog_tui.service.gate import Gate, Listener
from commlog_tui.service.limits import Limiter, Limits
from commlog_tui.service.outgoing import Ways
from commlog_tui.service.retention import keep_retention
from commlog_tui.service.tokens import Owner
from commlog_tui.store.hooks import Hooks
from commlog_tui.store.protocol import Store
from commlog_tui.store.signing import Keys

_GRACE_SECONDS: Final = 2
_BACKLOG: Final = 128
"""Connections accepted in one turn of the loop."""
_SWITCH_SECONDS: Final = 0.001
"""For which a thread that parses or writes may go on while the loop waits for its turn."""
_LOOK_SECONDS: Final = 1.0
_TICKS: Final = 10
"""Ticks of uvicorn in that time: it writes the date of its answers anew with every tenth."""
_DAY_OF_TICKS: Final = 864_000


class _Server(uvicorn.Server):
    def __init__(
        self,
        config: uvicorn.Config,
        store: Store,
        state: State,
        patrol: Patrol,
        stopping: Event,
        stopped: Event | None,
    ) -> None:
        super().__init__(config)
        self._patrol = patrol
        self._store = store
        self._state = state
        self._stopping = stopping
        self._stopped = stopped
        self.has_closed_store = False

    @override
    async def main_loop(self) -> None:
        """Keep the retention, look for overdue messages and send what waits beside serving."""
        ended = asyncio.Event()
        keeping = asyncio.create_task(keep_retention(self._store, ended))
        following = asyncio.create_task(self._state.overdue.follow(ended))
        sending = asyncio.create_task(self._state.resend_sender.run(ended))
        try:
            await self._tick()
        finally:
            ended.set()
            self._state.feed_reader.stop()
            await asyncio.gather(keeping, following, sending)

    async def _tick(self) -> None:
        """Look at each whole second, and stop at once when asked to; uvicorn would wake ten times a second.

        Those who wait for records look at the same moments, so that an idle service wakes once for both.
        """
        loop, woken = asyncio.get_running_loop(), asyncio.Event()

        def wait(event: Event) -> None:
            event.wait()
            with suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(woken.set)

        for event in filter(None, (self._stopping, self._stopped)):
            Thread(target=wait, args=(event,), daemon=True).start()
        ticks = 0
        while not await self.on_tick(ticks):
            timer = loop.call_at((loop.time() // _LOOK_SECONDS + 1) * _LOOK_SECONDS, woken.set)
            await woken.wait()
            timer.cancel()
            woken.clear()
            ticks = (ticks + _TICKS) % _DAY_OF_TICKS

    @override
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let current answers end within the grace period, then close the rest, and the store on its loop."""
        if self.server_state.connections or self.server_state.tasks:
            await super().shutdown(sockets)  # waits for them for a tenth of a second at least
        else:
            for listening in (*self.servers, *(sockets or ())):
                listening.close()
        cut_all(self.server_state.connections)
        await asyncio.sleep(0)  # in which the sockets are closed
        self.has_closed_store = True
        await self._store.close()

    @override
    async def on_tick(self, counter: int) -> bool:
        """Look for slow clients, and whether to stop."""
        done = await super().on_tick(counter)
        self._patrol.look(self.server_state.connections, asyncio.get_running_loop().time())
        if done or (self._stopped is not None and self._stopped.is_set()):
            self._stopping.set()
        return self._stopping.is_set()


@contextmanager
def _in_a_process_of_its_own(stopping: Event) -> Iterator[None]:
    """Handle a signal by a graceful stop.

    uvicorn would raise it again and kill the process before the store is closed. Outside the main
    thread, in somebody else's process, this is a no-op.
    """
    if current_thread() is not main_thread():
        yield
        return
    gc.freeze()  # what was made up to here stays; looking through it again takes 50 ms, in which nobody is answered
    before = {number: signal.signal(number, lambda *_: stopping.set()) for number in end_signals()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def serve(
    store: Store,
    listener: socket.socket,
    *,
    keys: Keys | None = None,
    hooks: Hooks | None = None,
    owner: Owner | None = None,
    limits: Limits | None = None,
    limiter: Limiter | None = None,
    ssl_certfile: Path | None = None,
    ssl_keyfile: Path | None = None,
    trusted_proxies: Sequence[str] = (),
    stopped: Event | None = None,
    rules: Callable[[], Rules] = dict,
    ways: Ways | None = None,
    quiet: bool = False,
) -> None:
    """Serve on a listening socket until SIGTERM, SIGINT or ``stopped``; then close the store.

    Stopping takes 3 seconds at most. X-Forwarded-For is believed only of ``trusted_proxies``,
    addresses or networks. ``rules`` returns what bookings should get, ``ways`` are those on
    which messages are sent again. ``quiet`` disables the request log.
    """
    stopping = Event()
    limits = limits or Limits()
    gate = Gate(limits, trusted_proxies)
    sys.setswitchinterval(_SWITCH_SECONDS)
    app = create_app(
        store,
        keys=keys,
        hooks=hooks,
        owner=owner,
        limits=limits,
        limiter=limiter,
        stopping=stopping,
        rules=rules,
        ways=ways,
        quiet=quiet,
    )
    config = uvicorn.Config(
        app,
        loop="asyncio",
        http=served_by(gate),
        backlog=_BACKLOG,
        ws="none",
        access_log=False,
        log_level="warning",
        lifespan="off",
        server_header=False,
        proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=list(trusted_proxies),
        ssl_certfile=ssl_certfile,
        ssl_keyfile=ssl_keyfile,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        timeout_keep_alive=30,
    )
    patrol = Patrol(limits, app.state.registry, gate)
    server = _Server(config, store, app.state, patrol, stopping, stopped)
    with _in_a_process_of_its_own(stopping):
        try:
            server.run(sockets=[Listener.over(listener, gate)])
        finally:
            app.state.parser.close()
            if hooks is not None:
                hooks.close()
            if not server.has_closed_store:
                asyncio.run(store.close())
