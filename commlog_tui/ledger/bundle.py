"""Proof bundles: records of a log with all that anybody needs to check them without it.

Each record comes with what was hashed of it and its RFC 9162 inclusion proof; one signed checkpoint holds for all. Nothing in a
bundle is there twice without being compared, so no letter of it can be changed unnoticed. Three things can be left out or added
unnoticed. What no inclusion proof can show is that nothing was left out: a bundle from which a record was taken together with
every mention of it is one that was made so. Introductions of keys can be taken from the front of their chain: then fewer keys
lead to the bundle's, and it is trusted by fewer, never by more. And notes can have signatures of keys that nobody here knows.
"""

import json
import re
from collections.abc import Sequence
from typing import Any, Final, Never, Self

import msgspec

from commlog_tui.ledger.checkpoint import Checkpoint, CheckpointError
from commlog_tui.ledger.keys import Introduction, keys_in, related
from commlog_tui.ledger.leaf import commitment, leaf_hash, may_be_missing
from commlog_tui.ledger.note import NoteError, Verifier
from commlog_tui.ledger.proof import includes
from commlog_tui.ledger.record import PublicPart, decode_public

FORMAT: Final = "commlog proof v1"
_IS_ROOT: Final = {"entry": True, "event": False, "correction": False, "redaction": False}
"""Which of the kinds of 0.1.0 are about nothing; later kinds may be either."""

_HASH: Final = re.compile("[0-9a-f]{64}", re.ASCII)
_MOST_INTRODUCTIONS: Final = 1_000


class BundleError(Exception):
    """A bundle does not verify; the sentence says which part of it, and what about it."""


class ProvenRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A record, and the way from it to the root."""

    seq: int
    record: str
    salt: str | None
    personal: str | None
    """Null, with the salt, where a redaction has removed both."""
    path: tuple[str, ...]

    @property
    def leaf(self) -> bytes:
        """The record's leaf hash."""
        return leaf_hash(self.record.encode())


class BundleEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An entry, and which of the records are about it: its own first."""

    id: str
    seqs: tuple[int, ...]


class Bundle(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A proof bundle. Read from elsewhere, it says nothing before ``verify_bundle`` has."""

    format: str
    checkpoint: str
    """A signed note."""
    key: str
    """The public key that it says signed it, as ``name+hash+key``."""
    introductions: tuple[str, ...]
    """Notes by which each earlier key introduced the next one, up to this."""
    entries: tuple[BundleEntry, ...]
    records: tuple[ProvenRecord, ...]

    @classmethod
    def read(cls, raw: bytes) -> Self:
        """Return the bundle in the bytes of a file. Raises ``BundleError`` where they are none."""
        try:
            bundle = msgspec.json.decode(raw, type=cls)
            _require_plain(raw.decode())
        except (ValueError, RecursionError, msgspec.DecodeError):
            raise BundleError("This is no proof bundle, or a part of it is missing or was changed beyond reading.") from None
        if bundle.format != FORMAT:
            raise BundleError("This is no proof bundle of a form that this version knows.")
        return bundle

    def write(self) -> bytes:
        """Return the bytes for a file."""
        return msgspec.json.format(msgspec.json.encode(self), indent=1) + b"\n"


def verify_bundle(bundle: Bundle) -> Checkpoint:
    """Check everything in a bundle and return the checkpoint that the log signed.

    Whether the key is the log's is a separate question: see ``is_key_trusted``.

    Raises:
        BundleError: the first that is wrong.
    """
    checkpoint = _checked_checkpoint(bundle)
    location = checkpoint.origin.rpartition("/")[2]
    public_parts: dict[int, PublicPart] = {}
    last = 0
    for proved in bundle.records:
        if proved.seq <= last:
            raise BundleError(f"no. {proved.seq}: it stands twice in the bundle, or behind one that comes later in the log.")
        last = proved.seq
        public_parts[last] = _checked_record(proved, location, checkpoint)
    redactions = {one.root: seq for seq, one in public_parts.items() if one.kind == "redaction"}
    for proved in bundle.records:
        one = public_parts[proved.seq]
        fault = _personal_fault(proved, one, redactions.get(one.root or one.id, 0))
        if fault:
            raise BundleError(f"{_name(proved.seq, one)}: {fault}.")
    _require_listed(bundle, public_parts)
    return checkpoint


def is_key_trusted(trusted: bytes, bundle: Bundle, introductions: Sequence[str] = ()) -> bool:
    """Whether the bundle's key is a public key that is trusted, or one that this vouches for, itself or through others.

    A later key is found by the bundle's own introductions; an earlier one by ``introductions``, which whoever knows the present
    key has from the log.
    """
    return Verifier.read(bundle.key).key in related(trusted, (*bundle.introductions, *introductions))


def _checked_checkpoint(bundle: Bundle) -> Checkpoint:
    try:
        verifier = Verifier.read(bundle.key)
        checkpoint = Checkpoint.open(bundle.checkpoint, verifier)
    except (NoteError, CheckpointError) as error:
        raise BundleError(f"The checkpoint: {_lowered(error)} It is not what the log signed with this key.") from None
    if len(bundle.introductions) > _MOST_INTRODUCTIONS:
        raise BundleError(f"The bundle has more than {_MOST_INTRODUCTIONS:,} introductions of keys.")
    known = {verifier.key} | keys_in(bundle.introductions)
    last: Verifier | None = None
    for number, note in enumerate(bundle.introductions, 1):
        try:
            introduced = Introduction.open(note, known)
        except NoteError as error:
            raise BundleError(f"Introduction {number} of a key: {_lowered(error)}") from None
        if last not in {None, introduced.old}:
            raise BundleError(f"Introduction {number} of a key: it is not by the key that was introduced before it.")
        last = introduced.new
    if last is not None and last.key != verifier.key:
        raise BundleError("The introductions do not lead to the key that signed the checkpoint.")
    return checkpoint


def _checked_record(proved: ProvenRecord, location: str, checkpoint: Checkpoint) -> PublicPart:
    """Return what a record says, once it is one of the log's."""
    if not 1 <= proved.seq <= checkpoint.size:
        raise BundleError(f"no. {proved.seq}: the log had {checkpoint.size} records when the checkpoint was signed.")
    path = [bytes.fromhex(step) for step in proved.path if _HASH.fullmatch(step)]
    if len(path) != len(proved.path) or not includes(proved.leaf, proved.seq - 1, checkpoint.size, path, checkpoint.root):
        words = "its text or its inclusion proof was changed, or it is not of this log"
        raise BundleError(f"no. {proved.seq}: it does not lead to the root that the log signed: {words}.")
    try:
        public = decode_public(proved.record.encode())
        _require_plain(proved.record)
    except (ValueError, RecursionError, msgspec.DecodeError):
        raise BundleError(f"no. {proved.seq}: it cannot be read as a record.") from None
    is_root = public.root is None
    if public.seq != proved.seq or public.location != location or is_root != _IS_ROOT.get(public.kind, is_root):
        raise BundleError(f"no. {proved.seq}: it says of itself that it is another record.")
    return public


def _personal_fault(proved: ProvenRecord, public: PublicPart, redacted: int) -> str | None:
    """Return what is wrong with the personal data of a record, whose entry was redacted at a position or never (0)."""
    if proved.salt is None and proved.personal is None:
        gone = may_be_missing(public.kind, proved.seq, redacted)
        return None if gone else "its personal data is missing, though no redaction in the bundle has removed it"
    if proved.salt is None or proved.personal is None or not _HASH.fullmatch(proved.salt):
        return "its personal data or the salt for it is missing or was changed"
    found = commitment(bytes.fromhex(proved.salt), proved.personal.encode()).hex()
    return None if found == public.personal else "its personal data is not what was recorded"


def _require_listed(bundle: Bundle, public_parts: dict[int, PublicPart]) -> None:
    """Require that the list of entries is that of the records."""
    if not bundle.entries:
        raise BundleError("The bundle shows nothing.")
    listed: set[int] = set()
    for entry in bundle.entries:
        for at, seq in enumerate(entry.seqs):
            one = public_parts.get(seq)
            if one is None:
                raise BundleError(f"no. {seq}: it is listed as a record of entry {entry.id}, but was taken out of the bundle.")
            if (one.root or one.id) != entry.id or (one.root is None) != (at == 0) or seq in listed:
                raise BundleError(f"{_name(seq, one)}: it is listed under an entry that it is not about, or twice.")
            listed.add(seq)
        if not entry.seqs or list(entry.seqs) != sorted(entry.seqs):
            raise BundleError(f"The records of entry {entry.id} are not listed in their order.")
    if len({entry.id for entry in bundle.entries}) < len(bundle.entries):
        raise BundleError("An entry is listed twice.")
    if list(bundle.entries) != sorted(bundle.entries, key=lambda entry: entry.seqs):
        raise BundleError("The entries are not listed in the order of the log.")
    if unlisted := min(public_parts.keys() - listed, default=0):
        raise BundleError(f"{_name(unlisted, public_parts[unlisted])}: it is not listed under the entry that it is about.")


def _name(seq: int, public: PublicPart) -> str:
    return f"no. {seq} ({public.kind})"


def _require_plain(text: str) -> None:
    """Raise ``ValueError`` where JSON says a field twice, of which readers take either, or has numbers that are not whole."""
    json.loads(text, object_pairs_hook=_unique, parse_float=_refuse, parse_constant=_refuse)


def _unique(pairs: list[tuple[str, Any]]) -> None:
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError("a field is there twice")


def _refuse(number: str) -> Never:
    raise ValueError(f"{number} is not a whole number")


def _lowered(error: Exception) -> str:
    words = str(error)
    return words[:1].lower() + words[1:]
