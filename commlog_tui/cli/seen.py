"""Checkpoints that somebody keeps: a file with the signed note and the key that signed it."""

from pathlib import Path
from typing import TYPE_CHECKING

from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.words import stopped

if TYPE_CHECKING:
    from commlog_tui.ledger.witness import Seen

_LARGEST = 1 << 20


def read_seen(path: Path) -> "Seen":
    """Return the checkpoint in a file; end the command where it is none, or not signed by its key."""
    import msgspec

    from commlog_tui.ledger.witness import OtherKeyError, Seen

    try:
        with path.open("rb") as file:
            seen = msgspec.json.decode(file.read(_LARGEST), type=Seen)
        seen.checkpoint()
    except OSError as error:
        raise stopped(f"The checkpoint {path} cannot be read: {error.strerror}.", ExitCode.USAGE) from None
    except (msgspec.DecodeError, OtherKeyError):
        raise stopped(f"{path} is no checkpoint, or was changed since it was saved.", ExitCode.USAGE) from None
    return seen


def write_seen(path: Path, seen: "Seen") -> None:
    """Keep a checkpoint in a file, whole or not at all; end the command where that fails."""
    import msgspec

    fresh = path.with_name(f"{path.name}.tmp")
    try:
        fresh.write_bytes(msgspec.json.format(msgspec.json.encode(seen), indent=1) + b"\n")
        fresh.replace(path)
    except OSError as error:
        raise stopped(f"The checkpoint cannot be kept in {path}: {error.strerror}.", ExitCode.TROUBLE) from None
