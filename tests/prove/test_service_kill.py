"""The short form of the kills of the service."""

from pathlib import Path

from tests.prove.service_kill import kill_often


async def test_no_kill_loses_or_doubles_what_was_acknowledged(tmp_path: Path) -> None:
    found = await kill_often(tmp_path, 7, 8)
    assert found.acknowledged > 8
    assert (found.lost, found.doubled, found.faults) == (0, 0, ())
