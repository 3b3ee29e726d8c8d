"""Whatever is changed in the file is found, at the record where it was changed."""

import sqlite3
from pathlib import Path

import pytest

from commlog_tui.ledger.leaf import commitment, leaf_hash
from commlog_tui.ledger.proof import includes, inclusion_path
from commlog_tui.ledger.tree import Frontier
from commlog_tui.records.personal_codec import to_personal
from commlog_tui.store.errors import StoreUnavailableError
from commlog_tui.store.sqlite import auditing
from commlog_tui.store.sqlite.record_rows import leaf_start
from commlog_tui.store.sqlite.tree import subtree_of
from tests.store.tampering import (
    CORRECTED,
    COUNT,
    LATE,
    REDACTED,
    REDACTION,
    SEQS,
    faults,
    log,
    pk,
    public_of,
    rewrite,
    sound,
    tampered,
    verified,
)

__all__ = ["log", "sound"]


def test_a_log_that_was_left_alone_is_sound(log: Path) -> None:
    with tampered(log):
        pass
    verifier = verified(log)
    assert (verifier.faults, verifier.records, verifier.redacted) == ([], COUNT, 1)
    assert faults(log, "pier") == []


@pytest.mark.parametrize("seq", SEQS)
def test_a_deleted_record_is_missed(log: Path, seq: int) -> None:
    with tampered(log) as connection:
        connection.execute("DELETE FROM personal WHERE pk = ?", (pk(seq),))
        connection.execute("DELETE FROM record WHERE pk = ?", (pk(seq),))
    (found,) = faults(log)
    assert (found.seq, found.last) == (seq, seq)
    assert "it is missing" in found.words


def test_a_deleted_range_is_missed(log: Path) -> None:
    with tampered(log) as connection:
        connection.execute("DELETE FROM record WHERE pk BETWEEN ? AND ?", (pk(200), pk(520)))
    (found,) = faults(log)
    assert (found.seq, found.last, found.words) == (200, 520, "records 200 to 520 are missing")


def test_a_deleted_record_whose_place_the_next_ones_take_is_found(log: Path) -> None:
    with tampered(log) as connection:
        connection.execute("DELETE FROM record WHERE pk = ?", (pk(300),))
        connection.execute("DELETE FROM personal WHERE pk = ?", (pk(300),))
        for table in ("record", "personal"):
            for seq in range(301, COUNT + 1):
                connection.execute(f"UPDATE {table} SET pk = pk - 1 WHERE pk = ?", (pk(seq),))
    found = faults(log)
    assert found[0].seq == 300
    assert {fault.seq for fault in found} == {*range(300, COUNT + 1)}


@pytest.mark.parametrize(("one", "other"), [(1, 2), (255, 257), (20, COUNT)])
def test_records_that_changed_places_are_found(log: Path, one: int, other: int) -> None:
    with tampered(log) as connection:
        for table in ("record", "personal"):
            for old, new in ((pk(one), 7), (pk(other), pk(one)), (7, pk(other))):
                connection.execute(f"UPDATE {table} SET pk = ? WHERE pk = ?", (new, old))
    assert {fault.seq for fault in faults(log)} == {one, other}


@pytest.mark.parametrize("seq", [2, 256, 300])
def test_an_inserted_record_is_found(log: Path, seq: int) -> None:
    with tampered(log) as connection:
        for table in ("record", "personal"):
            for each in range(COUNT, seq - 1, -1):
                connection.execute(f"UPDATE {table} SET pk = pk + 1 WHERE pk = ?", (pk(each),))
        columns = "location, randomblob(16), kind, root, form, recorded_at, lag, commitment, rest, leaf_start"
        connection.execute(f"INSERT INTO record SELECT pk + 1, {columns} FROM record WHERE pk = ?", (pk(seq - 1),))
    assert faults(log)[0].seq == seq


def test_a_record_added_at_the_end_by_hand_is_found(log: Path) -> None:
    with tampered(log) as connection:
        public, salt = b'{"forged":true}', bytes(32)
        row = (pk(COUNT + 1), 1, bytes(16), 1, None, None, None, None, None, public, leaf_start(leaf_hash(public)))
        connection.execute("INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
        connection.execute("INSERT INTO personal VALUES (?, ?, ?)", (pk(COUNT + 1), salt, b"{}"))
    assert {fault.seq for fault in faults(log)} == {COUNT + 1}


@pytest.mark.parametrize("seq", [1, 200, 256, 257, 512])
def test_a_record_changed_with_its_own_hash_and_commitment_is_found_in_its_part_of_the_tree(
    log: Path, seq: int
) -> None:
    with tampered(log) as connection:
        forge(connection, seq)
    (found,) = faults(log)
    assert found.seq <= seq <= found.last < found.seq + 256
    assert "one was changed, with its own hash" in found.words


def test_in_the_part_that_still_grows_it_is_found_more_closely(log: Path) -> None:
    with tampered(log) as connection:
        forge(connection, COUNT)
    (found,) = faults(log)
    assert (found.seq, found.last) == (593, COUNT)


def forge(connection: sqlite3.Connection, seq: int) -> None:
    """Change a record as somebody would who knows how it is stored and hashed, but leaves the tree alone."""
    execute = connection.execute
    ((salt, data),) = execute("SELECT salt, data FROM personal WHERE pk = ?", (pk(seq),))
    other = data.replace(b"ada@", b"eve@")
    assert other != data
    execute("UPDATE personal SET data = ? WHERE pk = ?", (other, pk(seq)))
    execute("UPDATE record SET commitment = ? WHERE pk = ?", (commitment(salt, to_personal(other)), pk(seq)))
    start = leaf_start(leaf_hash(public_of(connection, seq)))
    execute("UPDATE record SET leaf_start = ? WHERE pk = ?", (start, pk(seq)))


@pytest.mark.parametrize(
    ("change", "first"),
    [
        ("UPDATE node SET hash = zeroblob(32) WHERE place = 1", 257),
        ("DELETE FROM node WHERE place = 0 AND location = 1", 1),
        ("INSERT INTO node VALUES (1, 8, 5, zeroblob(32))", COUNT + 1),
        ("INSERT INTO node VALUES (1, 3, 0, zeroblob(32))", 1),
        ("UPDATE head SET frontier = zeroblob(length(frontier)) WHERE location = 1", 1),
        ("UPDATE head SET frontier = x'' WHERE location = 1", COUNT),
        ("UPDATE head SET seq = 599 WHERE location = 1", COUNT),
        ("UPDATE head SET seq = 601 WHERE location = 1", COUNT + 1),
        ("DELETE FROM head WHERE location = 1", 1),
    ],
)
def test_the_tree_that_was_kept_counts(log: Path, change: str, first: int) -> None:
    with tampered(log) as connection:
        assert connection.execute(change).rowcount == 1
    assert faults(log)[0].seq == first


def test_the_end_cut_off_is_missed(log: Path) -> None:
    with tampered(log) as connection:
        for table in ("personal", "record"):
            connection.execute(f"DELETE FROM {table} WHERE pk BETWEEN ? AND ?", (pk(400), pk(COUNT)))
    found = faults(log)
    assert (found[0].seq, found[0].last, found[0].words) == (400, COUNT, "records 400 to 600 are missing at the end")


def test_the_end_cut_off_with_the_tree_shows_only_to_who_has_seen_it(log: Path) -> None:
    before = verified(log, roots_at=frozenset({COUNT})).roots[COUNT]
    with tampered(log) as connection:
        for table in ("personal", "record"):
            connection.execute(f"DELETE FROM {table} WHERE pk BETWEEN ? AND ?", (pk(400), pk(COUNT)))
        frontier = Frontier()
        for seq in range(1, 400):
            frontier.push(leaf_hash(public_of(connection, seq)))
        connection.execute("UPDATE head SET seq = 399, frontier = ? WHERE location = 1", (frontier.peaks,))
        connection.execute("DELETE FROM node WHERE place > 0")
    verifier = verified(log, roots_at=frozenset({COUNT}))
    assert verifier.faults == []
    assert verifier.roots.get(COUNT) != before


@pytest.mark.parametrize("seq", [REDACTED, CORRECTED])
def test_a_redaction_is_told_from_a_theft(log: Path, seq: int) -> None:
    with tampered(log) as connection:
        connection.execute("DELETE FROM personal WHERE pk = ?", (pk(seq),))
    found = [(fault.seq, fault.words) for fault in faults(log)]
    stolen = [(seq, "its personal data is missing, though no redaction on record has removed it")]
    assert found == ([] if seq == REDACTED else stolen)


@pytest.mark.parametrize("seq", [REDACTION, LATE])
def test_what_a_redaction_does_not_remove_must_be_there(log: Path, seq: int) -> None:
    with tampered(log) as connection:
        connection.execute("DELETE FROM personal WHERE pk = ?", (pk(seq),))
    stolen = "its personal data is missing, though no redaction on record has removed it"
    assert [(fault.seq, fault.words) for fault in faults(log)] == [(seq, stolen)]


def test_a_redaction_taken_back_is_found(log: Path) -> None:
    with tampered(log) as connection:
        connection.execute("INSERT INTO personal VALUES (?, zeroblob(32), x'7b7d')", (pk(REDACTED),))
    words = [fault.words for fault in faults(log) if fault.seq == REDACTED]
    assert "its personal data is there, though a redaction on record has removed it" in words
    assert "its personal data is not what was recorded" in words


def test_the_reason_of_a_redaction_counts(log: Path) -> None:
    with tampered(log) as connection:
        connection.execute("UPDATE personal SET data = x'7b7d' WHERE pk = ?", (pk(REDACTION),))
    assert [fault.seq for fault in faults(log)] == [REDACTION]


def test_a_renamed_location_and_a_removed_one_are_found(log: Path) -> None:
    with tampered(log) as connection:
        connection.execute("UPDATE location SET id = 'dock' WHERE no = 1")
        connection.execute("DELETE FROM location WHERE no = 2")
    assert {fault.seq for fault in faults(log, "dock")} == {*range(1, COUNT + 1)}
    with auditing.opened(log) as reader, pytest.raises(StoreUnavailableError, match="was removed"):
        auditing.require_known_locations(reader)


def test_one_bad_record_hides_no_other(log: Path) -> None:
    with tampered(log) as connection:
        rewrite(connection, 100, b"\x00")
        connection.execute("DELETE FROM record WHERE pk = ?", (pk(300),))
        forge(connection, 20)
        forge(connection, COUNT - 1)
        connection.execute("UPDATE personal SET salt = x'00' WHERE pk = ?", (pk(550),))
    assert sorted({fault.seq for fault in faults(log)}) == [100, 300, 550]
    with tampered(log) as connection:
        connection.execute("UPDATE node SET hash = zeroblob(32) WHERE place = 0")
    assert faults(log)[0].seq == 100


@pytest.mark.parametrize("change", ["DELETE FROM personal WHERE pk = ?", "UPDATE personal SET data = x'' WHERE pk = ?"])
@pytest.mark.parametrize("seq", [256, 300, COUNT])
def test_lost_personal_data_takes_no_proof_with_it(log: Path, change: str, seq: int) -> None:
    root = verified(log, roots_at=frozenset({COUNT})).roots[COUNT]
    with tampered(log) as connection:
        assert connection.execute(change, (pk(seq),)).rowcount == 1
        leaves = {near: leaf_hash(public_of(connection, near)) for near in (1, seq - 1, seq, COUNT)}
    with auditing.opened(log) as connection:
        subtree = subtree_of(connection, 1)
        for near, leaf in leaves.items():
            assert includes(leaf, near - 1, COUNT, inclusion_path(near - 1, COUNT, subtree), root)
    assert [fault.seq for fault in faults(log)] == [seq]
