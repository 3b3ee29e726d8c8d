"""The short form of the power cuts, and what the disk of their harness forgets."""

from pathlib import Path
from random import Random

import apsw
import pytest

from commlog_tui.store.sqlite.store import SqliteStore
from tests.prove.forgetful_disk import Disk, Fate, ForgetfulVFS
from tests.prove.power_cut import CONTROLS, Control, cut_often
from tests.store.factory import QUAY, mail, put, redaction

SEED = 7


def test_no_power_cut_loses_what_was_acknowledged(tmp_path: Path) -> None:
    found = cut_often(tmp_path, SEED, 100)
    assert found.acknowledged > 200
    assert (found.lost, found.faults) == (0, ())


@pytest.mark.parametrize("control", CONTROLS, ids=str)
def test_settings_known_to_lose_lose_here(tmp_path: Path, control: Control) -> None:
    found = cut_often(tmp_path, SEED, 40, control)
    assert found.lost > 0, "the harness is broken: it would see no loss"
    assert found.as_hoped


@pytest.mark.parametrize("fate", Fate)
async def test_no_power_cut_brings_back_what_was_redacted(tmp_path: Path, fate: Fate) -> None:
    folder, secret = tmp_path / "disk", "Quirin Zwetschge"
    folder.mkdir()
    disk = Disk(folder)
    vfs = ForgetfulVFS(f"redacting-{fate}", disk)
    store = SqliteStore.open(folder / "log.db", vfs=f"redacting-{fate}")
    await store.create_location(QUAY)
    entry = mail(title=secret)
    await put(store, entry, *(mail() for _ in range(50)))
    await put(store, redaction(entry))
    disk.cut()
    await store.close()
    vfs.unregister()
    disk.leave(tmp_path / "after", fate, Random(SEED))
    remains = [path.name for path in (tmp_path / "after").iterdir() if secret.encode() in path.read_bytes()]
    assert remains == []
    again = SqliteStore.open(tmp_path / "after" / "log.db")
    assert (await again.detail("quay", entry.id)).entry.redacted
    await again.close()


def left(disk: Disk, folder: Path, fate: Fate) -> dict[str, bytes]:
    disk.leave(folder, fate, Random(SEED))
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def open_file(vfs: ForgetfulVFS, path: Path, kind: int) -> apsw.VFSFile:
    return vfs.xOpen(str(path), [kind | apsw.SQLITE_OPEN_CREATE | apsw.SQLITE_OPEN_READWRITE, 0])


def test_what_was_not_synced_is_lost_kept_or_torn(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "disk" / "log.db").write_bytes(b"before")
    disk = Disk(tmp_path / "disk")
    vfs = ForgetfulVFS("tested-1", disk)
    file = open_file(vfs, tmp_path / "disk" / "log.db", apsw.SQLITE_OPEN_MAIN_DB)
    file.xWrite(b"A" * 2048, 0)
    file.xSync(2)
    file.xWrite(b"B" * 2048, 0)
    disk.cut()
    file.xSync(2)
    file.xClose()
    assert left(disk, tmp_path / "lost", Fate.LOST) == {"log.db": b"A" * 2048}
    assert left(disk, tmp_path / "kept", Fate.KEPT) == {"log.db": b"B" * 2048}
    dice, seen = Random(SEED), set[bytes]()
    for number in range(100):
        folder = tmp_path / str(number)
        disk.leave(folder, Fate.MIXED, dice)
        seen.add((folder / "log.db").read_bytes())
    assert seen == {b"B" * size + b"A" * (2048 - size) for size in range(0, 2049, 512)}


def test_a_truncation_and_a_deletion_that_were_not_synced_are_undone(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    for name in ("log.db", "log.db-wal", "log.db-journal"):
        (tmp_path / "disk" / name).write_bytes(b"before")
    disk = Disk(tmp_path / "disk")
    vfs = ForgetfulVFS("tested-2", disk)
    file = open_file(vfs, tmp_path / "disk" / "log.db", apsw.SQLITE_OPEN_MAIN_DB)
    file.xTruncate(2)
    file.xClose()
    vfs.xDelete(str(tmp_path / "disk" / "log.db-wal"), syncdir=False)
    assert left(disk, tmp_path / "lost", Fate.LOST) == dict.fromkeys(
        ("log.db", "log.db-wal", "log.db-journal"), b"before"
    )
    assert left(disk, tmp_path / "kept", Fate.KEPT) == {"log.db": b"be", "log.db-journal": b"before"}
    vfs.xDelete(str(tmp_path / "disk" / "log.db-journal"), syncdir=True)
    assert left(disk, tmp_path / "synced", Fate.LOST) == {"log.db": b"before"}


def test_a_new_file_has_a_name_only_once_its_folder_is_synced(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    disk = Disk(tmp_path / "disk")
    vfs = ForgetfulVFS("tested-3", disk)
    database = open_file(vfs, tmp_path / "disk" / "log.db", apsw.SQLITE_OPEN_MAIN_DB)
    database.xWrite(b"A" * 512, 0)
    database.xSync(2)
    assert left(disk, tmp_path / "before", Fate.LOST) == {}
    wal = open_file(vfs, tmp_path / "disk" / "log.db-wal", apsw.SQLITE_OPEN_WAL)
    wal.xWrite(b"W" * 512, 0)
    wal.xSync(2)
    assert left(disk, tmp_path / "after", Fate.LOST) == {"log.db": b"A" * 512, "log.db-wal": b"W" * 512}
    database.xClose()
    wal.xClose()
