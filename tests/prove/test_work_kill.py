"""The short form of the kills of two desks and the service under all kinds of record."""

from pathlib import Path

import pytest

from tests.postgresql.binaries import NoServerError
from tests.prove.figures import Findings
from tests.prove.server_kill import served_database
from tests.prove.work_kill import kill_often


def require_nothing_lost(found: Findings) -> None:
    assert found.acknowledged > 8
    assert (found.lost, found.doubled, found.faults) == (0, 0, ())


async def test_no_kill_loses_or_doubles_a_record_or_sends_a_message_twice(tmp_path: Path) -> None:
    require_nothing_lost(await kill_often(tmp_path, 7, 4))


async def test_nor_does_one_over_postgresql(tmp_path: Path) -> None:
    try:
        with served_database(tmp_path / "server") as (_, url):
            require_nothing_lost(await kill_often(tmp_path / "server", 7, 4, url))
    except NoServerError as error:
        pytest.skip(f"PostgreSQL: {error}")
