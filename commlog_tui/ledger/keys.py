"""The keys of a log, one after the other: each new one is introduced by a note that the one before it signed.

Whoever trusts one of them can follow the log to the present one, so that a rotation is told from a stranger's key.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from commlog_tui.ledger.note import NoteError, Signer, Verifier

_HEADING: Final = "commlog key rotation v1"


@dataclass(frozen=True, slots=True)
class Introduction:
    """The words by which a key hands over to the next."""

    old: Verifier
    new: Verifier
    at: str
    """When, in RFC 3339, as the log claims."""
    note: str

    @classmethod
    def sign(cls, old: Signer, new: Verifier, at: str) -> Self:
        """Let the old key introduce the new one."""
        note = old.sign(f"{_HEADING}\n{old.verifier.vkey}\n{new.vkey}\n{at}\n")
        return cls(old.verifier, new, at, note)

    @classmethod
    def open(cls, note: str) -> Self:
        """Return the introduction of a note. Raises ``NoteError`` where the old key did not sign it."""
        lines = note.split("\n")
        try:
            heading, old_vkey, new_vkey, at = lines[:4]
        except ValueError:
            raise NoteError("The introduction of a key is malformed.") from None
        old, new = Verifier.read(old_vkey), Verifier.read(new_vkey)
        if heading != _HEADING or old.open(note) != "\n".join((*lines[:4], "")) or old.name != new.name:
            raise NoteError("The introduction of a key is malformed.")
        return cls(old, new, at, note)


def follow(trusted: bytes, introductions: Sequence[str]) -> list[Verifier]:
    """Return the keys that a trusted public key leads to, itself left out, in order; notes that lead nowhere are passed over."""
    reached: list[Verifier] = []
    last = trusted
    for note in introductions:
        try:
            told = Introduction.open(note)
        except NoteError:
            continue
        if told.old.key == last:
            reached.append(told.new)
            last = told.new.key
    return reached
