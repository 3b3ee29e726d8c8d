"""The outbox: a durable queue on disk through which all writes leave this machine.

Each item is a file named by its key and is on disk before it is sent. It is removed once the
receipt is here. After a crash in between it is sent again under the same key, which returns the
same receipt.
"""

import asyncio
import errno
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from pydantic import ValidationError

from commlog_tui.client import errors
from commlog_tui.client.completion import IncompleteError, completed, local_time
from commlog_tui.client.held_back import HeldBackError, require_known_guest
from commlog_tui.client.outbox_calls import sent
from commlog_tui.client.outbox_item import NewerItemError, OutboxItem, read_item
from commlog_tui.contract.entry import Receipt
from commlog_tui.contract.identity import id_of_key
from commlog_tui.operating_system import sync_folder
from commlog_tui.private_files import make_own_folder

if TYPE_CHECKING:
    from commlog_tui.client.log_client import LogClient

PATIENCE: Final = 10.0
"""For how many seconds a command waits for a desk that is sending."""
_BETWEEN_TRIES: Final = 0.05
_NO_ROOM: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NOT_SAVED: Final = "Nothing was saved and nothing was sent."
_NEWER: Final = "A newer commlog has saved an item under this key. It is left alone; update commlog."

__all__ = ["Outbox", "OutboxError", "OutboxFullError", "OutboxItem", "SendReport"]


class OutboxError(Exception):
    """The outbox's folder cannot be used."""


class OutboxFullError(OutboxError):
    """The disk is full."""


@dataclass(frozen=True)
class SendReport:
    """The result of a send."""

    sent: tuple[tuple[OutboxItem, Receipt], ...] = ()
    refused: tuple[OutboxItem, ...] = ()
    waiting: int = 0
    error: errors.ClientError | None = None
    """Why something still waits."""
    busy: bool = False
    """Another desk is sending just now."""


class Outbox:
    """A folder of queued items. Several desks may share it."""

    def __init__(self, folder: Path, *, holds_back: bool = True) -> None:
        """With ``holds_back``, what waited and names a guest unknown to the log is not sent, see ``held_back``."""
        self._folder = folder
        self._holds_back = holds_back

    def save(self, item: OutboxItem) -> None:
        """Put an item on the disk, for certain, in place of an earlier one with its key.

        Raises:
            OutboxFullError: there is no room.
            OutboxError: the folder cannot be written for another reason, or the earlier one is of a
                newer version.
        """
        path = self.path(item.key)
        self._require_not_newer(path, _NOT_SAVED)
        fresh = path.with_suffix(f".{uuid4().hex}.tmp")
        try:
            self._make_folder()
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                # pydantic's own writer fails on lone surrogates
                file.write(json.dumps(item.fields()).encode())
                file.flush()
                os.fsync(file.fileno())
            os.replace(fresh, path)  # noqa: PTH105 - named as the other system calls are
            sync_folder(self._folder)
        except OSError as error:
            with suppress(OSError):
                fresh.unlink(missing_ok=True)
            if error.errno in _NO_ROOM:
                raise OutboxFullError(f"The disk is full. {_NOT_SAVED}") from error
            raise OutboxError(f"The outbox cannot be written ({error.strerror}). {_NOT_SAVED}") from error

    def items(self) -> tuple[OutboxItem, ...]:
        """Return the outbox's items, oldest first.

        A file that is no item is set aside; see ``damaged`` and ``newer``.
        """
        return tuple(sorted(self._readable(), key=lambda item: (item.saved_at, item.key)))

    def path(self, key: str) -> Path:
        """Return the file that an item with this key is, or would be, kept in."""
        return self._folder / f"{id_of_key(key)}.json"

    def damaged(self) -> tuple[Path, ...]:
        """Return the files that hold no item or cannot be read. They are never deleted."""
        readable = {self.path(item.key) for item in self._readable()}
        return tuple(
            sorted({*self._folder.glob("*.damaged"), *self._folder.glob("*.json")} - readable - {*self.newer()})
        )

    def newer(self) -> tuple[Path, ...]:
        """Return the files that a newer version has saved. They are left alone."""
        return tuple(sorted(path for path in self._folder.glob("*.json") if self._is_newer(path)))

    def discard(self, key: str) -> None:
        """Delete an item durably. Deleting a missing item is a no-op.

        Raises:
            OutboxError: the file cannot be removed, or is of a newer version.
        """
        self._require_not_newer(self.path(key), "Nothing was taken out.")
        try:
            self.path(key).unlink()
            sync_folder(self._folder)
        except FileNotFoundError:
            return
        except OSError as error:
            raise OutboxError(
                f"The outbox cannot be written ({error.strerror}). Nothing was taken out of it."
            ) from error

    def files(self) -> tuple[Path, ...]:
        """Return every file that may hold what was typed, damaged and partial ones included."""
        return tuple(sorted(path for path in self._folder.glob("*") if path.suffix in {".json", ".damaged", ".tmp"}))

    def remove(self, paths: Iterable[Path]) -> int:
        """Remove files of the folder durably; return how many existed. Raises ``OutboxError``."""
        removed = 0
        try:
            for path in paths:
                with suppress(FileNotFoundError):
                    path.unlink()
                    removed += 1
            if removed:
                sync_folder(self._folder)
        except OSError as error:
            raise OutboxError(f"The outbox cannot be written ({error.strerror}). What it holds is kept.") from error
        return removed

    async def send(self, client: "LogClient", location: str = "", *, patience: float = 0) -> SendReport:
        """Send what waits, each item once, oldest first, unless another desk is at it.

        ``location`` is for items that were saved without one; ``patience`` is for how many seconds
        the other desk is waited for. One item that the service cannot deal with holds up none behind
        it; where nobody answers, or the service was asked too much, the rest is not tried.

        Raises:
            OutboxError: the folder cannot be locked. Nothing was sent.
        """
        if not self._waiting():
            return SendReport()
        from filelock import FileLock, Timeout  # noqa: PLC0415 - loaded where there is something to send

        lock = FileLock(self._folder / "sending.lock", timeout=0, mode=0o600)
        until = monotonic() + patience
        try:
            while True:
                try:
                    lock.acquire()
                    break
                except Timeout:
                    if monotonic() >= until:
                        return SendReport(waiting=len(self._waiting()), busy=True)
                    await asyncio.sleep(_BETWEEN_TRIES)
        except (OSError, NotImplementedError) as error:
            raise OutboxError("The outbox cannot be locked. Nothing was sent; what it holds is kept.") from error
        try:
            return await self._send_all(client, location)
        finally:
            lock.release()

    async def _send_all(self, client: "LogClient", location: str) -> SendReport:
        done, refused, error = [], [], None
        for item in self._waiting():
            # A caller that is cancelled leaves the item under way to end, so that its receipt still
            # counts.
            outcome = await asyncio.shield(asyncio.ensure_future(self._settled(client, item, location)))
            match outcome:
                case Receipt():
                    done.append((item, outcome))
                case OutboxItem():
                    refused.append(outcome)
                case _:
                    error = outcome
                    is_too_much = isinstance(error, errors.BusyError) and error.status == HTTPStatus.TOO_MANY_REQUESTS
                    if is_too_much or isinstance(error, errors.UnreachableError | errors.TokenRefusedError):
                        break
        return SendReport(tuple(done), tuple(refused), len(self._waiting()), error)

    async def _settled(
        self, client: "LogClient", item: OutboxItem, location: str
    ) -> Receipt | OutboxItem | errors.ClientError:
        """Send an item; return its receipt, or the item as refused, or why it still waits."""
        try:
            item = await self._complete(client, item, location)
            receipt = await sent(client, item)
        except (IncompleteError, HeldBackError) as error:
            reason = str(error)
        except (errors.RefusedError, errors.NotPermittedError, errors.NotFoundError) as error:
            reason = str(error)
        except ValidationError:
            reason = "What was saved is not valid any more. Open it, mend it and save it again."
        except errors.ClientError as error:
            return error
        except OutboxError:
            return errors.ClientError("The outbox cannot be written. What it holds is kept.")
        else:
            # What was saved under this key meanwhile was typed, too, and stays. A file that cannot
            # be removed is sent again and acknowledged again.
            if self._is_as_sent(item):
                with suppress(OutboxError):
                    await asyncio.to_thread(self.discard, item.key)
            return receipt
        refused = item.model_copy(update={"state": "refused", "reason": reason})
        if self._is_as_sent(item):
            with suppress(OutboxError):
                await asyncio.to_thread(self.save, refused)
        return refused

    async def _complete(self, client: "LogClient", item: OutboxItem, location: str) -> OutboxItem:
        """Complete an item and save it, so that a retry goes to the same location. Raises ``HeldBackError``."""
        whole = item
        if not item.location or local_time(item.content) is not None:
            whole = item.model_copy(update=completed(item.location, item.content, await client.me(), location))
            if self._is_as_sent(item):
                await asyncio.to_thread(self.save, whole)
        if self._holds_back:
            await require_known_guest(client, whole, self._readable())
        return whole

    def _waiting(self) -> list[OutboxItem]:
        return [item for item in self.items() if item.state == "waiting"]

    def _is_as_sent(self, item: OutboxItem) -> bool:
        with suppress(OSError, NewerItemError):
            return self._read(self.path(item.key)) == item
        return False

    def _is_newer(self, path: Path) -> bool:
        try:
            self._read(path)
        except NewerItemError:
            return True
        except OSError:
            pass
        return False

    def _require_not_newer(self, path: Path, consequence: str) -> None:
        if self._is_newer(path):
            raise OutboxError(f"{_NEWER} {consequence}")

    def _readable(self) -> Iterator[OutboxItem]:
        for path in self._folder.glob("*.json"):
            try:
                item = self._read(path)
            except (OSError, NewerItemError):
                continue  # gone meanwhile, or not ours to read: ``damaged`` and ``newer`` tell the others
            if item is not None:
                yield item
                continue
            with suppress(OSError):
                path.rename(path.with_suffix(f".{uuid4().hex}.damaged"))

    def _read(self, path: Path) -> OutboxItem | None:
        """Return the item of a file whose name matches its key.

        Raises ``NewerItemError``, and ``OSError``.
        """
        raw = path.read_bytes()
        try:
            item = read_item(raw)
        except NewerItemError:
            raise
        except (ValueError, RecursionError):
            return None
        return item if self.path(item.key) == path else None

    def _make_folder(self) -> None:
        for folder in make_own_folder(self._folder):
            sync_folder(folder.parent)
