"""The file of the webhooks: private, shared by processes, read by no older version wrongly."""

import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import apsw
import pytest

from commlog_tui.store.errors import StoreUnavailableError
from commlog_tui.store.hook_settings import KEY_BYTES, HookSettings, seal, unseal
from commlog_tui.store.hooks import HookFile, HookRecord, SignatureUse

NOW = datetime(2026, 11, 3, 9, 14, tzinfo=UTC)
HOOK = HookRecord("quay", "twilio", b"sealed", NOW)
USE = SignatureUse("quay", "mailgun", b"k" * 32, b"b" * 32)
OTHER_PROCESS = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from commlog_tui.store.hooks import HookFile, HookRecord

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


def test_what_is_set_is_found_replaced_and_removed(tmp_path: Path) -> None:
    file = HookFile(tmp_path / "log.hooks")
    file.set(HOOK)
    file.set(HookRecord("pier", "twilio", b"other", NOW))
    file.set(HookRecord("quay", "twilio", b"again", NOW))
    assert [(one.location, one.sealed) for one in file.all()] == [("pier", b"other"), ("quay", b"again")]
    assert file.find("quay", "mailgun") is None
    assert [file.remove("quay", "twilio") for _ in range(2)] == [True, False]
    assert [one.location for one in file.all()] == ["pier"]
    file.close()


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


def test_what_another_process_changes_is_seen(tmp_path: Path) -> None:
    one, other = HookFile(tmp_path / "log.hooks"), HookFile(tmp_path / "log.hooks")
    one.set(HOOK)
    assert other.find("quay", "twilio") == HOOK
    one.remove("quay", "twilio")
    assert other.find("quay", "twilio") is None
    one.close()
    other.close()


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


def test_a_signature_serves_one_body_until_it_is_forgotten(tmp_path: Path) -> None:
    file = HookFile(tmp_path / "log.hooks")
    file.set(HOOK)
    later = NOW + timedelta(hours=1)
    other = SignatureUse(USE.location, USE.provider, USE.key, b"c" * 32)
    assert not file.is_replay(other, NOW)
    file.remember(USE, NOW, later)
    file.remember(other, NOW, later)
    assert [file.is_replay(use, NOW) for use in (USE, other)] == [False, True]
    assert not file.is_replay(SignatureUse("pier", USE.provider, USE.key, b"c" * 32), NOW)
    assert not file.is_replay(other, later)
    file.close()


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
