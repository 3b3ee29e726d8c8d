"""A desk that saves everything a shift writes in its outbox and sends it, to be killed at any moment.

Run as a program with the folder of its outbox, the service's URL and a file of items, one a line.
Started again, it saves what it has not handed over yet and goes on; it ends when nothing waits.
"""

import asyncio
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from commlog_tui.client.log_client import LogClient
from commlog_tui.client.outbox import Outbox, OutboxError, OutboxItem, SendReport
from commlog_tui.client.send_loop import SendLoop
from tests.prove.running_service import TOKEN

_PAUSE = 0.02


async def work(folder: Path, url: str, lines: Sequence[str]) -> None:
    """Save and send; a journal beside the outbox says how much is saved."""
    # its entries name guests whom the log has not heard of
    outbox, journal = Outbox(folder, holds_back=False), folder.with_suffix(".saved")
    client = LogClient(url, TOKEN)
    reports: list[SendReport] = []
    loop = SendLoop(client, outbox)
    sending = asyncio.create_task(loop.run(reports.append, lambda _: None))
    try:
        for line in lines[_saved(journal) :]:
            outbox.save(OutboxItem.model_validate_json(line))
            _note(journal)
            loop.wake()
            await asyncio.sleep(_PAUSE)
        while any(item.state == "waiting" for item in outbox.items()):
            loop.wake()
            await asyncio.sleep(_PAUSE)
    finally:
        sending.cancel()
        with suppress(asyncio.CancelledError, OutboxError):
            await sending
        await client.aclose()


def _saved(journal: Path) -> int:
    return len(journal.read_bytes()) if journal.exists() else 0


def _note(journal: Path) -> None:
    with journal.open("ab") as file:
        file.write(b".")


if __name__ == "__main__":
    asyncio.run(work(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]).read_text(encoding="utf-8").splitlines()))
