"""The keys of a log, one after the other: each new one is introduced by a note that the one before it signed.

Whoever trusts one of them can follow the log to the present one, so that a rotation is told from a stranger's key. The way back
is another matter: anybody can make a key that "introduces" the log's. So the new key signs the note, too, and whoever trusts
the new key is led to the old one by *its* signature alone.
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
    """The words by which a key hands over to the next."""

    old: Verifier
    new: Verifier
    at: str
    """When, in RFC 3339, as the log claims."""
    note: str
    signers: frozenset[bytes]
    """Public keys that signed the note: the old one, and those that vouch for it. Notes of 0.1.0 have the old one alone."""

    @classmethod
    def sign(cls, old: Signer, new: Signer, at: str) -> Self:
        """Let the old key introduce the new one, and the new one vouch for the old."""
        note = old.sign(f"{_HEADING}\n{old.verifier.vkey}\n{new.verifier.vkey}\n{at}\n")
        return cls.open(new.countersign(note))

    @classmethod
    def open(cls, note: str, others: Iterable[bytes] = ()) -> Self:
        """Return the introduction of a note, whose signatures by its keys and by ``others`` must be right.

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
        """Return it with the signature of the present key, unless its new key or the present one has signed it already."""
        if self.signers & {self.new.key, present.verifier.key}:
            return self
        return type(self).open(present.countersign(self.note), [present.verifier.key])


def successors(trusted: bytes, introductions: Sequence[str]) -> list[Verifier]:
    """Return the keys that a trusted public key leads to, itself left out, in order; notes that lead nowhere are passed over."""
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
    """Return the public keys of a log that a trusted one vouches for, itself or through others, itself included.

    It vouches for later keys that it introduced, and for earlier ones whose introduction of another key it signed, too. Notes
    that are wrong are passed over.
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
    """Return the public keys that are named in introductions, signed or not."""
    keys: set[bytes] = set()
    for note in introductions:
        with suppress(NoteError):
            old, new, _ = _stated(note)
            keys |= {old.key, new.key}
    return keys


def key_text(vkey: str, introductions: Sequence[str]) -> str:
    """Return a key as it is given to whoever checks proofs: a line, and after it the notes that tie earlier keys to it."""
    return f"{vkey}\n" + "".join(f"\n{note}" for note in introductions)


def read_key_text(text: str) -> tuple[Verifier, tuple[str, ...]]:
    """Return the key and the notes of such a text. Raises ``NoteError`` where there is no key; the notes are not looked at."""
    key, *notes = _BETWEEN.split(text.replace("\r\n", "\n").strip())
    return Verifier.read(key), tuple(note + "\n" for note in notes)


def _stated(note: str) -> tuple[Verifier, Verifier, str]:
    """Return old key, new key and time as a note states them, signed or not. Raises ``NoteError``."""
    heading, old_vkey, new_vkey, at, *_ = *note.split("\n"), "", "", "", ""
    old, new = Verifier.read(old_vkey), Verifier.read(new_vkey)
    if heading != _HEADING or old.name != new.name:
        raise NoteError("The introduction of a key is malformed.")
    return old, new, at
