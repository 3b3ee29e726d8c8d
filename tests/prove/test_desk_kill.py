"""The short form of the kills of the desk."""

from pathlib import Path

from tests.prove.desk_kill import FEWEST_CONTROLS, kill_often


async def test_no_death_between_typing_and_receipt_loses_or_doubles_an_entry(tmp_path: Path) -> None:
    found = await kill_often(tmp_path, 7, 24)
    assert found.acknowledged > 5
    assert (found.lost, found.doubled, found.faults) == (0, 0, ())


async def test_a_desk_that_forgets_its_keys_is_found_out(tmp_path: Path) -> None:
    found = await kill_often(tmp_path, 7, FEWEST_CONTROLS, forgets_keys=True)
    assert found.doubled > 0, "the harness is broken: it would see no entry doubled"
