"""A service of another version is said to be one."""

import pytest

from commlog_tui.desk.versions import mismatch


@pytest.mark.parametrize("theirs", ["1.2.0", "1.2.9", "1.2", "1.2.0rc1"])
def test_patches_make_no_difference(theirs: str) -> None:
    assert mismatch(theirs, "1.2.3") == ""


@pytest.mark.parametrize(
    ("theirs", "older"),
    [("1.3.0", "desk"), ("2.0.0", "desk"), ("1.1.9", "service"), ("0.9", "service"), ("odd", "service")],
)
def test_the_older_of_the_two_is_to_be_updated(theirs: str, older: str) -> None:
    assert f"update the {older};" in mismatch(theirs, "1.2.3")
    assert theirs in mismatch(theirs, "1.2.3")
