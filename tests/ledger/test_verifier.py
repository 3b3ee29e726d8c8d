"""The verifier without a file: what it is told through the service, in whatever state."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest

from commlog_tui.ledger.canonical import canonical
from commlog_tui.ledger.leaf import commitment, leaf_hash, may_be_missing
from commlog_tui.ledger.rows import Row
from commlog_tui.ledger.tree import fold
from commlog_tui.ledger.verifier import StoredTree, Verifier
from tests.ledger.trees import plain_root

SALT = bytes(32)
Told = tuple[int, int, str]
NO_NODES: Mapping[tuple[int, int], bytes] = MappingProxyType({})


def row(seq: int, /, kind: str = "entry", **text: object) -> Row:
    data = b'{"to":"ada@example.com"}'
    fields = {
        "id": f"{seq:032x}",
        "kind": kind,
        "location": "quay",
        "seq": seq,
        "personal": commitment(SALT, data).hex(),
    }
    return seq, canonical({**fields, **text}), SALT, data, None, None, None, None, 1, None  # type: ignore[dict-item] # text and numbers


def checked(*rows: Row, roots_at: frozenset[int] = frozenset()) -> Verifier:
    verifier = Verifier("quay", roots_at)
    for each in rows:
        verifier.check([each])
    verifier.end()
    return verifier


def found(*rows: Row) -> list[Told]:
    return [(fault.seq, fault.last, fault.words) for fault in checked(*rows).faults]


def test_roots_are_those_of_the_records() -> None:
    rows = [row(seq) for seq in range(1, 601)]
    leaves = [leaf_hash(each[1]) for each in rows]
    verifier = checked(*rows, roots_at=frozenset({1, 256, 300, 600, 601}))
    assert verifier.roots == {size: plain_root(leaves[:size]) for size in (1, 256, 300, 600)}
    assert verifier.root() == plain_root(leaves)
    assert (verifier.faults, verifier.records) == ([], 600)


def test_no_root_is_told_over_a_gap() -> None:
    verifier = checked(row(1), row(3), roots_at=frozenset({1, 2, 3}))
    assert (set(verifier.roots), verifier.root()) == ({1}, None)
    assert found(row(1), row(3)) == [(2, 2, "it is missing")]
    assert found(row(1), row(5)) == [(2, 4, "records 2 to 4 are missing")]


def test_what_comes_twice_or_backwards_is_told() -> None:
    assert (1, 1, "its number comes twice") in found(row(1), row(1))
    assert (1, 1, "its number comes twice") in found(row(1), row(2), row(1))


def test_what_cannot_be_read_or_lies_elsewhere_is_told() -> None:
    seq, _, *rest = row(1)
    assert found((seq, b"[", *rest)) == [(1, 1, "it cannot be read as a record")]  # type: ignore[arg-type] # the row's rest
    assert found(row(1, location="pier")) == [(1, 1, "it is a record of another location")]
    assert found(row(1, seq=7)) == [(1, 1, "it says of itself that it is no. 7")]
    assert found(row(1, personal="")) == [(1, 1, "its personal data is not what was recorded")]


def test_a_redaction_answers_for_what_is_missing_of_its_entry_alone() -> None:
    gone = row(1)
    stripped: Row = (1, gone[1], None, None, None, None, None, None, 1, None)
    other: Row = (2, row(2)[1], None, None, None, None, None, None, 1, None)
    redaction = row(3, "redaction", entry=f"{1:032x}")
    verifier = checked(stripped, other, redaction)
    words = "its personal data is missing, though no redaction on record has removed it"
    assert [(fault.seq, fault.words) for fault in verifier.faults] == [(2, words)]
    assert verifier.redacted == 1


@pytest.mark.parametrize(
    ("kind", "entry", "sound"),
    [("event", 1, True), ("correction", 1, True), ("sealing", 1, True), ("redaction", 1, False), ("event", 2, False)],
)
def test_only_what_a_redaction_removes_may_be_missing(kind: str, entry: int, sound: bool) -> None:
    def without(given: Row) -> Row:
        return (given[0], given[1], None, None, *given[4:])

    text = without(row(2, kind, entry=f"{entry:032x}"))
    redaction = row(3, "redaction", entry=f"{1:032x}")
    words = "its personal data is missing, though no redaction on record has removed it"
    assert found(row(1), text, redaction) == ([] if sound else [(2, 2, words)])
    late = without(row(4, kind, entry=f"{entry:032x}"))
    assert found(row(1), row(2), redaction, late) == [(4, 4, words)]
    assert may_be_missing(kind, 2, 3) == (kind != "redaction")
    assert not may_be_missing(kind, 3, 3)
    assert not may_be_missing(kind, 2, 0)


def test_so_many_faults_are_counted_and_not_kept() -> None:
    verifier = checked(*(row(seq, personal="") for seq in range(1, 1301)))
    assert (len(verifier.faults), verifier.more_faults) == (1000, 300)


def test_upper_levels_of_the_tree_are_compared() -> None:
    rows = [row(seq) for seq in range(1, (1 << 16) + 1)]
    verifier = Verifier("quay")
    verifier.check(rows)
    leaves = [leaf_hash(each[1]) for each in rows]
    tiles = {(8, at): plain_root(leaves[at << 8 : at + 1 << 8]) for at in range(256)}
    root = plain_root(leaves)
    verifier.end(StoredTree(1 << 16, root, tiles | {(16, 0): root}))
    assert verifier.faults == []
    verifier.end(StoredTree(1 << 16, root, tiles | {(16, 0): bytes(32)}))
    assert [(fault.seq, fault.last) for fault in verifier.faults] == [(1, 1 << 16)]


def filed(seq: int, /, kind: str = "entry", record_id: str = "", entry: str = "", placed: int = 1, **text: Any) -> Row:
    """A row of a file whose columns are known.

    They say what the record says, but for what is given.
    """
    _, public, *_ = row(seq, **text)
    own = f"{seq:032x}"
    identity, about = bytes.fromhex(record_id or own), bytes.fromhex(entry or record_id or own)
    return seq, public, SALT, b'{"to":"ada@example.com"}', leaf_hash(public), identity, kind, about, placed, None


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"record_id": f"{1:032x}"}, "it is filed under another id than it says"),
        ({"record_id": f"{3:032x}"}, "it is filed under another id than it says"),
        ({"record_id": f"{1:032x}", "entry": f"{2:032x}"}, "it is filed under another id than it says"),
        ({"record_id": f"{3:032x}", "entry": f"{2:032x}"}, "it is filed under another id than it says"),
        ({"id": "no uuid"}, "it is filed under another id than it says"),
        ({"kind": "correction"}, "it is filed as another kind of record than it says"),
        ({"kind": "event"}, "it is filed as another kind of record than it says"),
        ({"entry": f"{1:032x}"}, "it is filed under another entry than it says"),
        ({"entry": f"{3:032x}"}, "it is filed under another entry than it says"),
        ({"placed": 0}, "it is filed under another location"),
        ({"placed": 2}, "it is filed under another location"),
        ({"location": "pier"}, "it is a record of another location"),
        ({"location": "zoo"}, "it is a record of another location"),
        ({"seq": 1}, "it says of itself that it is no. 1"),
        ({"seq": 3}, "it says of itself that it is no. 3"),
    ],
)
def test_a_record_lies_where_it_says(wrong: dict[str, Any], words: str) -> None:
    assert found(filed(1), filed(2), filed(3)) == []
    answer = found(filed(1), filed(2, **wrong), filed(3))
    assert (2, 2, words) in answer
    assert {fault[0] for fault in answer} == {2}


@pytest.mark.parametrize("gone", [(None, b"{}"), (SALT, None), (None, None)])
def test_half_of_what_was_committed_to_is_as_good_as_none(gone: tuple[bytes | None, bytes | None]) -> None:
    half: Row = (1, row(1)[1], *gone, None, None, None, None, 1, None)
    words = "its personal data is missing, though no redaction on record has removed it"
    assert found(half) == [(1, 1, words)]
    assert (found(half, row(2, "redaction", entry=f"{1:032x}")) == []) == (gone == (None, None))
    for kind in ("event", "sealing"):
        assert (1, 1, words) in found(half, row(2, kind, entry=f"{1:032x}"))


def compared(count: int, size: int, frontier: bytes, nodes: Mapping[tuple[int, int], bytes] = NO_NODES) -> list[Told]:
    verifier = Verifier("quay")
    verifier.check([row(seq) for seq in range(1, count + 1)])
    verifier.end(StoredTree(size, frontier, nodes))
    return [(fault.seq, fault.last, fault.words) for fault in verifier.faults]


def test_the_end_that_was_kept_is_that_of_the_records() -> None:
    leaves = [leaf_hash(row(seq)[1]) for seq in range(1, 4)]
    two = plain_root(leaves[:2])
    strange = "the stored end of the tree does not fit the number of records"
    assert compared(3, 3, two + leaves[2]) == []
    assert compared(3, 2, two) == [(3, 3, "it exists, but the stored end of the log is before it")]
    assert compared(3, 3, two) == compared(3, 3, two + leaves[2] + bytes(32)) == [(3, 3, strange)]
    assert compared(0, 0, bytes(32)) == [(1, 1, strange)]
    assert compared(0, 0, b"") == []


@pytest.mark.parametrize("place", [(8, 1), (7, 0), (16, 0)])
def test_a_part_of_the_tree_that_no_records_have_is_told(place: tuple[int, int]) -> None:
    leaves = [leaf_hash(row(seq)[1]) for seq in range(1, 301)]
    tile, ends = (
        plain_root(leaves[:256]),
        [plain_root(leaves[256:288]), plain_root(leaves[288:296]), plain_root(leaves[296:])],
    )
    assert compared(300, 300, b"".join((tile, *ends)), {(8, 0): tile}) == []
    first = min((place[1] << place[0]) + 1, 301)
    answer = compared(300, 300, b"".join((tile, *ends)), {(8, 0): tile, place: tile})
    assert answer == [(first, first, "the tree has a part here that the records do not")]


def test_every_upper_part_is_compared_where_it_lies() -> None:
    tiles = {at: at.to_bytes(32) for at in range(1 << 16)}
    upper = {(16, at): fold([tiles[number] for number in range(at << 8, at + 1 << 8)]) for at in range(256)}
    upper[24, 0] = fold([upper[16, at] for at in range(256)])
    for wrong in ((16, 0), (16, 1), (16, 255), (24, 0)):
        verifier = Verifier("quay", _tiles=tiles)
        verifier._compare_upper(StoredTree(1 << 24, b"", upper | {wrong: bytes(32)}))
        level, place = wrong
        assert [(fault.seq, fault.last) for fault in verifier.faults] == [((place << level) + 1, place + 1 << level)]
    verifier = Verifier("quay", _tiles={at: tile for at, tile in tiles.items() if at != 5})
    verifier._compare_upper(StoredTree(1 << 24, b"", upper | {(16, 0): bytes(32), (24, 0): bytes(32)}))
    assert verifier.faults == [], "nothing is said of parts over what is missing"
