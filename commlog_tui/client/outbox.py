"""The outbox: the only way that an entry leaves this machine.

Every intent is a file of its own, named by its key, on the disk before it is sent. It goes when the log's receipt is here, and
not before; a crash in between sends it again under the same key, which gives the same receipt.
"""

import errno
import os
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from commlog_tui.client import errors
from commlog_tui.contract.base import Instant
from commlog_tui.contract.entry import NewCorrection, NewEntry, Receipt
from commlog_tui.contract.identity import id_of_key

if TYPE_CHECKING:
    from commlog_tui.client.log_client import LogClient

_ROOM: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class OutboxError(Exception):
    """Something could not be saved; it is still where it was typed."""


class OutboxItem(BaseModel):
    """One intent, from the first letter typed to the receipt."""

    model_config = ConfigDict(frozen=True)

    key: str = Field(default_factory=lambda: str(uuid4()))
    location: str
    action: Literal["entry", "correction"] = "entry"
    entry_id: str | None = None
    content: dict[str, Any]
    """The entry or correction; of a draft, the fields as typed."""
    state: Literal["draft", "waiting", "refused"] = "waiting"
    reason: str | None = None
    saved_at: Instant = Field(default_factory=lambda: datetime.now(UTC))


@dataclass
class SendReport:
    """What became of what was waiting."""

    sent: list[tuple[OutboxItem, Receipt]] = field(default_factory=list)
    refused: list[OutboxItem] = field(default_factory=list)
    waiting: int = 0
    error: errors.ClientError | None = None
    """Why something still waits."""
    busy: bool = False
    """Another desk is sending just now."""


class Outbox:
    """A folder of intents."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, item: OutboxItem) -> None:
        """Put an item on the disk, for certain. Raises ``OutboxError``."""
        path = self._path(item.key)
        fresh = path.with_suffix(f".{uuid4().hex}.tmp")
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(item.model_dump_json().encode())
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(path)
            self._sync_folder()
        except OSError as error:
            with suppress(OSError):
                fresh.unlink(missing_ok=True)
            why = "The disk is full" if error.errno in _ROOM else f"The outbox cannot be written ({error.strerror})"
            raise OutboxError(f"{why}. What you typed is still in the form; nothing was sent.") from error

    def items(self) -> tuple[OutboxItem, ...]:
        """Return what is in the outbox, oldest first; an unreadable file is left where it is."""
        found = []
        for path in self._folder.glob("*.json"):
            with suppress(OSError, ValidationError):
                found.append(OutboxItem.model_validate_json(path.read_bytes()))
        return tuple(sorted(found, key=lambda item: (item.saved_at, item.key)))

    def damaged(self) -> tuple[Path, ...]:
        """Return the files that cannot be read. They are never deleted."""
        readable = {self._path(item.key) for item in self.items()}
        return tuple(sorted(set(self._folder.glob("*.json")) - readable))

    def discard(self, key: str) -> None:
        """Take an item out."""
        self._path(key).unlink(missing_ok=True)
        with suppress(OSError):
            self._sync_folder()

    async def send(self, client: "LogClient") -> SendReport:
        """Send what waits, each once, unless another desk is at it."""
        from filelock import FileLock, Timeout  # noqa: PLC0415 - not on the way to the first frame

        report = SendReport()
        if not any(item.state == "waiting" for item in self.items()):
            return report
        try:
            with FileLock(self._folder / "sending.lock", timeout=0):
                await self._send_all(client, report)
        except Timeout:
            report.busy = True
        report.waiting = sum(item.state == "waiting" for item in self.items())
        return report

    async def _send_all(self, client: "LogClient", report: SendReport) -> None:
        for item in self.items():
            if item.state != "waiting":
                continue
            try:
                receipt = await _send(client, item)
            except (errors.RefusedError, errors.NotPermittedError, errors.NotFoundError, ValidationError) as error:
                reason = str(error) if isinstance(error, errors.ClientError) else "It is not a valid entry."
                refused = item.model_copy(update={"state": "refused", "reason": reason})
                self.save(refused)
                report.refused.append(refused)
            except errors.ClientError as error:
                report.error = error
                return
            else:
                self.discard(item.key)
                report.sent.append((item, receipt))

    def _path(self, key: str) -> Path:

        return self._folder / f"{id_of_key(key)}.json"

    def _sync_folder(self) -> None:
        descriptor = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


async def _send(client: "LogClient", item: OutboxItem) -> Receipt:
    if item.action == "correction" and item.entry_id is not None:
        return await client.correct(item.location, item.entry_id, item.key, NewCorrection.model_validate(item.content))
    return await client.add(item.location, item.key, NewEntry.model_validate(item.content))
