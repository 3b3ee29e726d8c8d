"""A small demo location behind the real service, in a process of its own."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from commlog_tui.cli.embedded import EmbeddedService
from commlog_tui.demo.load import fill
from commlog_tui.desk.target import Target


@pytest.fixture(scope="session")
def demo_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    fill(path, seed=7, until=date(2026, 11, 3), months=1)
    return path


@pytest.fixture
def service(demo_file: Path) -> Iterator[EmbeddedService]:
    running = EmbeddedService(demo_file)
    yield running
    running.close()


@pytest.fixture
def target(service: EmbeddedService, tmp_path: Path) -> Target:
    return Target(service.base_url, service.token, None, tmp_path / "outbox", "demo")
