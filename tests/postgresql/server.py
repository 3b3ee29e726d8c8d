"""The server that all tests of a run share, and a fresh database in it for each that asks."""

import json
import os
import subprocess
import sys
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
from filelock import FileLock
from psycopg import errors
from psycopg.sql import SQL, Identifier

from commlog_tui.store.postgresql.migrations import migrate
from tests.postgresql.binaries import NoServerError
from tests.postgresql.citus import CitusCluster
from tests.postgresql.cluster import Cluster

VARIABLE: Final = "COMMLOG_TEST_DATABASE"
"""URL of a database on a server to use instead, by a role that may create databases."""
_ROOT: Final = Path(__file__).parents[2]
_CREATE: Final = SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
_END: Final = SQL(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {} AND usename = current_user"
)
_PLAIN_DROP: Final = SQL("DROP DATABASE IF EXISTS {}")
_DROP: Final = SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")


@dataclass
class Server:
    """A server with a template of a migrated database."""

    admin: str
    """URL of a database to give orders in."""
    template: str
    users: int = -1
    """Descriptor that keeps our own server running."""
    cluster: CitusCluster | None = None
    """Set where the databases are to be on a cluster."""

    @classmethod
    def find(cls, folder: Path) -> Self:
        """Return the server of this run, started if need be; the folder is shared by its processes.

        Raises ``NoServerError``.
        """
        if url := os.environ.get(VARIABLE):
            server = cls(url, f"commlog_test_{uuid4().hex[:12]}", cluster=CitusCluster.find(url))
            server._create_template()
            return server
        with FileLock(folder / "postgresql.lock"):
            return cls._running(folder) or cls._start(folder)

    @classmethod
    def _running(cls, folder: Path) -> Self | None:
        with suppress(OSError):  # no reader: it has not been started, or has ended
            users = os.open(folder / "postgresql.fifo", os.O_WRONLY | os.O_NONBLOCK)
            admin, template = json.loads((folder / "postgresql.json").read_bytes())
            return cls(admin, template, users)
        return None

    @classmethod
    def _start(cls, folder: Path) -> Self:
        fifo = folder / "postgresql.fifo"
        fifo.unlink(missing_ok=True)
        os.mkfifo(fifo, 0o600)
        users = os.open(fifo, os.O_RDWR)
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.postgresql.supervisor", fifo],
            cwd=_ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        assert process.stdout is not None
        with process.stdout as output:
            answer = json.loads(output.readline() or b'{"error": "the server did not start"}')
        if "error" in answer:
            raise NoServerError(answer["error"])
        process.returncode = 0  # nobody waits for it: it outlives this process where others use it
        url = Cluster(Path(answer["folder"]), Path(), answer["password"]).url("postgres")
        server = cls(url, f"commlog_test_{uuid4().hex[:12]}", users)
        server._create_template()
        (folder / "postgresql.json").write_text(json.dumps([server.admin, server.template]))
        return server

    def close(self) -> None:
        """Let go of our own server, which ends with its last user."""
        if self.users != -1:
            os.close(self.users)
        else:
            self.drop_database(self.url(self.template))

    def create_database(self, *, migrated: bool = True) -> str:
        """Create a database and return its URL. A migrated one has the tables, and is no log yet."""
        name = f"commlog_test_{uuid4().hex[:12]}"
        if self.cluster is not None:
            self.cluster.create(name, self.template if migrated else "")
            return self.url(name)
        self._execute(_CREATE.format(Identifier(name), Identifier(self.template if migrated else "template0")))
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Drop a database, whoever still uses it."""
        name = urlsplit(url).path[1:]
        if self.cluster is not None:
            self.cluster.drop(name)
            return
        try:
            self._execute(_DROP.format(Identifier(name)))
        except errors.InsufficientPrivilege:  # autovacuum is there: a superuser ends it, and so does a plain DROP
            self._execute(_END.format(name))
            self._execute(_PLAIN_DROP.format(Identifier(name)))

    def url(self, database: str) -> str:
        """Return the URL of another database of the server."""
        parts = urlsplit(self.admin)
        if self.cluster is not None:
            parts = parts._replace(netloc=f"{self.cluster.owner}@{parts.netloc.rpartition('@')[2]}")
        return urlunsplit(parts._replace(path=f"/{database}"))

    def _create_template(self) -> None:
        if self.cluster is not None:
            self.cluster.create(self.template)
        else:
            self._execute(_CREATE.format(Identifier(self.template), Identifier("template0")))
        with psycopg.connect(self.url(self.template)) as connection:
            migrate(connection)
        if self.cluster is not None:
            self.cluster.make_template(self.url(self.template))

    def _execute(self, statement: psycopg.sql.Composed) -> None:
        with closing(psycopg.connect(self.admin, autocommit=True)) as connection:
            connection.execute(statement)
