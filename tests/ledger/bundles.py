"""A log in memory, and bundles of it."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import msgspec

from commlog_tui.ledger.bundle import FORMAT, Bundle, BundleEntry, ProvenRecord
from commlog_tui.ledger.canonical import canonical
from commlog_tui.ledger.checkpoint import Checkpoint
from commlog_tui.ledger.keys import Introduction
from commlog_tui.ledger.leaf import commitment, leaf_hash
from commlog_tui.ledger.note import Signer
from commlog_tui.ledger.proof import inclusion_path
from tests.ledger.trees import plain_root, subtree_of

LOG = "commlog/0d9c6a52-6a4e-4f0e-8f6f-3f8f2b6f7c11"
FIRST, OTHER = "7d3a1c9e-5b0f-4a6e-9c61-000000000001", "7d3a1c9e-5b0f-4a6e-9c61-000000000002"
_ENTRY = {
    "body": None,
    "code": "TIDE42",
    "customer": None,
    "reference": None,
    "title": "Booking Confirmation",
    "to": "ada@x.example",
}


def signer(seed: int = 7) -> Signer:
    return Signer(LOG, bytes([seed]) * 32)


class MemoryLog:
    """Records of the location ``quay``, appended one after the other."""

    def __init__(self, origin: str = f"{LOG}/quay") -> None:
        self.origin = origin
        self.rows: list[tuple[str, str | None, str | None]] = []

    def add(self, kind: str, entry: str | None, personal: dict[str, Any], **text: Any) -> int:
        seq = len(self.rows) + 1
        salt, data = bytes([seq % 256]) * 32, canonical(personal)
        public: dict[str, Any] = {
            "id": f"7d3a1c9e-5b0f-4a6e-9c61-{seq:012d}",
            "kind": kind,
            "location": "quay",
            "seq": seq,
            "actor": "mailer",
        }
        public |= {"recorded_at": 1_762_160_400_000_000 + seq, "personal": commitment(salt, data).hex(), **text}
        public |= {} if entry is None else {"entry": entry}
        self.rows.append((canonical(public).decode(), salt.hex(), data.decode()))
        return seq

    def entry(self, **personal: Any) -> int:
        fields = {"via": "email", "source": "workflow", "direction": "outbound", "sent_at": 1_762_160_400_000_000}
        return self.add("entry", None, _ENTRY | personal, **fields)

    def event(self, entry: str, kind: str, **personal: Any) -> int:
        return self.add("event", entry, {"detail": None, "to": None} | personal, event=kind, at=1_762_160_405_000_000)

    def forget(self, *seqs: int) -> None:
        for seq in seqs:
            self.rows[seq - 1] = (self.rows[seq - 1][0], None, None)

    def bundle(self, *entries: tuple[str, Sequence[int]], keys: Sequence[Signer] = ()) -> Bundle:
        """What the log would give for these entries, having had these keys one after the other."""
        keys = keys or [signer()]
        leaves = [leaf_hash(record.encode()) for record, _, _ in self.rows]
        subtree, size = subtree_of(leaves), len(leaves)
        note = Checkpoint(self.origin, size, plain_root(leaves)).sign(keys[-1])
        items = [Introduction.sign(old, new, "2026-11-03T09:00:00Z").note for old, new in pairwise(keys)]
        records = tuple(
            ProvenRecord(seq, *self.rows[seq - 1], tuple(step.hex() for step in inclusion_path(seq - 1, size, subtree)))
            for seq in sorted(seq for _, seqs in entries for seq in seqs)
        )
        key = keys[-1].verifier.named(self.origin).vkey
        listed = tuple(BundleEntry(entry, tuple(seqs)) for entry, seqs in entries)
        return Bundle(FORMAT, note, key, tuple(items), listed, records)


def a_log() -> MemoryLog:
    """Two entries, their records mixed with each other's and followed by more."""
    log = MemoryLog()
    log.entry()
    log.entry(to="grace@x.example", title="Zoë at the quay 🛶")
    log.event(FIRST, "sent")
    log.event(OTHER, "bounced", detail="550 no such user")
    log.event(FIRST, "delivered", detail="250 ok")
    log.entry(title="Something else")
    log.entry(title="And more")
    return log


def a_bundle() -> Bundle:
    """A bundle in which every letter counts.

    Its introduction has one signature, as those of 0.1.0.
    """
    bundle = a_log().bundle((FIRST, (1, 3, 5)), (OTHER, (2, 4)), keys=[signer(5), signer(6)])
    return msgspec.structs.replace(bundle, introductions=tuple(map(by_the_old_key_alone, bundle.introductions)))


def by_the_old_key_alone(introduction: str) -> str:
    return "".join(introduction.splitlines(keepends=True)[:-1])
