"""Entries by the beginning of their ids."""

import pytest
from pydantic import ValidationError

from commlog_tui.contract.query import IdQuery
from commlog_tui.store import id_prefix
from commlog_tui.store.protocol import Store
from tests.store.factory import call, correction, mail, put

IDS = [f"7d3a1c9e-5b0f-4a6e-9c61-{number:012x}" for number in range(12)]
OTHER = "7d3a1c9f-0000-4000-8000-000000000000"


async def of(store: Store, prefix: str, limit: int = 10) -> tuple[tuple[str, ...], bool]:
    found = await store.matching_ids("quay", IdQuery(prefix=prefix, limit=limit))
    return found.ids, found.more


async def test_the_beginning_of_an_id_finds_the_entries_that_have_it(store: Store) -> None:
    await put(store, *(mail(one) for one in (*IDS, OTHER)))
    assert await of(store, "7d3a1c9f") == ((OTHER,), False)
    assert await of(store, "7D3A1C9F-00") == ((OTHER,), False)
    assert await of(store, "7d3a1c9f00004") == ((OTHER,), False)
    assert await of(store, IDS[3]) == ((IDS[3],), False)
    assert await of(store, "7d3a1c9") == (tuple(IDS[:10]), True)
    assert await of(store, "7d3a1c9", 13) == ((*IDS, OTHER), False)
    assert await of(store, "7d3a1c9a") == ((), False)


async def test_only_entries_of_the_location_are_found(store: Store) -> None:
    await put(store, entry := call(IDS[0]), mail(OTHER))
    await put(store, correction(entry, IDS[1], title="Other"), mail(IDS[11].replace("9e", "9d")))
    assert await of(store, "7d3a1c9e") == ((IDS[0],), False)
    elsewhere = await store.matching_ids("pier", IdQuery(prefix="7d3a1c9e"))
    assert elsewhere.ids == ()


async def test_a_prefix_that_very_many_have_is_answered_without_looking_at_all_of_them(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await put(store, *(mail(one) for one in IDS))
    monkeypatch.setattr(id_prefix, "MOST_RECORDS", 5)
    assert await of(store, "7d3a1c9e", 200) == (tuple(IDS[:5]), True)


@pytest.mark.parametrize("prefix", ["", "7d3", "7d3a-", "-7d3a", "7d--3a", "7d3ag", "%", "7d3a" * 9, "７d3a"])  # noqa: RUF001 - on purpose
def test_what_is_no_beginning_of_an_id_is_refused(prefix: str) -> None:
    with pytest.raises(ValidationError):
        IdQuery(prefix=prefix)
