"""The file of the webhooks: private, shared by processes, read by no older version wrongly."""

import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import apsw
import pytest

from commlog_tui.store.errors import StoreUnavailableError
from commlog_tui.store.hook_file import HookFile
from commlog_tui.store.hook_settings import KEY_BYTES, HookSettings, seal, unseal
from commlog_tui.store.hooks import HookRecord, SignatureUse

NOW = datetime(2026, 11, 3, 9, 14, tzinfo=UTC)
HOOK = HookRecord("quay", "twilio", b"sealed", NOW)
USE = SignatureUse("quay", "mailgun", b"k" * 32, b"b" * 32)
OTHER_PROCESS = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from commlog_tui.store.hook_file import HookFile
from commlog_tui.store.hooks import HookRecord

file = HookFile(Path(sys.argv[1]))
for number in range(50):
    file.set(HookRecord(f"{sys.argv[2]}-{number}", "twilio", b"sealed", datetime.now(UTC)))
"""


def test_a_missing_file_has_no_webhooks_and_is_not_made(tmp_path: Path) -> None:
    file = HookFile(tmp_path / "log.hooks")
    assert file.all() == []
    assert file.find("quay", "twilio") is None
    assert not file.remove("quay", "twilio")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="files have no such modes there")
def test_only_the_owner_reads_it(tmp_path: Path) -> None:
    file = HookFile(tmp_path / "log.hooks")
    file.set(HOOK)
    assert {path.name for path in tmp_path.iterdir()} >= {"log.hooks", "log.hooks-wal"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}
    file.close()


def test_two_processes_write_at_once(tmp_path: Path) -> None:
    path = tmp_path / "log.hooks"
    command = [sys.executable, "-c", OTHER_PROCESS, str(path)]
    running = [subprocess.Popen([*command, name]) for name in ("a", "b")]
    assert [one.wait() for one in running] == [0, 0]
    file = HookFile(path)
    assert len(file.all()) == 100
    file.close()


def test_a_newer_layout_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "log.hooks"
    HookFile(path).set(HOOK)
    with apsw.Connection(str(path)) as connection:
        connection.execute("PRAGMA user_version = 2")
    before = path.read_bytes()
    with pytest.raises(StoreUnavailableError, match=r"a newer commlog has written it\. Nothing was recorded"):
        HookFile(path).find("quay", "twilio")
    assert path.read_bytes() == before


def test_a_damaged_file_is_said_in_words(tmp_path: Path) -> None:
    path = tmp_path / "log.hooks"
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(StoreUnavailableError, match="cannot be used"):
        HookFile(path).all()


def test_settings_cannot_be_moved_or_read_with_another_key() -> None:
    key, settings = b"k" * KEY_BYTES, HookSettings("a-secret", "https://log.example.com", confirms=True)
    sealed = seal(key, "quay", "twilio", settings)
    assert b"a-secret" not in sealed
    assert unseal(key, "quay", "twilio", sealed) == settings
    for wrong in ((b"x" * KEY_BYTES, "quay", "twilio"), (key, "pier", "twilio"), (key, "quay", "sendgrid")):
        with pytest.raises(StoreUnavailableError, match="the key file beside the log was replaced"):
            unseal(*wrong, sealed)
    with pytest.raises(StoreUnavailableError):
        unseal(key, "quay", "twilio", b"short")
