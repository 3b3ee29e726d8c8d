"""Play a planned day to a running service, in a thread of its own."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from threading import Event, Thread
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from commlog_tui.demo import LOCATION, PACE, SEED

if TYPE_CHECKING:
    from commlog_tui.client.log_client import LogClient
    from commlog_tui.demo.live import Action

Find = Callable[[], tuple[str, str] | None]
"""Returns the address and token of the service, or None while it is away."""
_HEAD_START: Final = 1.5
"""Seconds that the desk gets before anything is loaded beside it."""
_AWAY: Final = 1.0
"""Seconds between attempts at a service that is away."""
_END: Final = 3.0
"""Seconds that a request may take to end with the desk."""


class Player:
    """Sends a day's actions at their time, until it is over or closed.

    An action that cannot be sent now is tried again; those after it wait.
    """

    def __init__(self, find: Find, *, seed: int = SEED, pace: float = PACE, head_start: float = _HEAD_START) -> None:
        self._find = find
        self._seed = seed
        self._pace = pace
        self._head_start = head_start
        self._closed = Event()
        self._thread = Thread(target=self._play, name="live day", daemon=True)
        self.trouble = ""
        """Why it ended early, as a sentence."""

    def __enter__(self) -> Self:
        """Begin the day."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it, whatever is left of it."""
        self._closed.set()
        self._thread.join(_END)

    def _play(self) -> None:
        if self._closed.wait(self._head_start):
            return
        from commlog_tui.client.errors import ClientError
        from commlog_tui.demo.live import plan_day

        actions = plan_day(self._seed, datetime.now(UTC), self._pace)
        with asyncio.Runner() as runner:
            try:
                self._send_all(runner, actions)
            except ClientError as error:
                self.trouble = str(error)

    def _send_all(self, runner: asyncio.Runner, actions: "Iterable[Action]") -> None:
        from commlog_tui.client.errors import BusyError, TokenRefusedError, UnreachableError
        from commlog_tui.client.log_client import LogClient

        client, address = None, None
        try:
            for action in actions:
                while not self._closed.wait(max((action.at - datetime.now(UTC)).total_seconds(), 0)):
                    found = self._find()
                    if found != address and client is not None:
                        runner.run(client.aclose())
                        client = None
                    address = found
                    if found is not None:
                        client = client or LogClient(*found)
                        try:
                            runner.run(_send(client, action))
                            break
                        except (BusyError, TokenRefusedError, UnreachableError):
                            pass  # it ended, or another one took its port
                    self._closed.wait(_AWAY)
                if self._closed.is_set():
                    return
        finally:
            if client is not None:
                runner.run(client.aclose())


async def _send(client: "LogClient", action: "Action") -> None:
    from commlog_tui.contract.delivery import NewMessageEvent
    from commlog_tui.contract.entry import NewEntry

    match action.body:
        case NewEntry() as entry:
            await client.add(LOCATION, action.key, entry)
        case NewMessageEvent() as event:
            await client.add_message_event(LOCATION, event)
        case run:
            await client.add_run(LOCATION, run)
