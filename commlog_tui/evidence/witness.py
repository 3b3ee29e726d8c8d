"""Save checkpoints and check that the log still extends them."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import msgspec

from commlog_tui.client.errors import NotFoundError
from commlog_tui.ledger.checkpoint import Checkpoint
from commlog_tui.ledger.witness import ForkedError, OtherKeyError, SavedCheckpoint, compare, require_extension
from commlog_tui.private_files import write_private

if TYPE_CHECKING:
    from commlog_tui.client.log_client import LogClient

_LARGEST: Final = 1 << 24


class CheckpointFileError(Exception):
    """A file holds no checkpoint, or one that was changed since it was saved."""


@dataclass(frozen=True, slots=True)
class Extension:
    """The result of a successful check: the log extends a saved checkpoint."""

    before: Checkpoint
    now: Checkpoint
    saved: SavedCheckpoint
    rotated: bool
    """Whether the log signs with a new key that the saved one introduced."""


def read_checkpoint_file(path: Path) -> SavedCheckpoint:
    """Read a checkpoint file and verify its signature.

    Raises:
        CheckpointFileError: not a checkpoint, or not signed by its key.
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        raw = file.read(_LARGEST)
    try:
        saved = msgspec.json.decode(raw, type=SavedCheckpoint)
        saved.checkpoint()
    except (msgspec.DecodeError, OtherKeyError):
        raise CheckpointFileError(f"{path} is no checkpoint, or was changed since it was saved.") from None
    return saved


def write_checkpoint_file(path: Path, saved: SavedCheckpoint) -> None:
    """Write a checkpoint file atomically, with unknown fields preserved.

    Raises ``OSError``.
    """
    fields = {**_unknown_fields(path), **msgspec.to_builtins(saved)}
    fresh = path.with_name(f"{path.name}.{uuid4().hex}.tmp")
    try:
        write_private(fresh, msgspec.json.format(msgspec.json.encode(fields), indent=1) + b"\n")
        fresh.replace(path)
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)


def _unknown_fields(path: Path) -> dict[str, Any]:
    """Return the unknown fields of a checkpoint file, empty without a file."""
    with suppress(OSError, msgspec.DecodeError):
        fields = msgspec.json.decode(path.read_bytes())
        if isinstance(fields, dict):
            return {name: value for name, value in fields.items() if name not in SavedCheckpoint.__struct_fields__}
    return {}


async def fetch_checkpoint(client: "LogClient", location: str) -> SavedCheckpoint:
    """Return the log's current checkpoint.

    Raises ``OtherKeyError`` if its key did not sign it, and ``ClientError``.
    """
    answer = await client.checkpoint(location)
    saved = SavedCheckpoint(answer.note, answer.key, answer.introductions)
    saved.checkpoint()
    return saved


async def check_extension(client: "LogClient", location: str, before: SavedCheckpoint) -> Extension:
    """Check that the log still extends a saved checkpoint.

    Raises:
        WitnessError: it does not; the message says how.
        ClientError: the service is not available.
    """
    answer = await client.checkpoint(location)
    saved = SavedCheckpoint(answer.note, answer.key, answer.introductions)
    old, new, rotated = compare(before, saved, answer.introductions)
    try:
        proof = await client.consistency(location, old.size, new.size)
        path = [bytes.fromhex(step) for step in proof.path]
    except (NotFoundError, ValueError):
        raise ForkedError("The service cannot prove that the log still begins with what it was.") from None
    require_extension(old, new, path)
    return Extension(old, new, saved, rotated)
