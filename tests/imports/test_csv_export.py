"""The log's own CSV.

No spreadsheet computes a cell of it, and what is read back is what was written.
"""

import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.contract.entry import Entry, NewEntry
from commlog_tui.imports.csv_export import COLUMNS, cell, row_of
from tests.imports.reading import item, read
from tests.nasty import NASTY

SENT_AT = datetime(2026, 11, 3, 9, 14, tzinfo=UTC)
RECORDED = {
    "location": "quay",
    "seq": 7,
    "actor": "Ada",
    "status": "logged",
    "corrected": False,
    "recorded_at": SENT_AT,
}
STARTS = st.sampled_from(["", "'", "''", "=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "'=", "+44 ", "[", ";", " "])
TEXT = st.builds("{}{}".format, STARTS, st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=9))
SOME = TEXT.filter(bool)
PEOPLE = st.fixed_dictionaries(
    {"id": SOME},
    optional={"name": TEXT, "addresses": st.lists(SOME, max_size=3), "numbers": st.lists(SOME, max_size=3)},
)
FIELDS = st.fixed_dictionaries(
    {
        "title": SOME,
        "to": TEXT,
        "sent_at": st.integers(0, 9**9).map(lambda seconds: SENT_AT + timedelta(seconds=seconds)),
    },
    optional={
        "body": TEXT,
        "code": SOME,
        "customer": PEOPLE,
        "reference": st.uuids().map(str),
        "direction": st.just("inbound"),
    },
)


def exported(*entries: Entry) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([COLUMNS, *map(row_of, entries)])
    return text.getvalue()


def as_entry(new: NewEntry) -> Entry:
    return Entry.model_validate(new.model_dump(exclude={"events"}) | RECORDED | {"id": str(uuid4())})


def valid(fields: dict[str, Any]) -> NewEntry | None:
    try:
        return NewEntry.model_validate({"via": "phone", "source": "manual"} | fields)
    except ValueError:
        return None


@given(st.lists(FIELDS.map(valid).filter(bool), min_size=1, max_size=3))
def test_what_is_exported_is_imported_as_it_was(news: list[NewEntry]) -> None:
    entries = [as_entry(new) for new in news]
    with TemporaryDirectory() as folder:
        found = read(Path(folder) / "log.csv", exported(*entries))
    assert [(item(one).key, item(one).entry) for one in found] == list(
        zip((entry.id for entry in entries), news, strict=True)
    )


@pytest.mark.parametrize("text", [text for text in NASTY.values() if valid({"title": text, "sent_at": SENT_AT})])
def test_nasty_texts_are_exported_and_imported_as_they_were(tmp_path: Path, text: str) -> None:
    new = NewEntry.model_validate({"via": "phone", "source": "manual", "title": text, "body": text, "sent_at": SENT_AT})
    (one,) = read(tmp_path / "log.csv", exported(as_entry(new)))
    assert item(one).entry == new


@pytest.mark.parametrize("title", ["'=1", "'quoted'", "=1", "-5 degrees", "'"])
def test_an_apostrophe_in_the_file_of_others_is_theirs(tmp_path: Path, title: str) -> None:
    (one,) = read(tmp_path / "a.csv", f"via,title,source,sent_at\nphone,{title},manual,2026-11-03T09:14:00Z\n")
    assert item(one).entry.title == title


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "@SUM(1)",
        "-1",
        "+A1",
        "+1+cmd|' /C calc'!A0",
        "\t=1",
        "\r=1",
        "\n=1",
        "\uff1d1",
        "'",
        "'=1",
        "'quoted'",
        "",
    ],
)
def test_what_a_spreadsheet_computes_is_made_text(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["+447700900123", "+44 7700 900123", "+1 303-555-0192", "+44 (0)20 7946 0386", "a=b", "Zoë"]
)
def test_what_it_does_not_is_left_whole(text: str) -> None:
    assert cell(text) == text


@pytest.mark.parametrize(
    ("value", "text"), [(None, ""), (True, "true"), (7, "7"), (["+44 1", "b"], "+44 1; b"), ([], "")]
)
def test_other_values_are_words(value: object, text: str) -> None:
    assert cell(value) == (f"'{text}" if text.startswith("+44 1;") else text)
