"""Key rotation: each new signing key is introduced by a note that the previous key signed.

Whoever trusts one key can follow these notes to the present key, and so tell a rotation from a
forged key. The other direction needs more: anybody can make a key that "introduces" the log's key.
So the new key signs the note as well, and only *its* signature leads back to the old key.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Self

from commlog_tui.ledger.note import NoteError, Signer, Verifier, open_note

_HEADING: Final = "commlog key rotation v1"
_BETWEEN: Final = re.compile(f"\n+(?={_HEADING}\n)")


@dataclass(frozen=True, slots=True)
class Introduction:
    """A note in which a key introduces its successor."""

    old: Verifier
    new: Verifier
    at: str
    """Time in RFC 3339, as the log claims."""
    note: str
    signers: frozenset[bytes]
    """Public keys that signed the note: the old key and those that vouch for it. In notes of
    0.1.0, the old key alone."""

    @classmethod
    def sign(cls, old: Signer, new: Signer, at: str) -> Self:
        """Create the note: the old key introduces the new one, which countersigns."""
        note = old.sign(f"{_HEADING}\n{old.verifier.vkey}\n{new.verifier.vkey}\n{at}\n")
        return cls.open(new.countersign(note))

    @classmethod
    def open(cls, note: str, others: Iterable[bytes] = ()) -> Self:
        """Parse a note and verify its signatures by its own keys and by ``others``.

        Raises:
            NoteError: the old key did not sign it, or a signature is wrong.
        """
        old, new, at = _stated(note)
        text, signers = open_note(note, old.name, {*others, old.key, new.key})
        if text != f"{_HEADING}\n{old.vkey}\n{new.vkey}\n{at}\n":
            raise NoteError("The introduction of a key is malformed.")
        if old.key not in signers:
            raise NoteError("The note is not signed by the key that introduces another.")
        return cls(old, new, at, note, signers)

    def vouched_for(self, present: Signer) -> Self:
        """Return the note countersigned by the present key.

        A no-op if its new key or the present key has signed it already.
        """
        if self.signers & {self.new.key, present.verifier.key}:
            return self
        return type(self).open(present.countersign(self.note), [present.verifier.key])


def successors(trusted: bytes, introductions: Sequence[str]) -> list[Verifier]:
    """Return the keys that a trusted key leads to, in order, without itself.

    Notes that do not belong to the chain are skipped.
    """
    reached: list[Verifier] = []
    last = trusted
    for note in introductions:
        try:
            introduction = Introduction.open(note)
        except NoteError:
            continue
        if introduction.old.key == last:
            reached.append(introduction.new)
            last = introduction.new.key
    return reached


def related(trusted: bytes, introductions: Sequence[str]) -> set[bytes]:
    """Return all public keys that a trusted key vouches for, directly or through others.

    The result includes the trusted key. It vouches for later keys that it introduced, and for
    earlier keys whose introduction of another key it signed as well. Invalid notes are skipped.
    """
    keys = {trusted} | keys_in(introductions)
    vouches: defaultdict[bytes, set[bytes]] = defaultdict(set)
    for note in introductions:
        with suppress(NoteError):
            introduction = Introduction.open(note, keys)
            vouches[introduction.old.key].add(introduction.new.key)
            for signer in introduction.signers:
                vouches[signer].add(introduction.old.key)
    found, ahead = {trusted}, [trusted]
    while ahead:
        more = vouches[ahead.pop()] - found
        found |= more
        ahead += more
    return found


def keys_in(introductions: Sequence[str]) -> set[bytes]:
    """Return the public keys named in introductions, whether signed or not."""
    keys: set[bytes] = set()
    for note in introductions:
        with suppress(NoteError):
            old, new, _ = _stated(note)
            keys |= {old.key, new.key}
    return keys


def key_text(vkey: str, introductions: Sequence[str]) -> str:
    """Format a key for whoever verifies proofs: the key's line, then the notes of its rotations."""
    return f"{vkey}\n" + "".join(f"\n{note}" for note in introductions)


def read_key_text(text: str) -> tuple[Verifier, tuple[str, ...]]:
    """Parse the key and the notes of a key text; the notes are not verified.

    Raises ``NoteError`` if there is no key.
    """
    key, *notes = _BETWEEN.split(text.replace("\r\n", "\n").strip())
    return Verifier.read(key), tuple(note + "\n" for note in notes)


def _stated(note: str) -> tuple[Verifier, Verifier, str]:
    """Parse old key, new key and time of a note, without verifying. Raises ``NoteError``."""
    heading, old_vkey, new_vkey, at, *_ = *note.split("\n"), "", "", "", ""
    old, new = Verifier.read(old_vkey), Verifier.read(new_vkey)
    if heading != _HEADING or old.name != new.name:
        raise NoteError("The introduction of a key is malformed.")
    return old, new, at
