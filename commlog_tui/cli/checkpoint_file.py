"""Checkpoints that somebody keeps: a file with the signed note and the key that signed it."""

from pathlib import Path
from typing import TYPE_CHECKING

from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.words import stopped

if TYPE_CHECKING:
    from commlog_tui.ledger.witness import SavedCheckpoint


def read_checkpoint_file(path: Path) -> "SavedCheckpoint":
    """Return the checkpoint in a file. Exit if it is none, or is not signed by its key."""
    from commlog_tui.evidence import witness

    try:
        return witness.read_checkpoint_file(path)
    except OSError as error:
        raise stopped(f"The checkpoint {path} cannot be read: {error.strerror}.", ExitCode.USAGE) from None
    except witness.CheckpointFileError as error:
        raise stopped(str(error), ExitCode.USAGE) from None


def write_checkpoint_file(path: Path, checkpoint: "SavedCheckpoint") -> None:
    """Keep a checkpoint in a file; end the command where that fails."""
    from commlog_tui.evidence import witness

    try:
        witness.write_checkpoint_file(path, checkpoint)
    except OSError as error:
        raise stopped(f"The checkpoint cannot be kept in {path}: {error.strerror}.", ExitCode.TROUBLE) from None
