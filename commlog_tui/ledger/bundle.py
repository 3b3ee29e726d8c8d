"""Proof bundles: records of a log with everything needed to verify them offline.

Each record comes with the hashed bytes and its RFC 9162 inclusion proof; one signed checkpoint
covers all. Everything that a bundle states twice is compared, so no byte can be changed unnoticed.

A bundle cannot show that it is complete: leaving out a record together with every mention of it is
not detected. Dropping the first key introductions is not detected either, but then fewer keys are
connected to the bundle's key, so it is trusted less, never more. Additional signatures of unknown
keys are ignored.
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
"""Whether records of the kinds of 0.1.0 are roots; later kinds may be either."""

_HASH: Final = re.compile("[0-9a-f]{64}", re.ASCII)
_MOST_INTRODUCTIONS: Final = 1_000


class BundleError(Exception):
    """A bundle does not verify. The message names the part and what is wrong with it."""


class ProvenRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A record with its inclusion proof."""

    seq: int
    record: str
    salt: str | None
    personal: str | None
    """Null, like the salt, if a redaction has removed both."""
    path: tuple[str, ...]

    @property
    def leaf(self) -> bytes:
        """The record's leaf hash."""
        return leaf_hash(self.record.encode())


class BundleEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An entry's id and the positions of its records, its own first."""

    id: str
    seqs: tuple[int, ...]


class Bundle(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A proof bundle. Do not rely on its content before ``verify_bundle`` has checked it."""

    format: str
    checkpoint: str
    """A signed note."""
    key: str
    """The public key that is claimed to have signed it, as ``name+hash+key``."""
    introductions: tuple[str, ...]
    """Notes in which each earlier key introduces the next, up to this one."""
    entries: tuple[BundleEntry, ...]
    records: tuple[ProvenRecord, ...]

    @classmethod
    def read(cls, raw: bytes) -> Self:
        """Parse the bytes of a bundle file. Raises ``BundleError``."""
        try:
            bundle = msgspec.json.decode(raw, type=cls)
            _require_plain(raw.decode())
        except (ValueError, RecursionError, msgspec.DecodeError):
            raise BundleError(
                "This is no proof bundle, or a part of it is missing or was changed beyond reading."
            ) from None
        if bundle.format != FORMAT:
            raise BundleError("This is no proof bundle of a form that this version knows.")
        return bundle

    def write(self) -> bytes:
        """Return the bytes of the bundle file."""
        return msgspec.json.format(msgspec.json.encode(self), indent=1) + b"\n"


def verify_bundle(bundle: Bundle) -> Checkpoint:
    """Verify everything in a bundle and return the checkpoint that the log signed.

    Whether the key is the log's is a separate question: see ``is_key_trusted``.

    Raises:
        BundleError: the first thing that is wrong.
    """
    checkpoint = _checked_checkpoint(bundle)
    location = checkpoint.origin.rpartition("/")[2]
    public_parts: dict[int, PublicPart] = {}
    last = 0
    for proved in bundle.records:
        if proved.seq <= last:
            raise BundleError(
                f"no. {proved.seq}: it stands twice in the bundle, or behind one that comes later in the log."
            )
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
    """Return whether a trusted key is the bundle's key or vouches for it, directly or not.

    Later keys are found through the bundle's own introductions, earlier ones through
    ``introductions``, which whoever knows the present key gets from the log.
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
    """Return the public part of a record after checking its proof."""
    if not 1 <= proved.seq <= checkpoint.size:
        raise BundleError(f"no. {proved.seq}: the log had {checkpoint.size} records when the checkpoint was signed.")
    path = [bytes.fromhex(step) for step in proved.path if _HASH.fullmatch(step)]
    if len(path) != len(proved.path) or not includes(
        proved.leaf, proved.seq - 1, checkpoint.size, path, checkpoint.root
    ):
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
    """Return what is wrong with a record's personal data; None if nothing.

    ``redacted`` is the position at which its entry was redacted, or 0.
    """
    if proved.salt is None and proved.personal is None:
        gone = may_be_missing(public.kind, proved.seq, redacted)
        return None if gone else "its personal data is missing, though no redaction in the bundle has removed it"
    if proved.salt is None or proved.personal is None or not _HASH.fullmatch(proved.salt):
        return "its personal data or the salt for it is missing or was changed"
    found = commitment(bytes.fromhex(proved.salt), proved.personal.encode()).hex()
    return None if found == public.personal else "its personal data is not what was recorded"


def _require_listed(bundle: Bundle, public_parts: dict[int, PublicPart]) -> None:
    """Check that the bundle's list of entries matches its records."""
    if not bundle.entries:
        raise BundleError("The bundle contains no entries.")
    listed: set[int] = set()
    for entry in bundle.entries:
        for at, seq in enumerate(entry.seqs):
            one = public_parts.get(seq)
            if one is None:
                raise BundleError(
                    f"no. {seq}: it is listed as a record of entry {entry.id}, but was taken out of the bundle."
                )
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
        raise BundleError(
            f"{_name(unlisted, public_parts[unlisted])}: it is not listed under the entry that it is about."
        )


def _name(seq: int, public: PublicPart) -> str:
    return f"no. {seq} ({public.kind})"


def _require_plain(text: str) -> None:
    """Raise ``ValueError`` for JSON with duplicate keys or numbers that are not integers."""
    json.loads(text, object_pairs_hook=_unique, parse_float=_refuse, parse_constant=_refuse)


def _unique(pairs: list[tuple[str, Any]]) -> None:
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError("a field is there twice")


def _refuse(number: str) -> Never:
    raise ValueError(f"{number} is not a whole number")


def _lowered(error: Exception) -> str:
    words = str(error)
    return words[:1].lower() + words[1:]
