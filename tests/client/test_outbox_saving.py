"""What is saved in the outbox is on the disk, whole, private, and never lost."""

import errno
import json
import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from commlog_tui.client.outbox import Outbox, OutboxError, OutboxFullError, OutboxItem
from commlog_tui.contract.identity import id_of_key
from tests.client.samples import KEY

NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)


def item(key: str = KEY, minute: int = 0, **more: Any) -> OutboxItem:
    return OutboxItem(
        key=key, location="pier", content={"title": "x"}, saved_at=NOON + timedelta(minutes=minute), **more
    )


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_was_saved_is_there_for_the_next_desk(tmp_path: Path) -> None:
    saved = item(action="correction", entry_id="e1", state="refused", reason="No.")
    Outbox(tmp_path).save(saved)
    assert Outbox(tmp_path).items() == (saved,)


def test_an_outbox_that_nobody_used_is_empty(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "never")
    assert outbox.items() == ()
    assert outbox.damaged() == ()
    outbox.discard(KEY)


def test_items_come_oldest_first(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    for key, minute in (("b", 2), ("a", 3), ("c", 1)):
        outbox.save(item(key, minute))
    assert [found.key for found in outbox.items()] == ["c", "b", "a"]


def test_saving_again_replaces(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    outbox.save(item(state="draft"))
    outbox.save(item())
    assert outbox.items() == (item(),)
    assert len(files(tmp_path)) == 1


def test_discarding_takes_out_one(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    outbox.save(item("a"))
    outbox.save(item("b"))
    outbox.discard("a")
    assert [found.key for found in outbox.items()] == ["b"]


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        Outbox(tmp_path / "a" / "outbox").save(item())
    finally:
        os.umask(before)
    (file,) = (tmp_path / "a" / "outbox").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("key", ["../../etc/passwd", "/", "a\x00b", "x" * 10_000, "..", "ü", KEY.upper()])
def test_a_key_is_no_path(key: str, tmp_path: Path) -> None:
    folder = tmp_path / "outbox"
    Outbox(folder).save(item(key))
    assert files(folder) == [f"{id_of_key(key)}.json"]
    assert files(tmp_path) == ["outbox"]
    assert Outbox(folder).items()[0].key == key


@pytest.mark.parametrize("text", ["half a pair \ud800", "\x00", "\x1b]52;c;aGk=\x07", "🚤" * 50_000, "\u2028\u202e"])
def test_whatever_was_typed_is_kept_as_it_was(text: str, tmp_path: Path) -> None:
    Outbox(tmp_path).save(OutboxItem(location="pier", content={"title": text}, state="draft"))
    assert Outbox(tmp_path).items()[0].content == {"title": text}


def test_a_folder_for_each_name_is_kept_apart(tmp_path: Path) -> None:
    Outbox(tmp_path / "a").save(item())
    assert Outbox(tmp_path / "b").items() == ()


class Disk:
    """Keeps the order of what is asked of the disk, and may fail at one step."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, *, fail_at: str = "", fault: BaseException | None = None
    ) -> None:
        self.steps: list[str] = []
        self.fail_at, self.fault = fail_at, fault
        self._fsync, self._replace = os.fsync, os.replace
        monkeypatch.setattr(os, "fsync", self.fsync)
        monkeypatch.setattr(os, "replace", self.replace)

    def fsync(self, descriptor: int) -> None:
        self.step("sync folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "sync file")
        self._fsync(descriptor)

    def replace(self, source: str | Path, target: str | Path) -> None:
        self.step("rename")
        self._replace(source, target)

    def step(self, name: str) -> None:
        self.steps.append(name)
        if name == self.fail_at and self.fault is not None:
            raise self.fault


def test_the_file_is_synced_before_its_name_and_the_folder_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Disk(monkeypatch)
    Outbox(tmp_path).save(item())
    assert disk.steps == ["sync file", "rename", "sync folder"]


def test_a_new_folder_is_made_to_last_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = Disk(monkeypatch)
    Outbox(tmp_path / "data" / "outbox").save(item())
    assert disk.steps == ["sync folder", "sync folder", "sync file", "rename", "sync folder"]


STEPS = ["sync file", "rename", "sync folder"]


class KilledError(BaseException):
    """The process ends here; nothing after it is done."""


@pytest.mark.parametrize("step", STEPS)
def test_a_kill_at_any_step_leaves_the_old_or_the_new(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = item(state="draft"), item()
    Outbox(tmp_path).save(old)
    with monkeypatch.context() as patched:
        Disk(patched, fail_at=step, fault=KilledError())
        with pytest.raises(KilledError):
            Outbox(tmp_path).save(new)
    assert Outbox(tmp_path).items() == (new if step == "sync folder" else old,)
    assert Outbox(tmp_path).damaged() == ()
    Outbox(tmp_path).save(new)
    assert Outbox(tmp_path).items() == (new,)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_a_sentence_and_keeps_the_old(
    step: str, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Outbox(tmp_path).save(item("other"))
    with monkeypatch.context() as patched:
        Disk(patched, fail_at=step, fault=OSError(code, os.strerror(code)))
        with pytest.raises(OutboxFullError, match=r"^The disk is full\. Nothing was saved"):
            Outbox(tmp_path).save(item())
    assert item("other") in Outbox(tmp_path).items()
    assert not [name for name in files(tmp_path) if name.endswith(".tmp")]


def test_any_other_trouble_is_a_sentence_without_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Disk(monkeypatch, fail_at="rename", fault=OSError(errno.EIO, "Input/output error", str(tmp_path)))
    with pytest.raises(OutboxError, match="Input/output error") as caught:
        Outbox(tmp_path).save(item())
    assert not isinstance(caught.value, OutboxFullError)
    assert str(tmp_path) not in str(caught.value)


def test_a_folder_that_is_a_file_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("not a folder")
    with pytest.raises(OutboxError):
        Outbox(tmp_path / "outbox").save(item())
    assert Outbox(tmp_path / "outbox").items() == ()


WHOLE = json.dumps(item().model_dump())
DAMAGED = ["", "{", WHOLE[:-20], "[]", "null", "\x00" * 400, WHOLE.replace("pier", "\\x"), "[" * 100_000, "9" * 5000]


@pytest.mark.parametrize("text", DAMAGED, ids=range(len(DAMAGED)))
def test_a_damaged_file_is_set_aside_and_told(text: str, tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    outbox.save(item("good"))
    (tmp_path / f"{KEY}.json").write_text(text)
    assert outbox.items() == (item("good"),)
    (damaged,) = outbox.damaged()
    assert damaged.suffix == ".damaged"
    assert damaged.read_text() == text
    outbox.save(item())
    (tmp_path / f"{KEY}.json").write_text(text)
    assert outbox.items() == (item("good"),)
    assert len(outbox.damaged()) == 2, "the second does not take the place of the first"


def test_a_file_under_another_name_is_not_sent_twice(tmp_path: Path) -> None:
    Outbox(tmp_path).save(item())
    (tmp_path / "copy.json").write_text(WHOLE)
    assert Outbox(tmp_path).items() == (item(),)
    assert len(Outbox(tmp_path).damaged()) == 1


def test_a_file_that_cannot_be_read_is_told_and_left(tmp_path: Path) -> None:
    (tmp_path / f"{KEY}.json").mkdir()
    assert Outbox(tmp_path).items() == ()
    assert Outbox(tmp_path).damaged() == (tmp_path / f"{KEY}.json",)


def test_a_discard_that_fails_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / f"{KEY}.json").mkdir()
    with pytest.raises(OutboxError, match="Nothing was taken out"):
        Outbox(tmp_path).discard(KEY)
