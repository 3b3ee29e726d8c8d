"""The embedded service: a real child, which never outlives its parent and leaves nothing behind."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from commlog_tui.cli import embedded
from commlog_tui.cli.embedded import EmbeddedError, EmbeddedService
from commlog_tui.client.errors import TokenRefusedError
from commlog_tui.client.log_client import LogClient
from commlog_tui.contract.location import Me, Role
from commlog_tui.contract.query import EntryQuery
from commlog_tui.records.entry import AppendEntry
from tests.patience import PATIENCE

pytestmark = pytest.mark.cold_start
PARENT = """
import sys
from pathlib import Path
from commlog_tui.cli import embedded
from commlog_tui.cli.embedded import EmbeddedService

service = EmbeddedService(Path(sys.argv[1]))
print(service.base_url, service.token, service.pid, flush=True)
sys.stdin.read()
"""


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not (stat.exists() and ") Z" in stat.read_text(encoding="utf-8"))  # its new parent may reap late


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.01)
    return condition()


def has_ended(service: EmbeddedService) -> bool:
    try:
        service.check()
    except EmbeddedError:
        return True
    return False


def me(service: EmbeddedService, token: str | None = None) -> Me:
    async def ask() -> Me:
        client = LogClient(service.base_url, token or service.token, timeout=PATIENCE)
        try:
            return await client.me()
        finally:
            await client.aclose()

    return asyncio.run(ask())


def test_it_answers_its_own_token_only(log: list[AppendEntry], data: Path) -> None:
    service = EmbeddedService(data / "log.db")
    try:
        assert me(service).role is Role.ADMIN
        with pytest.raises(TokenRefusedError):
            me(service, "another")
        if Path("/proc/self").exists():
            known = (
                Path(f"/proc/{service.pid}/cmdline").read_bytes() + Path(f"/proc/{service.pid}/environ").read_bytes()
            )
            assert service.token.encode() not in known
    finally:
        service.close()
    assert not is_alive(service.pid)
    assert [path.name for path in data.iterdir()] == ["log.db"]


def test_it_ends_when_its_parent_is_killed(log: list[AppendEntry], data: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(data / "log.db")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        base_url, token, child = parent.stdout.readline().split()

        async def look() -> int:
            client = LogClient(base_url, token, timeout=PATIENCE)
            count = (await client.page("quay", EntryQuery())).total.count
            await client.aclose()
            return count

        assert asyncio.run(look()) == len(log)
        parent.send_signal(signal.SIGKILL)
        assert wait_until(lambda: not is_alive(int(child)), PATIENCE)
    assert wait_until(lambda: {path.name for path in data.iterdir()} == {"log.db", "log.key"}, PATIENCE)


def test_it_ends_when_its_parent_is_killed_before_it_is_up(log: list[AppendEntry], data: Path) -> None:
    program = PARENT.replace("service.base_url, service.token, ", "")
    with subprocess.Popen(
        [sys.executable, "-c", program, str(data / "log.db")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)
        assert wait_until(lambda: not is_alive(child), PATIENCE)


def test_two_desks_share_one_log_and_end_each_for_itself(
    log: list[AppendEntry], data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "_END_SECONDS", PATIENCE)
    first, second = EmbeddedService(data / "log.db"), EmbeddedService(data / "log.db")
    assert (me(first).name, me(second).name) == (me(first).name,) * 2
    first.close()
    assert me(second).role is Role.ADMIN
    second.close()
    assert second._process.returncode == 0, "it had to be killed"
    assert [path.name for path in data.iterdir()] == ["log.db"]


def test_a_file_that_is_no_log_is_told_in_the_stores_words(data: Path) -> None:
    data.mkdir()
    file = data / "log.db"
    file.write_bytes(b"no log at all " * 500)
    service = EmbeddedService(file)
    try:
        assert service.base_url
        assert wait_until(lambda: has_ended(service), PATIENCE)
        with pytest.raises(EmbeddedError, match="damaged or is no log"):
            service.check()
        with pytest.raises(EmbeddedError):
            _ = service.base_url
    finally:
        service.close()
    assert file.read_bytes() == b"no log at all " * 500


def test_a_log_that_cannot_be_served_says_why(data: Path) -> None:
    data.mkdir()
    (data / "log.db").write_bytes(b"no log at all " * 500)
    service = EmbeddedService(data / "log.db")
    try:
        assert wait_until(lambda: has_ended(service), PATIENCE)
        with pytest.raises(EmbeddedError, match="damaged or is no log"):
            service.check()
    finally:
        service.close()


def test_a_service_that_was_killed_is_told_with_the_place_of_its_log(log: list[AppendEntry], data: Path) -> None:
    service = EmbeddedService(data / "log.db")
    try:
        me(service)
        os.kill(service.pid, signal.SIGKILL)
        assert wait_until(lambda: has_ended(service), PATIENCE)
        with pytest.raises(EmbeddedError, match=r"log\.service\.log"):
            service.check()
    finally:
        service.close()


def test_a_folder_that_is_none_is_a_sentence_and_is_not_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EmbeddedError, match="cannot be started: Not a directory"):
        EmbeddedService(tmp_path / "file" / "log.db")
    with pytest.raises(EmbeddedError, match="cannot be started: No such file"):
        EmbeddedService(tmp_path / "none" / "log.db")
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("content", [None, b""])
def test_a_log_that_is_not_there_is_not_made(data: Path, content: bytes | None) -> None:
    data.mkdir()
    if content is not None:
        (data / "log.db").write_bytes(content)
    service = EmbeddedService(data / "log.db")
    try:
        assert wait_until(lambda: has_ended(service), PATIENCE)
        with pytest.raises(EmbeddedError, match=r"There is no log at|is empty"):
            service.check()
    finally:
        service.close()
    assert [path.name for path in data.iterdir() if path.stat().st_size] == []


def test_a_folder_with_modules_of_its_own_does_not_become_the_service(
    log: list[AppendEntry], data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('taken over')")
    monkeypatch.chdir(tmp_path)
    service = EmbeddedService(data / "log.db")
    try:
        assert me(service).role is Role.ADMIN
    finally:
        service.close()
