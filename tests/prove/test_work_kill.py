"""The short form of the kills of two desks and the service under all kinds of record."""

from pathlib import Path

from tests.prove.work_kill import kill_often


async def test_no_kill_loses_or_doubles_a_record_or_sends_a_message_twice(tmp_path: Path) -> None:
    found = await kill_often(tmp_path, 7, 4)
    assert found.acknowledged > 8
    assert (found.lost, found.doubled, found.faults) == (0, 0, ())
