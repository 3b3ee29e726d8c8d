"""The short form of the kills under webhooks."""

from pathlib import Path

from tests.prove.hook_kill import kill_often


async def test_no_kill_loses_or_doubles_a_report(tmp_path: Path) -> None:
    found = await kill_often(tmp_path, 7, 4)
    assert found.acknowledged == 160
    assert (found.lost, found.doubled, found.faults) == (0, 0, ())
