"""``commlog serve`` over PostgreSQL, as a process: a role without rights to change, several processes, restarts."""

import asyncio
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import httpx
import psycopg
import pytest

from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.client.errors import BusyError, ClientError, UnreachableError
from commlog_tui.client.feed import follow
from commlog_tui.client.log_client import LogClient
from commlog_tui.contract.entry import NewEntry, Receipt
from tests.cli.conftest import Run
from tests.patience import PATIENCE
from tests.postgresql.binaries import NoServerError
from tests.postgresql.cluster import OWNER, SUPERUSER, Cluster
from tests.prove.server_kill import children

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="/proc tells which processes there are")
ENTRY = NewEntry.model_validate(
    {"via": "email", "to": "a@example.com", "title": "Hello", "source": "system", "sent_at": "2026-11-03T12:00:00Z"}
)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    try:
        made = Cluster.create()
    except NoServerError as error:
        pytest.skip(f"PostgreSQL: {error}")
    try:
        made.start()
        made.create_owner()
        yield made
    finally:
        made.remove()


class Setup:
    """A log with one location and a token, and a role to serve as."""

    def __init__(self, run: Run, cluster: Cluster) -> None:
        self.name, self.role = f"log_{secrets.token_hex(4)}", f"service_{secrets.token_hex(4)}"
        with psycopg.connect(cluster.url("postgres", SUPERUSER), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {self.name} OWNER {OWNER}")
            connection.execute(f"CREATE ROLE {self.role} LOGIN PASSWORD '{cluster.password}'")
        self.owner = cluster.url(self.name)
        assert run("migrate", "--database", self.owner, "--service-role", self.role).exit_code == 0
        added = run("location", "add", "quay", "--name", "Quay", "--zone", "Europe/London", "--database", self.owner)
        assert added.exit_code == 0, added.output
        self.token = run("token", "create", "Desk", "--role", "admin", "--database", self.owner).stdout.strip()
        self.url = f"postgresql://{self.role}@/{self.name}?host={quote(str(cluster.folder), safe='')}"
        self.password = cluster.password


@pytest.fixture
def log(run: Run, cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Setup:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    return Setup(run, cluster)


@contextmanager
def served(log: Setup, folder: Path, *options: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Serve as the service's role, whose password is in a password file; yield address and process."""
    password_file = folder / "pgpass"
    password_file.write_text(f"*:*:*:{log.role}:{log.password}\n", encoding="utf-8")
    password_file.chmod(0o600)
    command = [sys.executable, "-m", "commlog_tui", "serve", "--database", log.url, "--port", "0", *options]
    environment = os.environ | {"PGPASSFILE": str(password_file)}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        while "Serving" not in line:
            assert line, "the service has ended"
            line = process.stderr.readline()
        try:
            yield line.split()[-1], process
        finally:
            process.terminate()
            words = line + process.communicate(timeout=PATIENCE)[1]
            assert process.returncode == 0, words
            assert log.password not in words
            assert log.token not in words


def test_desk_and_command_line_work_as_on_a_file(run: Run, log: Setup, tmp_path: Path) -> None:
    with served(log, tmp_path) as (address, process):
        command = Path(f"/proc/{process.pid}/cmdline").read_bytes().decode()
        assert log.password not in command
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("COMMLOG_TOKEN", log.token)
            added = run("add", "--via", "phone", "--title", "Rang about parking", "--service", address)
            assert added.exit_code == 0, added.output
            assert "Rang about parking" in run("list", "--service", address).stdout
            assert run("verify", "--service", address).exit_code == 0
        assert httpx.get(f"{address}/readyz", timeout=PATIENCE).json() == {"status": "ready"}
    done = run("verify", "--projections", "--database", log.owner)
    assert (done.exit_code, "quay: 1 records as they were recorded" in done.stdout) == (0, True)


def test_a_superuser_does_not_serve(run: Run, log: Setup, cluster: Cluster) -> None:
    done = run("serve", "--port", "0", "--database", cluster.url(log.name, SUPERUSER))
    assert (done.exit_code, "is a superuser" in done.stderr) == (ExitCode.TROUBLE, True)


async def test_the_feed_reaches_desks_on_all_processes_and_one_may_be_killed(log: Setup, tmp_path: Path) -> None:
    with served(log, tmp_path, "--workers", "3") as (address, process):
        desks = [LogClient(address, log.token, timeout=PATIENCE) for _ in range(6)]

        async def hear(desk: LogClient, most: int) -> list[int]:
            heard: list[int] = []
            async for item in follow(desk, "quay", 0, pause=lambda _: asyncio.sleep(0)):
                heard.append(item.seq)
                if len(heard) == most:
                    break
            return heard

        hearing = [asyncio.ensure_future(hear(desk, 12)) for desk in desks]
        for number in range(12):
            if number % 4 == 2:
                os.kill(children(process.pid)[number % 3], signal.SIGKILL)
            await keep_sending(desks[number % 6], f"k{number}")
        async with asyncio.timeout(PATIENCE):
            assert await asyncio.gather(*hearing) == [list(range(1, 13))] * 6
        for desk in desks:
            await desk.aclose()


async def test_a_restart_of_the_server_loses_nothing_and_is_answered_503(
    run: Run, log: Setup, cluster: Cluster, tmp_path: Path
) -> None:
    with served(log, tmp_path) as (address, _):
        desk = LogClient(address, log.token, timeout=PATIENCE)
        first = await desk.add("quay", "before", ENTRY)
        cluster.stop(signal.SIGQUIT)
        try:
            with pytest.raises((BusyError, UnreachableError)):
                await desk.add("quay", "while", ENTRY)
            assert await status(f"{address}/readyz") == 503
        finally:
            cluster.start()
        assert (await keep_sending(desk, "while")).seq == first.seq + 1
        assert (await desk.add("quay", "before", ENTRY)) == first
        await desk.aclose()
    assert "quay: 2 records" in run("verify", "--database", log.owner).stdout


def test_a_token_is_refused_by_all_processes_soon_after_it_was_revoked(run: Run, log: Setup, tmp_path: Path) -> None:
    secret = run("token", "create", "Leaver", "--database", log.owner)
    token, number = secret.stdout.strip(), secret.stderr.split("Token ")[1].split()[0]
    with served(log, tmp_path, "--workers", "2") as (address, _):
        assert asyncio.run(status(f"{address}/v1/me", token)) == 200
        assert run("token", "revoke", number, "--database", log.owner).exit_code == 0
        deadline, refused = time.monotonic() + PATIENCE, 0
        while refused < 20:
            assert time.monotonic() < deadline
            refused = refused + 1 if asyncio.run(status(f"{address}/v1/me", token)) == 401 else 0


async def status(url: str, token: str = "") -> int:
    """Return the status of an answer over a connection of its own."""
    async with httpx.AsyncClient(timeout=PATIENCE) as client:
        return (await client.get(url, headers={"Authorization": f"Bearer {token}"} if token else {})).status_code


async def keep_sending(desk: LogClient, key: str) -> Receipt:
    """Send an entry until it is acknowledged, as the outbox does."""
    async with asyncio.timeout(PATIENCE):
        while True:
            with suppress(ClientError):
                return await desk.add("quay", key, ENTRY)
            await asyncio.sleep(0.01)
