"""Saved filters of other versions.

Old ones are read, newer ones stay in the file as they are and are not used.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from commlog_tui.desk.filters import Filters
from commlog_tui.desk.saved_filters import SavedFilters, SavedFiltersError

NEWER: dict[str, Any] = {
    "a field": {"q": "boat", "mood": "calm"},
    "a status": {"status": ["delivered", "read"]},
    "a source": {"source": "campaign"},
    "another shape": ["q", "boat"],
}


def keep(folder: Path, content: Any) -> Path:
    file = folder / "filters.json"
    file.write_text(json.dumps(content))
    return file


def test_what_0_1_0_kept_is_read(tmp_path: Path) -> None:
    keep(tmp_path, {"late": {"q": "boat", "via": ["sms"], "status": "bounced", "since": "7 days"}})
    expected = Filters(q="boat", via=("sms",), status=("bounced",), since="7 days")
    assert SavedFilters(tmp_path).load() == {"late": expected}


@pytest.mark.parametrize("what", NEWER)
def test_what_a_newer_version_kept_is_named_not_used_and_stays(tmp_path: Path, what: str) -> None:
    file = keep(tmp_path, {"theirs": NEWER[what], "ours": {"q": "x"}})
    saved = SavedFilters(tmp_path)
    assert (saved.load(), saved.newer()) == ({"ours": Filters(q="x")}, ["theirs"])
    saved.save("more", Filters(q="y"))
    saved.forget("ours")
    assert json.loads(file.read_bytes()) == {"theirs": NEWER[what], "more": {"q": "y"}}
    before = file.read_bytes()
    with pytest.raises(SavedFiltersError, match="newer commlog keeps filters under this name"):
        saved.save("theirs", Filters())
    with pytest.raises(SavedFiltersError, match="newer commlog"):
        saved.forget("theirs")
    assert file.read_bytes() == before


def test_a_file_of_another_shape_is_left_alone(tmp_path: Path) -> None:
    file = keep(tmp_path, [{"version": 2}])
    before = file.read_bytes()
    assert (SavedFilters(tmp_path).load(), SavedFilters(tmp_path).newer()) == ({}, [])
    with pytest.raises(SavedFiltersError, match="newer commlog keeps filters in this file"):
        SavedFilters(tmp_path).save("x", Filters())
    assert file.read_bytes() == before
