"""Checkpoints: a tree's size and root hash, signed by the log (c2sp.org/tlog-checkpoint)."""

import re
from base64 import b64encode
from dataclasses import dataclass
from typing import Final, Self

from commlog_tui.ledger.note import NoteError, Signer, Verifier, decoded
from commlog_tui.ledger.tree import HASH_SIZE

_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_LINES: Final = 3


class CheckpointError(ValueError):
    """A checkpoint is malformed or not signed by the expected key."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Size and root hash that a log committed to."""

    origin: str
    """Name of the log; its signatures bear the same name."""
    size: int
    root: bytes

    @classmethod
    def open(cls, note: str, verifier: Verifier) -> Self:
        """Verify a note with a key and return its checkpoint.

        Raises:
            CheckpointError: malformed, or not signed by the key under its name.
        """
        try:
            text = verifier.open(note)
        except NoteError as error:
            raise CheckpointError(str(error)) from None
        checkpoint = cls._read(text)
        if checkpoint.origin != verifier.name:
            raise CheckpointError("The checkpoint is of another log than its key.")
        return checkpoint

    @classmethod
    def peek(cls, note: str) -> Self:
        """Parse a note without verifying its signature. Raises ``CheckpointError``."""
        return cls._read(note.rpartition("\n\n")[0] + "\n")

    @classmethod
    def _read(cls, text: str) -> Self:
        lines = text.split("\n")
        extensions = lines[_LINES:-1]
        if len(lines) <= _LINES or not lines[0] or not _SIZE.fullmatch(lines[1]) or not all(extensions):
            raise CheckpointError("The checkpoint is malformed.")
        try:
            root = decoded(lines[2])
        except ValueError:
            raise CheckpointError("The checkpoint is malformed.") from None
        if len(root) != HASH_SIZE:
            raise CheckpointError("The checkpoint is malformed.")
        return cls(lines[0], int(lines[1]), root)

    def sign(self, signer: Signer) -> str:
        """Return the checkpoint as a note signed under the log's name."""
        return signer.named(self.origin).sign(f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n")
