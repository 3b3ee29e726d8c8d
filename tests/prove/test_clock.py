"""The short form of the clock."""

from datetime import date
from pathlib import Path
from random import Random

import pytest

from tests.prove.clock import NIGHTS, turn_clock


@pytest.mark.parametrize(("zone", "night"), [(zone, night) for zone, both in NIGHTS.items() for night in both])
async def test_no_step_of_the_clock_reorders_or_drops(tmp_path: Path, zone: str, night: date) -> None:
    acknowledged, lost, faults = await turn_clock(tmp_path, Random(7), zone, night, 60)
    assert (acknowledged, lost, faults) == (60, 0, [])
