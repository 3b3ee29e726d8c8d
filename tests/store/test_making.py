"""A log file that has just been made is there after a power cut, and so is the way to it."""

import os
import stat
from pathlib import Path

import pytest

from commlog_tui.store.sqlite.connection import connect
from commlog_tui.store.sqlite.store import SqliteStore


def test_every_folder_made_for_the_file_is_synced_into_its_parent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    really = os.fsync

    def fsync(descriptor: int) -> None:
        synced.append(os.fstat(descriptor).st_ino)
        really(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    connect(tmp_path / "a" / "b" / "log.db").close()
    assert sorted(synced) == sorted(folder.stat().st_ino for folder in (tmp_path, tmp_path / "a"))
    connect(tmp_path / "a" / "b" / "log.db").close()
    assert len(synced) == 2, "only what was made needs it"


async def test_a_log_that_others_could_read_is_restricted_when_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "log.db"
    await SqliteStore.open(path).close()
    for create in (True, False):
        path.chmod(0o666)
        await SqliteStore.open(path, create=create).close()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, create
