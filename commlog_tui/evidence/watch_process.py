"""The process of ``evidence.watch``: verifies a checkpoint, and saves it."""

import json
import sys
from pathlib import Path
from typing import Any

from commlog_tui.evidence.watch import Verdict
from commlog_tui.evidence.witness import CheckpointFileError, read_checkpoint_file, write_checkpoint_file
from commlog_tui.ledger.witness import ForkedError, SavedCheckpoint, WitnessError, compare, require_extension
from commlog_tui.private_files import make_own_folder


def _verify_and_save(given: dict[str, Any]) -> None:
    """Verify a checkpoint against the saved one, and save it.

    Raises ``WitnessError``, ``CheckpointFileError`` and ``OSError``.
    """
    path, proof = Path(given["path"]), given["proof"]
    now = SavedCheckpoint(given["note"], given["key"], tuple(given["introductions"]))
    now.checkpoint()
    if path.exists():
        old, new, _ = compare(read_checkpoint_file(path), now, now.introductions)
        try:
            steps = [bytes.fromhex(step) for step in proof]
        except (TypeError, ValueError):
            raise ForkedError("The service cannot prove that the log still begins with what it was.") from None
        require_extension(old, new, steps)
    make_own_folder(path.parent)
    write_checkpoint_file(path, now)


def main() -> int:
    """Judge what comes on the standard input."""
    try:
        _verify_and_save(json.load(sys.stdin))
    except WitnessError as error:
        sys.stdout.buffer.write(str(error).encode())
        return Verdict.CONTRADICTION
    except (CheckpointFileError, OSError) as error:
        sys.stdout.buffer.write(str(error).encode())
        return Verdict.FILE
    return Verdict.FITS


if __name__ == "__main__":
    raise SystemExit(main())
