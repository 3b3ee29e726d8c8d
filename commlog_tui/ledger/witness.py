"""Detect rollbacks and forks by comparing the log with a saved checkpoint."""

from collections.abc import Sequence

import msgspec

from commlog_tui.ledger.checkpoint import Checkpoint, CheckpointError
from commlog_tui.ledger.keys import successors
from commlog_tui.ledger.note import NoteError, Verifier
from commlog_tui.ledger.proof import extends


class WitnessError(Exception):
    """The log does not match the saved checkpoint; the message says how."""


class OtherKeyError(WitnessError):
    """The log's key was not introduced by the saved one, or a signature is wrong."""


class RolledBackError(WitnessError):
    """The log has fewer records than before."""


class ForkedError(WitnessError):
    """The log does not extend the saved checkpoint."""


class SavedCheckpoint(msgspec.Struct, frozen=True, omit_defaults=True):
    """A checkpoint as saved in a file: signed note, signing key, and key rotations."""

    note: str
    key: str
    introductions: tuple[str, ...] = ()
    """Notes of the log's key rotations; empty in files of 0.1.0."""

    def checkpoint(self) -> Checkpoint:
        """Verify the note and return it. Raises ``OtherKeyError``."""
        try:
            return Checkpoint.open(self.note, Verifier.read(self.key))
        except (CheckpointError, NoteError):
            raise OtherKeyError("The checkpoint is not signed by the key that comes with it.") from None


def compare(
    before: SavedCheckpoint, now: SavedCheckpoint, introductions: Sequence[str]
) -> tuple[Checkpoint, Checkpoint, bool]:
    """Compare two checkpoints; return both, and whether the key was rotated in between.

    The caller still has to verify the consistency proof: see ``require_extension``.

    Raises:
        WitnessError: the log is another one, shorter, or signed by an unknown key.
    """
    old, new = before.checkpoint(), now.checkpoint()
    trusted, present = Verifier.read(before.key).key, Verifier.read(now.key).key
    reached = {trusted, *(verifier.key for verifier in successors(trusted, introductions))}
    if old.origin != new.origin:
        raise OtherKeyError("This is another log than the one that was seen before.")
    if present not in reached:
        raise OtherKeyError("The log signs with another key, which the one seen before has not introduced.")
    if new.size < old.size:
        lost = old.size - new.size
        raise RolledBackError(
            f"The log was rolled back: it has had {old.size} records and has {new.size}; {lost} are gone."
        )
    return old, new, present != trusted


def require_extension(old: Checkpoint, new: Checkpoint, path: Sequence[bytes]) -> None:
    """Verify the consistency proof. Raises ``ForkedError``."""
    if not extends(old.size, new.size, old.root, new.root, path):
        raise ForkedError(f"The log was forked: its first {old.size} records are not those that were seen before.")
