"""Every reader is a witness: it keeps the last checkpoint it saw, and holds the log to it."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import uuid4

import msgspec

from commlog_tui.client.errors import NotFoundError
from commlog_tui.ledger.checkpoint import Checkpoint
from commlog_tui.ledger.witness import ForkedError, OtherKeyError, Seen, compare, require_extension
from commlog_tui.private_files import make_own_folder, write_private

if TYPE_CHECKING:
    from commlog_tui.client.log_client import LogClient

_LARGEST: Final = 1 << 24


class SeenError(Exception):
    """A file holds no checkpoint, or one that was changed since it was saved."""


@dataclass(frozen=True, slots=True)
class Held:
    """A log that still begins with what it was."""

    before: Checkpoint
    now: Checkpoint
    seen: Seen
    rotated: bool
    """Whether it signs with a new key since, introduced by the one it had."""


def read_seen(path: Path) -> Seen:
    """Return the checkpoint in a file.

    Raises:
        SeenError: it is none, or not signed by its key.
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        raw = file.read(_LARGEST)
    try:
        seen = msgspec.json.decode(raw, type=Seen)
        seen.checkpoint()
    except (msgspec.DecodeError, OtherKeyError):
        raise SeenError(f"{path} is no checkpoint, or was changed since it was saved.") from None
    return seen


def write_seen(path: Path, seen: Seen) -> None:
    """Keep a checkpoint in a file, whole or not at all. Raises ``OSError``."""
    fresh = path.with_name(f"{path.name}.{uuid4().hex}.tmp")
    try:
        write_private(fresh, msgspec.json.format(msgspec.json.encode(seen), indent=1) + b"\n")
        fresh.replace(path)
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)


async def see(client: "LogClient", location: str) -> Seen:
    """Return the log's present checkpoint. Raises ``OtherKeyError`` unless its key signed it, and ``ClientError``."""
    told = await client.checkpoint(location)
    seen = Seen(told.note, told.key, told.introductions)
    seen.checkpoint()
    return seen


async def hold(client: "LogClient", location: str, before: Seen) -> Held:
    """Return what has become of a log since a checkpoint was seen.

    Raises:
        WitnessError: it is not what it was; the sentence says how.
        ClientError: the service could not be asked.
    """
    told = await client.checkpoint(location)
    seen = Seen(told.note, told.key, told.introductions)
    old, new, rotated = compare(before, seen, told.introductions)
    try:
        proof = await client.consistency(location, old.size, new.size)
        path = [bytes.fromhex(step) for step in proof.path]
    except (NotFoundError, ValueError):
        raise ForkedError("The service cannot prove that the log still begins with what it was.") from None
    require_extension(old, new, path)
    return Held(old, new, seen, rotated)


class Witness:
    """Remembers, in a folder of its owner's, the last checkpoint seen of one location."""

    def __init__(self, folder: Path, location: str) -> None:
        self.path = folder / f"seen-{location}.json"

    async def look(self, client: "LogClient", location: str) -> None:
        """Hold the log to what was seen before, and remember what it is now.

        Raises:
            WitnessError: the log is not what it was. What was seen before is kept.
            ClientError: the service could not be asked.
            SeenError, OSError: what was seen cannot be read or kept.
        """
        if self.path.exists():
            seen = (await hold(client, location, read_seen(self.path))).seen
        else:
            seen = await see(client, location)
        make_own_folder(self.path.parent)
        write_seen(self.path, seen)
