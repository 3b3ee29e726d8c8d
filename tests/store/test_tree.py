"""The tree over the records: kept by every append, proved at every size, signed."""

from pathlib import Path

import apsw
import pytest

from commlog_tui.ledger.checkpoint import Checkpoint
from commlog_tui.ledger.keys import successors
from commlog_tui.ledger.leaf import leaf_hash
from commlog_tui.ledger.note import Verifier
from commlog_tui.ledger.proof import extends, includes
from commlog_tui.store.errors import StoreUnavailableError, UnknownRecordError
from commlog_tui.store.opening import open_keys
from commlog_tui.store.protocol import Store
from commlog_tui.store.signing import KeyFile, signed
from tests.ledger.trees import plain_root
from tests.store.conftest import OpenLog
from tests.store.databases import Database
from tests.store.factory import QUAY, mail, put


async def leaves(store: Store, count: int) -> list[bytes]:
    """Append so many records in transactions of different sizes, and return their leaves."""
    found: list[bytes] = []
    while len(found) < count:
        batch = [mail() for _ in range(min(count - len(found), 1 + len(found) % 97))]
        found += [bytes.fromhex(answer.receipt.leaf_hash) for answer in await put(store, *batch)]
    return found


async def test_every_record_is_proved_in_every_tree(store: Store) -> None:
    hashes = await leaves(store, 70)
    for size in (1, 2, 31, 64, 69, 70):
        root = plain_root(hashes[:size])
        for seq in range(1, size + 1):
            proof = await store.proof("quay", seq, size)
            assert (proof.root_hash, proof.leaf_hash, proof.size) == (root.hex(), hashes[seq - 1].hex(), size)
            assert leaf_hash(proof.record.record.encode()) == hashes[seq - 1]
            assert includes(hashes[seq - 1], seq - 1, size, [bytes.fromhex(step) for step in proof.path], root)
        answer = await store.consistency("quay", size)
        path = [bytes.fromhex(step) for step in answer.path]
        assert (answer.old_root_hash, answer.new_root_hash) == (root.hex(), plain_root(hashes).hex())
        assert extends(size, 70, root, plain_root(hashes), path)


async def test_proofs_reach_over_the_tiles_that_are_kept(store: Store, database: Database) -> None:
    hashes = await leaves(store, 1100)
    assert len(database.projections()["node"]) == 4
    for seq, size in ((1, 1100), (256, 256), (257, 1100), (700, 1025), (1100, 1100)):
        proof = await store.proof("quay", seq, size)
        assert proof.root_hash == plain_root(hashes[:size]).hex()
        steps = [bytes.fromhex(step) for step in proof.path]
        assert includes(hashes[seq - 1], seq - 1, size, steps, bytes.fromhex(proof.root_hash))
    assert (await store.head("quay")).root == plain_root(hashes)
    old, new = plain_root(hashes[:513]), plain_root(hashes[:1024])
    answer = await store.consistency("quay", 513, 1024)
    assert extends(513, 1024, old, new, [bytes.fromhex(step) for step in answer.path])


async def test_each_location_has_a_tree_of_its_own(store: Store, keys: KeyFile) -> None:
    await put(store, mail(), mail())
    await put(store, mail(), location="pier")
    quay, pier = signed(await store.head("quay"), keys), signed(await store.head("pier"), keys)
    assert (quay.size, pier.size) == (2, 1)
    origins = {Checkpoint.open(answer.note, Verifier.read(answer.key)).origin for answer in (quay, pier)}
    assert len(origins) == 2
    assert {origin.rpartition("/")[2] for origin in origins} == {"quay", "pier"}


async def test_an_empty_log_has_a_checkpoint_and_no_proof(store: Store, keys: KeyFile) -> None:
    answer = signed(await store.head("quay"), keys)
    assert (answer.size, Checkpoint.open(answer.note, Verifier.read(answer.key)).size) == (0, 0)
    with pytest.raises(UnknownRecordError):
        await store.proof("quay", 1)


@pytest.mark.parametrize(("seq", "size"), [(0, None), (4, None), (-1, None), (1, 4), (3, 2), (2**40, None), (1, 2**70)])
async def test_what_the_log_never_had_is_not_proved(store: Store, seq: int, size: int | None) -> None:
    await put(store, mail(), mail(), mail())
    with pytest.raises(UnknownRecordError):
        await store.proof("quay", seq, size)


@pytest.mark.parametrize(("old", "new"), [(4, None), (-1, 2), (3, 2), (1, 4)])
async def test_sizes_the_log_never_had_are_not_compared(store: Store, old: int, new: int | None) -> None:
    await put(store, mail(), mail(), mail())
    with pytest.raises(UnknownRecordError):
        await store.consistency("quay", old, new)


async def test_a_rotated_key_is_reached_from_the_old_one(store: Store, keys: KeyFile, tmp_path: Path) -> None:
    await put(store, mail())
    before = signed(await store.head("quay"), keys)
    name = await store.log_name()
    keys.rotate(name)
    vkey = keys.rotate(name).signer.verifier.vkey
    after = signed(await store.head("quay"), keys)
    assert Checkpoint.open(after.note, Verifier.read(after.key)).root == Checkpoint.peek(before.note).root
    old, new = Verifier.read(before.key).key, Verifier.read(after.key).key
    assert new == Verifier.read(vkey).key != old
    assert successors(old, after.introductions)[-1].key == new
    assert (tmp_path / "log.key").stat().st_mode & 0o077 == 0


async def test_a_key_that_cannot_be_used_is_told_and_hinders_no_append(
    store: Store, keys: KeyFile, tmp_path: Path
) -> None:
    keys.load("commlog/another")
    with pytest.raises(StoreUnavailableError, match="another log"):
        signed(await store.head("quay"), keys)
    (tmp_path / "log.key").write_text("{}", encoding="utf-8")
    with pytest.raises(StoreUnavailableError, match="cannot be read"):
        signed(await store.head("quay"), keys)
    await put(store, mail())


async def test_a_key_is_made_once_and_kept_beside_the_log(open_log: OpenLog, path: Path) -> None:
    made: list[str] = []
    for _ in range(2):
        store = open_log()
        if not made:
            await store.create_location(QUAY)
        made.append(signed(await store.head("quay"), open_keys(path)).key)
        await store.close()
    assert made[0] == made[1]
    assert {found.name for found in path.parent.iterdir()} <= {"log.db", "log.db-wal", "log.db-shm", "log.key"}


async def test_a_head_that_does_not_fit_stops_appends_with_a_sentence(store: Store, path: Path) -> None:
    await put(store, mail())
    connection = apsw.Connection(str(path))
    connection.execute("UPDATE head SET seq = 7")
    connection.close()
    with pytest.raises(StoreUnavailableError, match="commlog verify"):
        await put(store, mail())
