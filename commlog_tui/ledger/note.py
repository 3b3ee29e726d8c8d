"""Signed notes with Ed25519 keys (c2sp.org/signed-note)."""

from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_ED25519: Final = b"\x01"
_KEY_SIZE: Final = 32
_ID_SIZE: Final = 4
_MARK: Final = "\u2014 "
_PRIVATE: Final = "PRIVATE+KEY+"
_MOST_SIGNATURES: Final = 100
_LARGEST: Final = 1 << 24


class NoteError(ValueError):
    """A note or key is malformed, or a signature is wrong."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """A named public key."""

    name: str
    key: bytes

    def __post_init__(self) -> None:
        if not _is_name(self.name) or len(self.key) != _KEY_SIZE:
            raise NoteError("The key is malformed.")

    @classmethod
    def read(cls, vkey: str) -> Self:
        """Parse a ``name+hash+key`` text. Raises ``NoteError``."""
        name, key_id, key = _key_parts(vkey)
        verifier = cls(name, key)
        if verifier.key_id.hex() != key_id:
            raise NoteError("The key does not match its hash.")
        return verifier

    @property
    def key_id(self) -> bytes:
        """The four bytes that identify the key in a signature line."""
        return key_id_of(self.name, self.key)

    @property
    def vkey(self) -> str:
        """The key as text for verifiers."""
        return f"{self.name}+{self.key_id.hex()}+{b64encode(_ED25519 + self.key).decode()}"

    def named(self, name: str) -> "Verifier":
        """Return the same key under another name, and so with another hash."""
        return Verifier(name, self.key)

    def open(self, note: str) -> str:
        """Verify a note and return its text; signatures of other keys are ignored.

        Raises:
            NoteError: the note is malformed, not signed by this key, or its signature is wrong.
        """
        return open_note(note, self.name, [self.key])[0]


@dataclass(frozen=True, slots=True)
class Signer:
    """A named private key."""

    name: str
    _seed: bytes

    @classmethod
    def new(cls, name: str) -> Self:
        """Generate a key."""
        return cls(name, Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def read(cls, skey: str) -> Self:
        """Parse a ``PRIVATE+KEY+name+hash+key`` text. Raises ``NoteError``."""
        name, key_id, seed = _key_parts(skey.removeprefix(_PRIVATE) if skey.startswith(_PRIVATE) else "")
        signer = cls(name, seed)
        if signer.verifier.key_id.hex() != key_id:
            raise NoteError("The key does not match its hash.")
        return signer

    @property
    def skey(self) -> str:
        """The private key as text. Secret: whoever reads it can sign."""
        return f"{_PRIVATE}{self.name}+{self.verifier.key_id.hex()}+{b64encode(_ED25519 + self._seed).decode()}"

    @property
    def verifier(self) -> Verifier:
        """The public key."""
        return Verifier(self.name, Ed25519PrivateKey.from_private_bytes(self._seed).public_key().public_bytes_raw())

    def named(self, name: str) -> "Signer":
        """Return the same key under another name."""
        return Signer(name, self._seed)

    def sign(self, text: str) -> str:
        """Return the signed note of a text.

        The text ends with a line break and not with a blank line. Raises ``NoteError`` otherwise.
        """
        _require_text(text)
        return f"{text}\n{self._line(text)}"

    def countersign(self, note: str) -> str:
        """Return the note with this key's signature added. Raises ``NoteError``."""
        text, _ = _parts(note)
        return note + self._line(text)

    def _line(self, text: str) -> str:
        signature = Ed25519PrivateKey.from_private_bytes(self._seed).sign(text.encode())
        return f"{_MARK}{self.name} {b64encode(self.verifier.key_id + signature).decode()}\n"


def key_id_of(name: str, key: bytes) -> bytes:
    """Return the four bytes that identify a named public key."""
    return sha256(name.encode() + b"\n" + _ED25519 + key).digest()[:_ID_SIZE]


def open_note(note: str, name: str, keys: Iterable[bytes]) -> tuple[str, frozenset[bytes]]:
    """Return the text of a note, and which of the public keys, all under one name, signed it.

    Signatures of other names and keys are ignored, whatever their length. One that bears the name
    and the id of a given key must be that key's, or the whole note is refused.

    Raises:
        NoteError: the note is malformed, signed by none of the keys, or a signature under one of
            them is wrong.
    """
    text, signatures = _parts(note)
    known = {key_id_of(name, key): key for key in keys}
    signers = set()
    for signed_name, key_id, signature in signatures:
        if signed_name != name or key_id not in known:
            continue
        try:
            Ed25519PublicKey.from_public_bytes(known[key_id]).verify(signature, text.encode())
        except InvalidSignature:
            raise NoteError("The signature is not that of this text.") from None
        signers.add(known[key_id])
    if not signers:
        raise NoteError("The note is not signed by this key.")
    return text, frozenset(signers)


def decoded(text: str) -> bytes:
    """Return the bytes of a Base64 text.

    Raises ``ValueError`` unless it is the one way to write them.
    """
    raw = b64decode(text, validate=True)
    if b64encode(raw).decode() != text:
        raise ValueError("bits that say nothing are not zero (RFC 4648, section 3.5)")
    return raw


def _key_parts(text: str) -> tuple[str, str, bytes]:
    try:
        name, key_id, encoded = text.split("+", 2)
        raw = decoded(encoded)
    except ValueError:
        raise NoteError("The key is malformed.") from None
    if raw[:1] != _ED25519 or len(raw) != 1 + _KEY_SIZE:
        raise NoteError("The key is not an Ed25519 key.")
    return name, key_id, raw[1:]


def _parts(note: str) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    """Split a note into its text and its signatures: name, key id, signature.

    Signatures may be of any type and length.
    """
    text, blank, lines = note.rpartition("\n\n")
    if not blank or len(note) > _LARGEST or not lines.endswith("\n") or lines.count("\n") > _MOST_SIGNATURES:
        raise NoteError("The note is malformed.")
    _require_text(note)
    text += "\n"
    _require_text(text)
    signatures = []
    for line in lines.removesuffix("\n").split("\n"):
        name, gap, encoded = line.removeprefix(_MARK).partition(" ")
        try:
            raw = decoded(encoded)
        except ValueError:
            raise NoteError("The note is malformed.") from None
        if not line.startswith(_MARK) or not _is_name(name) or not gap or len(raw) < _ID_SIZE:
            raise NoteError("The note is malformed.")
        signatures.append((name, raw[:_ID_SIZE], raw[_ID_SIZE:]))
    return text, signatures


def _is_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(map(str.isspace, name))


def _require_text(text: str) -> None:
    if len(text) < 2 or not text.endswith("\n") or any(character < " " and character != "\n" for character in text):  # noqa: PLR2004 - a character and its line break
        raise NoteError("The text of a note is lines without control characters, the last one ended.")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise NoteError("The text of a note is UTF-8.") from None
