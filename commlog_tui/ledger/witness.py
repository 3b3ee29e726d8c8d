"""Holding a log to what it has said before: whoever keeps a checkpoint notices when the log no longer extends it."""

from collections.abc import Sequence

import msgspec

from commlog_tui.ledger.checkpoint import Checkpoint, CheckpointError
from commlog_tui.ledger.keys import successors
from commlog_tui.ledger.note import NoteError, Verifier
from commlog_tui.ledger.proof import extends


class WitnessError(Exception):
    """The log is not what it was; the sentence says how."""


class OtherKeyError(WitnessError):
    """The key is none that the one seen before has introduced, or the signature is not the key's."""


class RolledBackError(WitnessError):
    """The log has fewer records than it has had."""


class ForkedError(WitnessError):
    """The log does not begin with what it has been."""


class SavedCheckpoint(msgspec.Struct, frozen=True, omit_defaults=True):
    """A checkpoint as it is kept: the signed note, the key that signed it, and what ties the log's other keys to that."""

    note: str
    key: str
    introductions: tuple[str, ...] = ()
    """Notes of the log's key rotations; none in files of 0.1.0."""

    def checkpoint(self) -> Checkpoint:
        """Return what the note says. Raises ``OtherKeyError`` unless its key signed it."""
        try:
            return Checkpoint.open(self.note, Verifier.read(self.key))
        except (CheckpointError, NoteError):
            raise OtherKeyError("The checkpoint is not signed by the key that is told with it.") from None


def compare(before: SavedCheckpoint, now: SavedCheckpoint, introductions: Sequence[str]) -> tuple[Checkpoint, Checkpoint, bool]:
    """Return both checkpoints, and whether the key was rotated in between; the proof that one extends the other is still to come.

    Raises:
        WitnessError: it need not be asked for, the log is another one or shorter.
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
        raise RolledBackError(f"The log was rolled back: it has had {old.size} records and has {new.size}; {lost} are gone.")
    return old, new, present != trusted


def require_extension(old: Checkpoint, new: Checkpoint, path: Sequence[bytes]) -> None:
    """Raise ``ForkedError`` unless the path shows that the new tree begins with the old one."""
    if not extends(old.size, new.size, old.root, new.root, path):
        raise ForkedError(f"The log was forked: its first {old.size} records are not those that were seen before.")
