"""A small demo location behind the real service, in a process of its own."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from commlog_tui.cli.embedded import EmbeddedService
from commlog_tui.demo.load import fill
from commlog_tui.desk.target import Target
from tests.service.conftest import furnished, own_log  # noqa: F401 - fixtures


@pytest.fixture(scope="session")
def demo_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log that nobody opens: it is copied."""
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    fill(path, seed=7, until=date(2026, 11, 3), months=1)
    return path


@pytest.fixture
def own_demo(demo_file: Path, tmp_path: Path) -> Path:
    """The demo's log and its key, for one test alone."""
    path = tmp_path / "demo.db"
    for file in demo_file.parent.iterdir():
        shutil.copy(file, path.with_name(file.name))
    return path


@pytest.fixture
def service(own_demo: Path, warm_services: None) -> Iterator[EmbeddedService]:
    running = EmbeddedService(own_demo)
    yield running
    running.close()


@pytest.fixture
def target(service: EmbeddedService, tmp_path: Path) -> Target:
    return Target(service.base_url, service.token, None, tmp_path / "outbox", "demo")
