"""The verifier without a file: what it is told through the service, in whatever state."""

from commlog_tui.ledger.canonical import canonical
from commlog_tui.ledger.leaf import commitment, leaf_hash
from commlog_tui.ledger.verifier import Kept, Row, Verifier
from tests.ledger.trees import plain_root

SALT = bytes(32)


def row(seq: int, /, kind: str = "entry", **said: object) -> Row:
    data = b'{"to":"ada@example.com"}'
    told = {"id": f"{seq:032x}", "kind": kind, "location": "quay", "seq": seq, "personal": commitment(SALT, data).hex()}
    return seq, canonical({**told, **said}), SALT, data, None, None, None, None, 1  # type: ignore[dict-item] # text and numbers


def checked(*rows: Row, roots_at: frozenset[int] = frozenset()) -> Verifier:
    verifier = Verifier("quay", roots_at)
    for each in rows:
        verifier.check([each])
    verifier.end()
    return verifier


def found(*rows: Row) -> list[tuple[int, int, str]]:
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
    stripped: Row = (1, gone[1], None, None, None, None, None, None, 1)
    other: Row = (2, row(2)[1], None, None, None, None, None, None, 1)
    redaction = row(3, "redaction", entry=f"{1:032x}")
    verifier = checked(stripped, other, redaction)
    words = "its personal data is missing, though no redaction on record has removed it"
    assert [(fault.seq, fault.words) for fault in verifier.faults] == [(2, words)]
    assert verifier.redacted == 1


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
    verifier.end(Kept(1 << 16, root, tiles | {(16, 0): root}))
    assert verifier.faults == []
    verifier.end(Kept(1 << 16, root, tiles | {(16, 0): bytes(32)}))
    assert [(fault.seq, fault.last) for fault in verifier.faults] == [(1, 1 << 16)]
