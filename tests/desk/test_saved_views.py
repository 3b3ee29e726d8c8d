"""Saved filters of other versions.

Old ones are read, newer ones stay in the file as they are and are not used.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from commlog_tui.contract.query import EntryQuery
from commlog_tui.desk.filters import Filters, from_json
from commlog_tui.desk.saved_views import SavedView, SavedViews, SavedViewsError

NEWER: dict[str, Any] = {
    "a field": {"q": "boat", "mood": "calm"},
    "a status": {"status": ["delivered", "read"]},
    "a source": {"source": "campaign"},
    "another shape": ["q", "boat"],
    "a scope": {"q": "boat", "scope": {"boat": "Heron"}},
    "a scope of another shape": {"q": "boat", "scope": "Heron"},
}


def keep(folder: Path, content: Any) -> Path:
    file = folder / "filters.json"
    file.write_text(json.dumps(content))
    return file


def test_what_0_1_0_kept_is_read(tmp_path: Path) -> None:
    keep(tmp_path, {"late": {"q": "boat", "via": ["sms"], "status": "bounced", "since": "7 days"}})
    expected = Filters(q="boat", via=("sms",), status=("bounced",), since="7 days")
    assert SavedViews(tmp_path).load() == {"late": SavedView(expected)}


@pytest.mark.parametrize("what", NEWER)
def test_what_a_newer_version_kept_is_named_not_used_and_stays(tmp_path: Path, what: str) -> None:
    file = keep(tmp_path, {"theirs": NEWER[what], "ours": {"q": "x"}})
    saved = SavedViews(tmp_path)
    assert (saved.load(), saved.newer()) == ({"ours": SavedView(Filters(q="x"))}, ["theirs"])
    saved.save("more", SavedView(Filters(q="y")))
    saved.forget("ours")
    assert json.loads(file.read_bytes()) == {"theirs": NEWER[what], "more": {"q": "y"}}
    before = file.read_bytes()
    with pytest.raises(SavedViewsError, match="newer commlog keeps a view under this name"):
        saved.save("theirs", SavedView(Filters()))
    with pytest.raises(SavedViewsError, match="newer commlog"):
        saved.forget("theirs")
    assert file.read_bytes() == before


def test_a_file_of_another_shape_is_left_alone(tmp_path: Path) -> None:
    file = keep(tmp_path, [{"version": 2}])
    before = file.read_bytes()
    assert (SavedViews(tmp_path).load(), SavedViews(tmp_path).newer()) == ({}, [])
    with pytest.raises(SavedViewsError, match="newer commlog keeps views in this file"):
        SavedViews(tmp_path).save("x", SavedView(Filters()))
    assert file.read_bytes() == before


def test_a_view_is_saved_with_scope_and_columns_and_its_filters_as_0_1_0_reads_them(tmp_path: Path) -> None:
    scope = Filters(customer="c-1", customer_name="Zoë Quay")
    view = SavedView(Filters(via=("sms",), customer="c-1", customer_name="Zoë Quay"), scope, "History of Zoë", ("to",))
    SavedViews(tmp_path).save("zoe", view)
    assert SavedViews(tmp_path).load() == {"zoe": view}
    assert from_json(json.loads((tmp_path / "filters.json").read_bytes())["zoe"]) == view.filters
    assert view.own_filters == Filters(via=("sms",))
    assert view.to_scope().query == EntryQuery(customer_id="c-1")
    assert (tmp_path / "filters.json").stat().st_mode & 0o077 == 0


def test_in_private_mode_a_view_says_nothing_of_whom_it_is_of() -> None:
    scope = Filters(customer="c-1", customer_name="Zoë Quay")
    views = [SavedView(scope, scope, "History of Zoë Quay"), SavedView(Filters(q="Zoë"))]
    assert not [view for view in views if "Zo" in view.words(private=True)]
    assert SavedView(Filters(since="today")).words(private=True) == "today"
