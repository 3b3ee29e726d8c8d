"""A small sender for booking systems: record what they send, whether the log is up or not.

    from commlog_tui.client.sender import Sender

    with Sender("http://127.0.0.1:8750", token, "quay", Path("/var/lib/booking/commlog")) as sender:
        sender.entry(entry)
        sender.event(event)

Every call saves its item to an outbox on disk and returns, without waiting for the log. A thread
sends what waits, oldest first, and retries until the log has acknowledged it. After a crash the
next sender with the same folder goes on.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Final, Self
from uuid import uuid4

from commlog_tui.client.log_client import LogClient
from commlog_tui.client.outbox import Outbox, OutboxItem, SendReport
from commlog_tui.client.send_loop import SendLoop
from commlog_tui.contract.delivery import NewMessageEvent
from commlog_tui.contract.entry import NewEntry
from commlog_tui.contract.identity import message_event_id

_CLOSING_SECONDS: Final = 5.0


class Sender:
    """Records entries and delivery events of one location through an outbox of its own.

    Thread-safe. Several processes may share the folder: each saves, one at a time sends.
    """

    def __init__(
        self,
        base_url: str,
        token: str,
        location: str,
        folder: Path,
        *,
        on_report: Callable[[SendReport], None] | None = None,
        on_error: Callable[[str], None] | None = None,
    ) -> None:
        """Start the sending thread; nothing is required of the log.

        ``token`` is one with the role ``sender``. ``folder`` belongs to this user alone and is
        created if it is missing. ``on_report`` is called in the sending thread after every attempt,
        ``on_error`` with a sentence when the folder cannot be used.
        """
        self._address = (base_url, token)
        self._location = location
        self._outbox = Outbox(folder, holds_back=False)
        self._on_report = on_report or _ignore
        self._on_error = on_error or _ignore
        self._loop = asyncio.new_event_loop()
        self._sending: SendLoop | None = None
        self._closing: asyncio.Future[float] = self._loop.create_future()
        self._attempted = asyncio.Event()
        self._thread = Thread(target=self._run, name="commlog sender", daemon=True)
        self._thread.start()

    def entry(self, entry: NewEntry, key: str | None = None) -> str:
        """Save an entry to be recorded, and return its key.

        ``key`` is the booking system's own identity of the message: repeated, it records nothing
        twice. Without one, a new key is made.

        Raises:
            OutboxFullError: the disk is full. Nothing was saved.
            OutboxError: the folder cannot be written. Nothing was saved.
        """
        content = entry.model_dump(mode="json", exclude_unset=True)
        return self._save(OutboxItem(key=key or str(uuid4()), location=self._location, content=content))

    def event(self, event: NewMessageEvent) -> str:
        """Save a delivery event to be recorded, and return its key.

        It may be reported before its entry: the log joins them by the message. The same event
        reported twice is recorded once.

        Raises:
            OutboxFullError: the disk is full. Nothing was saved.
            OutboxError: the folder cannot be written. Nothing was saved.
        """
        key = message_event_id(event.message.provider, event.message.id, event)
        content = event.model_dump(mode="json", exclude_unset=True)
        return self._save(OutboxItem(key=key, location=self._location, action="event", content=content))

    def waiting(self) -> int:
        """Return how many items the log has not acknowledged yet, refused ones included."""
        return len(self._outbox.items())

    def close(self, timeout: float = _CLOSING_SECONDS) -> None:
        """Try once more to send what waits, for at most ``timeout`` seconds, and stop.

        What still waits stays in the outbox.
        """
        with suppress(RuntimeError):  # closed before
            self._loop.call_soon_threadsafe(self._close, timeout)
        self._thread.join(timeout + _CLOSING_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _save(self, item: OutboxItem) -> str:
        self._outbox.save(item)
        with suppress(RuntimeError):  # closed: the next sender sends it
            self._loop.call_soon_threadsafe(self._wake)
        return item.key

    def _wake(self) -> None:
        if self._sending is not None:
            self._sending.wake()

    def _close(self, timeout: float) -> None:
        if not self._closing.done():
            self._closing.set_result(timeout)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._send())

    async def _send(self) -> None:
        client = LogClient(*self._address)
        self._sending = SendLoop(client, self._outbox, self._location)
        work = asyncio.create_task(self._sending.run(self._report, self._on_error))
        timeout = await self._closing
        self._attempted.clear()
        self._sending.wake()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._attempted.wait(), timeout)
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work
        await client.aclose()

    def _report(self, report: SendReport) -> None:
        if not report.waiting or report.error is not None:
            self._attempted.set()
        self._on_report(report)


def _ignore(_: object) -> None:
    """Do nothing."""
