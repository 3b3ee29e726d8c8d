"""The lines above and below a page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.text.bars import log_heading
from commlog_tui.text.widths import cell_len

ZONE = "America/Argentina/ComodRivadavia"
NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=200)


@given(NAMES, NAMES, st.sampled_from(["", "History of " + "Wolfeschlegelsteinhausenbergerdorff " * 4]))
@pytest.mark.parametrize("width", [78, 138])
def test_the_zone_is_named_however_long_the_names_are(width: int, location: str, user: str, scope: str) -> None:
    heading = log_heading(location, ZONE, user, width, scope=scope)
    assert f"  ·  {ZONE}  ·  " in heading
    assert cell_len(heading) <= width


def test_names_that_fit_are_whole() -> None:
    heading = log_heading("Harbour Boats", "Europe/London", "Front desk", 78, scope="History of Zoë")
    assert heading == "History of Zoë  ·  Harbour Boats  ·  Europe/London  ·  Front desk"
