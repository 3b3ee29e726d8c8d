"""Entries by the beginning of their ids, and the list that shows it."""

import asyncio
import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.cli.tables import Table, short_ids
from commlog_tui.records.entry import AppendEntry
from commlog_tui.store.sqlite.store import SqliteStore
from commlog_tui.text.widths import cell_len
from tests.cli.conftest import Run
from tests.desk.samples import an_entry, nasty_entry
from tests.nasty import NASTY, is_harmless
from tests.store.factory import QUAY, mail, put

TWINS = ["7d3a1c9e-5b0f-4a6e-9c61-000000000001", "7d3a1c9e-5b0f-4a6e-9c61-000000000002"]
LONDON = ZoneInfo("Europe/London")


@pytest.fixture
def twins(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A log in which two ids have their first thirty-five characters in common."""

    async def fill() -> None:
        store = SqliteStore.open(data / "log.db")
        await store.create_location(QUAY)
        await put(store, *(mail(one, title=f"Twin \u202e{one[-1]}") for one in TWINS))
        await store.close()

    asyncio.run(fill())
    monkeypatch.setenv("COMMLOG_MODE", "local")


def test_what_the_list_shows_of_an_id_is_taken_by_show(run: Run, log: list[AppendEntry], tmp_path: Path) -> None:
    for beginning in (log[1].id[:8], log[1].id[:9], log[1].id[:13].upper(), log[1].id.replace("-", "")[:20]):
        shown = run("show", beginning, "--json")
        assert json.loads(shown.stdout)["entry"]["id"] == log[1].id
    assert run("proof", "entry", log[1].id[:8], "--json", str(tmp_path / "proof.json")).exit_code == 0


@pytest.mark.parametrize("text", ["ffffffff", "0000", "zzz", "--", "7d", "*"])
def test_an_id_that_nothing_has_is_told_as_nothing(run: Run, log: list[AppendEntry], text: str) -> None:
    result = run("show", "--", text)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "Traceback" not in result.stderr


def test_what_several_ids_begin_with_is_refused_with_those_that_it_could_be(run: Run, twins: None) -> None:
    result = run("show", TWINS[0][:-1])
    assert (result.exit_code, result.stdout) == (2, "")
    output = result.stderr.splitlines()
    assert output[0] == f"2 entries have ids that begin with {TWINS[0][:-1]}. Give more of the id:"
    assert [line.split()[0] for line in output[1:3]] == TWINS
    assert all(map(is_harmless, output))
    assert run("show", TWINS[1]).exit_code == 0


@pytest.mark.parametrize("room", range(40, 200, 7))
def test_the_list_fits_and_has_the_time_the_status_and_an_id(room: int) -> None:
    entries = [an_entry(number, sent_at="2024-12-31T23:59:00Z", status="complained") for number in range(1, 10)]
    table = Table(LONDON, room)
    header = table.header(entries)
    assert {"Date", "Title", "Status", "Id"} <= set(header.split())
    assert header.startswith("Date")
    length = short_ids(entries)
    for entry in entries:
        row = table.row(entry)
        assert row.startswith("2024-12-31 23:59 ")
        assert " ! complained " in row
        assert entry.id.startswith(row.split()[-1])
        assert len(row.split()[-1]) >= length
        assert cell_len(row) <= max(room, 16 + 12 + 5 + length + 3)


def test_in_eighty_columns_an_id_of_eight_characters_leaves_room_for_whom_it_went_to() -> None:
    ids = ["7d3a1c9e-5b0f-4a6e-9c61-0e5d1f2a3b4c", "0d9c6a52-6a4e-4f0e-8f6f-3f8f2b6f7c11"]
    entries = [an_entry(1, id=one) for one in ids]
    table = Table(LONDON, 80)
    assert table.header(entries).split() == ["Date", "Via", "To", "Title", "Status", "Id"]
    assert [table.row(entry).split()[-1] for entry in entries] == ["7d3a1c9e", "0d9c6a52"]


@pytest.mark.parametrize("name", NASTY)
def test_nasty_text_keeps_the_columns_of_the_list_in_place(name: str) -> None:
    plain, nasty = an_entry(1), nasty_entry(1, NASTY[name])
    for room in (60, 80, 140):
        table = Table(LONDON, room)
        rows = [table.row(plain), table.row(nasty)]
        assert all(map(is_harmless, rows))
        at = [cell_len(row[: row.index("✓ delivered")]) for row in rows]
        assert at[0] == at[1] or "✓ delivered" in NASTY[name]
        assert cell_len(rows[1]) == cell_len(rows[0])


@given(st.lists(st.uuids(), min_size=1, max_size=30, unique=True))
def test_what_is_shown_of_ids_tells_them_apart(ids: list[object]) -> None:
    entries = [an_entry(1, id=str(one)) for one in ids]
    length = short_ids(entries)
    assert len({entry.id[:length] for entry in entries}) == len(entries)
    assert 8 <= length <= 36
    assert not any(entry.id[:length].endswith("-") for entry in entries)
