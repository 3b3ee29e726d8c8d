"""Verify a location's records: hash them again in order and report everything that does not match.

A bad record does not stop the verification of other records or of intact parts of the tree.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import filterfalse
from typing import Final, NamedTuple

import msgspec

from commlog_tui.ledger.leaf import commitment, commitments, leaf_hashes, may_be_missing
from commlog_tui.ledger.public_fields import PublicFields, bytes_of, decode_fields, is_filed
from commlog_tui.ledger.rows import Row, Rows, is_plain
from commlog_tui.ledger.tree import HASH_SIZE, TILE, Frontier, fold

_LEAVES: Final = 1 << TILE
_MOST_FAULTS: Final = 1_000
_OTHER_DATA: Final = "its personal data is not what was recorded"
_STOLEN: Final = "its personal data is missing, though no redaction on record has removed it"


class Fault(NamedTuple):
    """A mismatch at a record, or over a range of records."""

    seq: int
    last: int
    words: str


class StoredTree(NamedTuple):
    """The tree as stored when the records were written, to compare with the computed one."""

    size: int
    frontier: bytes
    nodes: Mapping[tuple[int, int], bytes]


class SoundPart(NamedTuple):
    """Whole tiles of records that were verified apart, in which nothing is wrong."""

    first: int
    tiles: tuple[bytes, ...]
    missing: tuple[tuple[int, str, str], ...]
    redactions: Mapping[str, int]


@dataclass(slots=True)
class Verifier:
    """Verifies the records of one location, fed in order of seq."""

    location: str
    roots_at: frozenset[int] = frozenset()
    """Sizes for which somebody knows the root."""
    records: int = 0
    redacted: int = 0
    roots: dict[int, bytes] = field(default_factory=dict)
    """The computed roots at these sizes; sizes not reached or after a gap are missing."""
    more_faults: int = 0
    """Number of faults beyond the limit of reported ones."""
    _next: int = 1
    _faults: list[Fault] = field(default_factory=list)
    _leaves: list[bytes] = field(default_factory=list)
    _tiles: dict[int, bytes] = field(default_factory=dict)
    _frontier: Frontier | None = field(default_factory=Frontier)
    _bad: set[int] = field(default_factory=set)
    _missing: list[tuple[int, str, str]] = field(default_factory=list)
    _redactions: dict[str, int] = field(default_factory=dict)

    @property
    def faults(self) -> list[Fault]:
        """All faults, in order of seq."""
        return sorted(self._faults)

    @property
    def reached(self) -> int:
        """The last verified position."""
        return self._next - 1

    def check(self, rows: Iterable[Row]) -> None:
        """Verify the next records."""
        columns = rows.columns if isinstance(rows, Rows) else tuple(zip(*rows, strict=True))
        if not columns:
            return
        seqs, publics, salts, parts, starts, _, kinds, _, _, known = columns
        leaves, odd = leaf_hashes(publics), list[Row]()
        if not all(known) or not all(salts) or not all(parts) or "redaction" in kinds:
            rows = list(zip(*columns, strict=True))
            odd = list(filterfalse(is_plain, rows))
            salts, parts, known = ([row[at] for row in rows if is_plain(row)] for at in (2, 3, 9))
        if (
            tuple(seqs) == tuple(range(self._next, self._next + len(leaves)))
            and all(starts)
            and all(map(bytes.startswith, leaves, starts))
            and commitments(salts, parts) == list(known)
        ):
            for row in odd:
                self._read(row)
            self._push(leaves)
            return
        for row, leaf in zip(zip(*columns, strict=True), leaves, strict=True):
            self._check_alone(row, leaf)

    def _check_alone(self, row: Row, digest: bytes) -> None:
        """Verify a record; faults come in the order of records."""
        seq, _, salt, data, leaf, *_, known = row
        if seq != self._next:
            self._skip(seq)
        if not is_plain(row):
            self._read(row)
        elif commitment(salt or b"", data or b"") != known:
            self._fault(seq, _OTHER_DATA)
        if leaf is not None and not digest.startswith(leaf):
            self._fault(seq, "it does not match its stored hash: its text or the hash was changed")
        self._push([digest])

    def _read(self, row: Row) -> None:
        """Read a public part, and compare it with what it is filed under and with the personal data."""
        seq, public, salt, data, _, record_id, kind, entry, is_placed, _ = row
        try:
            record = decode_fields(public)
        except msgspec.DecodeError:
            self._fault(seq, "it cannot be read as a record")
            return
        is_own = record.seq == seq and record.location == self.location
        if not is_own or not is_filed(record, record_id, kind, entry, is_placed):
            self._misplaced(seq, record, record_id, kind, entry)
        if data is None or salt is None:
            whole = data is None and salt is None  # no redaction leaves one of them
            self._missing.append((seq, record.kind, record.root or record.id if whole else ""))
        elif commitment(salt, data).hex() != record.personal:
            self._fault(seq, _OTHER_DATA)
        if record.kind == "redaction" and (root := record.root) is not None:
            self._redactions[root] = seq

    def part(self) -> SoundPart | None:
        """Return what was verified, from the position it began with; None if it is not whole and sound."""
        if self._faults or self._leaves or self.records != len(self._tiles) * _LEAVES:
            return None
        first = self._next - self.records
        return SoundPart(first, tuple(self._tiles.values()), tuple(self._missing), self._redactions)

    def add(self, part: SoundPart) -> bool:
        """Take over the next records as another verifier found them; False if they do not follow on these."""
        if part.first != self._next or self._leaves or self._frontier is None:
            return False
        for tile in part.tiles:
            self._tiles[self._next // _LEAVES] = tile
            self._frontier.push(tile, TILE)
            self._next += _LEAVES
        self.records += len(part.tiles) * _LEAVES
        self._missing += part.missing
        self._redactions |= part.redactions
        return True

    def end(self, stored: StoredTree | None = None) -> None:
        """Run the checks that need all records, and compare with the stored tree."""
        for seq, kind, entry_id in self._missing:
            if may_be_missing(kind, seq, self._redactions.get(entry_id, 0)):
                self.redacted += 1
            else:
                self._fault(seq, _STOLEN)
        if stored is not None:
            self._compare(stored)

    def root(self) -> bytes | None:
        """Return the root over all records; None if some are missing."""
        if self._frontier is None:
            return None
        whole = Frontier(self._frontier.size, self._frontier.peaks)
        for leaf in self._leaves:
            whole.push(leaf)
        return whole.root()

    def fault(self, seq: int, words: str, last: int = 0) -> None:
        """Report a fault at a record, or from there to a last one."""
        self._bad.add(seq)
        if len(self._faults) < _MOST_FAULTS:
            self._faults.append(Fault(seq, max(seq, last), words))
        else:
            self.more_faults += 1

    _fault = fault

    def _skip(self, seq: int) -> None:
        if seq < self._next:
            self._fault(seq, "its number comes twice")
            return
        alone = seq - self._next == 1
        self._fault(self._next, "it is missing" if alone else f"records {self._next} to {seq - 1} are missing", seq - 1)
        self._next = seq
        self._frontier = None
        self._leaves = []

    def _push(self, leaves: Sequence[bytes]) -> None:
        """Add the next leaves, which follow on each other."""
        at, count = 0, len(leaves)
        self.records += count
        while at < count:
            room = _LEAVES - (self._next - 1) % _LEAVES
            if self.roots_at:
                room = min([room, *(size - self._next + 1 for size in self.roots_at if size >= self._next)])
            some = leaves[at : at + room]
            self._leaves += some
            self._next += len(some)
            at += len(some)
            self._end_tile()

    def _end_tile(self) -> None:
        """Note a root that somebody knows, and what is a whole tile."""
        end = self._next - 1
        if end in self.roots_at and (root := self.root()):
            self.roots[end] = root
        if end % _LEAVES == 0:
            if len(self._leaves) == _LEAVES:
                tile = fold(self._leaves)
                self._tiles[end // _LEAVES - 1] = tile
                if self._frontier is not None:
                    self._frontier.push(tile, TILE)
            self._leaves = []

    def _misplaced(
        self, seq: int, record: PublicFields, record_id: bytes | None, kind: str | None, entry: bytes | None
    ) -> None:
        if record.location != self.location:
            self._fault(seq, "it is a record of another location")
        if record.seq != seq:
            self._fault(seq, f"it says of itself that it is no. {record.seq}")
        if record_id is None:
            return
        if bytes_of(record.id) != record_id:
            self._fault(seq, "it is filed under another id than it says")
        if record.kind != kind:
            self._fault(seq, "it is filed as another kind of record than it says")
        if bytes_of(record.root or record.id) != entry:
            self._fault(seq, "it is filed under another entry than it says")
        elif seq not in self._bad:
            self._fault(seq, "it is filed under another location")

    def _compare(self, stored: StoredTree) -> None:
        end = self._next - 1
        if stored.size > end:
            words = "it is missing" if stored.size == end + 1 else f"records {end + 1} to {stored.size} are missing"
            self._fault(end + 1, f"{words} at the end", stored.size)
        elif stored.size < end:
            self._fault(stored.size + 1, "it exists, but the stored end of the log is before it", end)
        for place, tile in self._tiles.items():
            self._compare_part(stored.nodes.get((TILE, place)), tile, place << TILE, TILE)
        self._compare_upper(stored)
        if self._frontier is not None and stored.size == end:
            self._compare_frontier(stored.frontier)
        longest = max(end, stored.size)  # missing records at the end are reported already
        known = {
            (level, place) for level, place in stored.nodes if level % TILE == 0 and (place + 1) << level <= longest
        }
        for level, place in sorted(set(stored.nodes) - known):
            self._fault(min((place << level) + 1, end + 1), "the tree has a part here that the records do not")

    def _compare_upper(self, stored: StoredTree) -> None:
        level, hashes = TILE, self._tiles
        while hashes:
            above = {}
            for place in range(max(hashes) // _LEAVES + 1):
                part = [hashes[at] for at in range(place * _LEAVES, (place + 1) * _LEAVES) if at in hashes]
                if len(part) == _LEAVES:
                    above[place] = fold(part)
                    self._compare_part(
                        stored.nodes.get((level + TILE, place)), above[place], place << level + TILE, level + TILE
                    )
            level, hashes = level + TILE, above

    def _compare_frontier(self, stored: bytes) -> None:
        end = self._next - 1
        whole = Frontier(end - len(self._leaves), self._frontier.peaks if self._frontier else b"")
        for leaf in self._leaves:
            whole.push(leaf)
        if len(stored) != len(whole.peaks):
            self._fault(max(end, 1), "the stored end of the tree does not fit the number of records")
            return
        start = 0
        for at in range(0, len(stored), HASH_SIZE):
            level = (end - start).bit_length() - 1
            self._compare_part(stored[at : at + HASH_SIZE], whole.peaks[at : at + HASH_SIZE], start, level)
            start += 1 << level

    def _compare_part(self, stored: bytes | None, found: bytes, start: int, level: int) -> None:
        """Compare a part of the tree, unless a bad record below it explains the difference."""
        first, last = start + 1, start + (1 << level)
        if stored != found and not any(first <= seq <= last for seq in self._bad):
            words = (
                "together they do not match the hash stored when they were written: one was changed, with its own hash"
            )
            self._fault(first, words if stored else "the part of the tree over these records is missing", last)


def recorded_twice(first: int) -> str:
    """Return the message for a record with the id of an earlier one."""
    return f"it has the id of no. {first}: one key was recorded twice"
