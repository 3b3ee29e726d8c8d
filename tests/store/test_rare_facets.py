"""Pages of a filter that many combinations of channel, source and kind meet, and few entries."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest

from commlog_tui.records.entry import AppendEntry
from commlog_tui.store.protocol import Store
from tests.store.factory import NOON, ask, event, mail, put, walk

ENTRIES, BOUNCED = 400, 30
KINDS = ("confirmation", "reminder", "refund", None)


def days(spread: str, rng: Random) -> float:
    """How long before noon an entry was sent."""
    return rng.random() * 900 if spread == "even" else rng.choice([0, 0.001 * rng.random(), 700 + rng.random()])


@pytest.mark.parametrize("spread", ["even", "clustered"])
async def test_rare_entries_of_many_facets_are_all_found_in_order(store: Store, spread: str) -> None:
    rng = Random(spread)
    items: list[AppendEntry] = []
    for number in range(ENTRIES):
        fields: dict[str, Any] = {"via": rng.choice(["email", "sms"]), "source": rng.choice(["workflow", "system"])}
        fields["to"] = "ada@example.com" if fields["via"] == "email" else "07700 900123"
        if kind := KINDS[number % len(KINDS)]:
            fields["kind"] = kind
        items.append(mail(sent_at=NOON - timedelta(days=days(spread, rng)), **fields))
    rare = rng.sample(items, BOUNCED)
    await put(store, *items, *(event(item, "bounced") for item in rare))
    expected = {item.id: item.entry.sent_at for item in rare}
    for limit in (1, 4, 7):
        found = await walk(store, status=["bounced"], limit=limit)
        assert {entry.id for entry in found} == expected.keys()
        assert [entry.sent_at for entry in found] == sorted(expected.values(), reverse=True)
    newest = await ask(store, status=["bounced"], limit=7)
    page = await ask(store, status=["bounced"], limit=7, cursor=newest.oldest)
    seen = [entry.id for entry in page.entries]
    while page.newer:
        page = await ask(store, status=["bounced"], limit=7, cursor=page.newer)
        seen += [entry.id for entry in reversed(page.entries)]
    assert set(seen) == expected.keys()
